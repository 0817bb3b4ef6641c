"""Bundles made without a laboratory, and both verdicts on one: of the auditor's verifier and of the program."""

import base64
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lims.evidence import bundle, notes, proofs, signing, verify
from lims.evidence.bundle import Dossier, Head, Held, Part
from lims.evidence.canonical import encode
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.entry import Change, Entry, Image, to_bytes
from lims.evidence.examine import examine
from lims.evidence.hashing import algorithm
from lims.evidence.notes import FileSigner, Key
from lims.evidence.tree import leaf_hash

Files = dict[str, bytes]
NUMBER, OTHER = "LJ012611240001A", "LJ012611240002B"
_EMPTY = Entry("", 0, "", "2026-11-24T01:30:00.000Z", 1000, "boot", "a1", "sampler", "x.y", "", "0.1", 1, ())


@dataclass(frozen=True)
class Log:
    """A log, and what a bundle tells of it."""

    signer: FileSigner
    data: tuple[bytes, ...] = ()
    key_entry: int = 0
    listed: tuple[int, ...] = ()
    heads: tuple[tuple[int, str], ...] = ()

    @property
    def origin(self) -> str:
        return self.signer.name

    def leaves(self) -> list[bytes]:
        hash_ = algorithm(self.origin.rsplit("/", 1)[-1])
        return [leaf_hash(hash_, data) for data in self.data]

    def write(self, verb: str, *changes: Change) -> "Log":
        seq, leaves = len(self.data), self.leaves()
        prev = leaves[-1].hex() if leaves else ""
        entry = replace(_EMPTY, origin=self.origin, seq=seq, prev=prev, verb=verb, changes=changes)
        return replace(self, data=(*self.data, to_bytes(entry)))

    def keyed(self) -> "Log":
        """Return the log with its station's key on record."""
        row: Image = {"name": self.origin, "public": self.signer.public.hex()}
        log = self.write("enrol.found").write("seal.station_key", Change("station_key", row))
        return replace(log, key_entry=1)

    def part(self) -> Part:
        """Return the log as a bundle tells it: the head signed, every proof made anew."""
        tree = proofs.tree(algorithm(self.origin.rsplit("/", 1)[-1]), self.leaves())
        size, root = tree.size, tree.root()
        note = notes.sign(Checkpoint(self.origin, size, root).text(), self.origin, self.signer)
        heads = [Head(n, tree.root(n), way, tree.consistency(n, size)) for n, way in self.heads]
        held = [Held(seq, self.data[seq], tree.inclusion(seq, size)) for seq in self.listed]
        key = Key(self.origin, self.signer.public).text()
        return Part(self.origin, key, self.key_entry, note, heads, held)


@dataclass(frozen=True)
class Draft:
    """What a bundle is made of before it is proved and signed: whoever holds all keys may change anything here."""

    logs: tuple[Log, ...]
    person: Ed25519PrivateKey
    issued: int
    own: Mapping[str, Mapping[str, Sequence[int]]]
    papers: Mapping[str, Files]

    def made(self) -> "Made":
        """Return the bundle, proved and signed."""
        dossiers = [Dossier(number, own, self.papers[number]) for number, own in self.own.items()]
        parts = [log.part() for log in self.logs]
        signer = self.logs[0].signer
        files = bundle.contents(parts, dossiers, {"page.html": b"<p>page</p>"}, signer)
        return Made(files, signer, self)


@dataclass(frozen=True)
class Made:
    """A good bundle with the key of its station."""

    files: Files
    signer: FileSigner
    draft: Draft


def key(dice: random.Random) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))


def signed(log: Log, at: int, person: Ed25519PrivateKey) -> Image:
    """Return the row of a person's signature over the entry `at`."""
    id_ = signing.key_id(person.public_key().public_bytes_raw())
    value = person.sign(signing.statement(log.leaves()[at], "批准", id_, "00")).hex()
    return {"seq": at, "meaning": "批准", "key": id_, "nonce": "00", "value": value}


def _moved(log: Log, dice: random.Random, number: str, version: int) -> Log:
    food = dice.choice(("豇豆", "韭菜", "虾"))
    row: Image = {"id": number, "version": version, "food": food, "value": None, "real": True}
    return log.write("sample.moved", Change("sample", row))


def _county(
    dice: random.Random, log: Log, person: Ed25519PrivateKey
) -> tuple[Log, dict[str, list[int]], str]:
    """Write the life of two samples; return the log, the samples' entries and the content of the slip."""
    public = person.public_key().public_bytes_raw()
    row: Image = {"id": signing.key_id(public), "public": public.hex()}
    log = log.keyed().write("sign.issue_key", Change("person_key", row))
    own: dict[str, list[int]] = {NUMBER: [], OTHER: []}
    for version in (1, 2, 3):
        for number, seqs in own.items():
            seqs.append(len(log.data))
            log = _moved(log, dice, number, version)
        for _ in range(dice.randrange(3)):
            log = log.write("enrol.attempt")
    content = encode({"form": "slip-1", "number": NUMBER}).decode()
    hashed = hashlib.sha256(content.encode()).hexdigest()
    slip: Image = {"id": "s1", "sample": NUMBER, "content": content, "content_hash": hashed}
    issued = len(log.data)
    log = log.write("certify.issue", Change("certificate", slip))
    log = log.write("sign.attest", Change("signature", signed(log, issued, person)))
    own[NUMBER] += [issued, issued + 1]
    for _ in range(dice.randrange(5)):
        log = log.write("enrol.attempt")
    listed = sorted({1, 2, *own[NUMBER], *own[OTHER]})
    return replace(log, listed=tuple(listed), heads=((4, "shift"), (issued + 1, "slip"))), own, content


def _van(dice: random.Random, name: str) -> Log:
    """Return the log of a van that drew the second sample before the county had it."""
    log = _moved(Log(FileSigner(f"LJ/LJ02/{name}", key(dice))).keyed(), dice, OTHER, 1)
    for _ in range(dice.randrange(4)):
        log = log.write("enrol.attempt")
    return replace(log, listed=(1, 2), heads=((2, "sync"),))


@cache
def made(seed: int) -> Made:
    """Return a bundle about two samples, one of them with a slip that is signed; every other one with two logs."""
    dice = random.Random(seed)
    name, person = dice.choice(("sha256", "sm3")), key(dice)
    county, seqs, content = _county(dice, Log(FileSigner(f"LJ/LJ01/{name}", key(dice))), person)
    logs, own = [county], {number: {county.origin: tuple(found)} for number, found in seqs.items()}
    if seed % 2:
        logs.append(_van(dice, dice.choice(("sha256", "sm3"))))
        own[OTHER][logs[1].origin] = (2,)
    photo = b"\xff\xd8\xff" + dice.randbytes(60)
    first = {"slips/s1.json": content.encode(), "raw/r1.wire": dice.randbytes(40), "photos/p1.jpg": photo}
    papers: dict[str, Files] = {NUMBER: first, OTHER: {"raw/r2.wire": dice.randbytes(9)}}
    return Draft(tuple(logs), person, seqs[NUMBER][-2], own, papers).made()


def sealed_anew(made_: Made, files: Files) -> Files:
    """Return changed files under a manifest that is right and signed by the station: the insider with its key."""
    told = json.loads(files["manifest.json"])
    hash_ = algorithm(told["algorithm"])
    kept = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    told["files"] = {name: hash_(data).hex() for name, data in kept.items()}
    manifest = encode(told)
    note = bundle_note(told["origin"], hash_(manifest), made_.signer)
    return {**kept, "manifest.json": manifest, "manifest.note": note}


def bundle_note(origin: str, digest: bytes, signer: FileSigner) -> bytes:
    body = f"{bundle.FORM}\n{origin}\n{base64.b64encode(digest).decode()}\n"
    return notes.sign(body, origin, signer).text().encode()


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return files as a zip, in their order."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as file:
        for name, content in files.items():
            told = zipfile.ZipInfo(name)
            told.compress_type = method
            file.writestr(told, content)
    return data.getvalue()


@dataclass(frozen=True)
class Both:
    """What the auditor's verifier and the program say of one bundle."""

    verifier: tuple[bool, dict[str, tuple[bool, int | None]]]
    program: tuple[bool, dict[str, tuple[bool, int | None]]]


def weighed(path: Path, data: bytes) -> Both:
    """Write a bundle and have it examined by both."""
    path.write_bytes(data)
    report, judgement = verify.check_bundle(path), examine(path)
    said = {number: (ok, seq) for number, (ok, seq, _) in report.samples.items()}
    return Both((report.ok, said), (judgement.ok, dict(judgement.samples)))
