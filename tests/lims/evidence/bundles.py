"""Bundles made without a laboratory, and what somebody may do to one: outside, or with the station's own key."""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lims.evidence import bundle, notes, proofs, signing, verify
from lims.evidence.bundle import Dossier, Head, Held, Part
from lims.evidence.canonical import encode
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.entry import Change, Entry, to_bytes
from lims.evidence.examine import examine
from lims.evidence.hashing import algorithm
from lims.evidence.notes import FileSigner, Key
from lims.evidence.tree import leaf_hash

Files = dict[str, bytes]
NUMBER, OTHER = "LJ012611240001A", "LJ012611240002B"
_EMPTY = Entry("", 0, "", "2026-11-24T01:30:00.000Z", 1000, "boot", "a1", "sampler", "x.y", "", "0.1", 1, ())


@dataclass(frozen=True)
class Made:
    """A good bundle with the key of its station."""

    files: Files
    signer: FileSigner


def key(dice: random.Random) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))


class _Log:
    """A log that is written entry by entry."""

    def __init__(self, origin: str) -> None:
        self.origin, self.hash = origin, algorithm(origin.rsplit("/", 1)[-1])
        self.data: list[bytes] = []
        self.leaves: list[bytes] = []

    def write(self, verb: str, *changes: Change) -> int:
        seq = len(self.data)
        prev = self.leaves[-1].hex() if self.leaves else ""
        entry = replace(_EMPTY, origin=self.origin, seq=seq, prev=prev, verb=verb, changes=changes)
        self.data.append(to_bytes(entry))
        self.leaves.append(leaf_hash(self.hash, self.data[-1]))
        return seq


@cache
def made(seed: int) -> Made:
    """Return a bundle about two samples, one of them with a slip that is signed."""
    dice = random.Random(seed)
    log = _Log(f"LJ/LJ01/{dice.choice(('sha256', 'sm3'))}")
    signer, person = FileSigner(log.origin, key(dice)), key(dice)
    public = person.public_key().public_bytes_raw()
    person_id = signing.key_id(public)
    log.write("enrol.found")
    at = log.write(
        "seal.station_key", Change("station_key", {"name": log.origin, "public": signer.public.hex()})
    )
    keyed = log.write("sign.issue_key", Change("person_key", {"id": person_id, "public": public.hex()}))
    own = {NUMBER: [], OTHER: []}  # type: dict[str, list[int]]
    for version in (1, 2, 3):
        for number, seqs in own.items():
            row: dict[str, bool | int | str | None] = {
                "id": number,
                "version": version,
                "food": dice.choice(("豇豆", "韭菜", "虾")),
            }
            seqs.append(log.write("sample.moved", Change("sample", row)))
        for _ in range(dice.randrange(3)):
            log.write("enrol.attempt")
    content = encode({"form": "slip-1", "number": NUMBER}).decode()
    hashed = hashlib.sha256(content.encode()).hexdigest()
    slip = {"id": "s1", "sample": NUMBER, "content": content, "content_hash": hashed}
    issued = log.write("certify.issue", Change("certificate", slip))
    said = signing.statement(log.leaves[issued], "批准", person_id, "00")
    signature: dict[str, bool | int | str | None] = {
        "seq": issued,
        "meaning": "批准",
        "key": person_id,
        "nonce": "00",
        "value": person.sign(said).hex(),
    }
    own[NUMBER] += [issued, log.write("sign.attest", Change("signature", signature))]
    for _ in range(dice.randrange(5)):
        log.write("enrol.attempt")
    tree, size = proofs.tree(log.hash, log.leaves), len(log.data)
    note = notes.sign(Checkpoint(log.origin, size, tree.root()).text(), log.origin, signer)
    heads = [
        Head(n, tree.root(n), way, tree.consistency(n, size))
        for n, way in ((4, "shift"), (issued + 1, "slip"))
    ]
    needed = sorted({at, keyed, *own[NUMBER], *own[OTHER]})
    held = [Held(seq, log.data[seq], tree.inclusion(seq, size)) for seq in needed]
    part = Part(log.origin, Key(log.origin, signer.public).text(), at, note, heads, held)
    dossiers = [
        Dossier(
            NUMBER,
            {log.origin: own[NUMBER]},
            {"slips/s1.json": content.encode(), "raw/r1.wire": dice.randbytes(40)},
        ),
        Dossier(OTHER, {log.origin: own[OTHER]}),
    ]
    return Made(bundle.contents([part], dossiers, {"page.html": b"<p>page</p>"}, signer), signer)


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


Damage = Callable[[random.Random, Made], Files]


def _flip(dice: random.Random, one: Made) -> Files:
    name = dice.choice(sorted(one.files))
    data = bytearray(one.files[name])
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return {**one.files, name: bytes(data)}


def _drop(dice: random.Random, one: Made) -> Files:
    gone = dice.choice(sorted(one.files))
    return {name: data for name, data in one.files.items() if name != gone}


def _add(dice: random.Random, one: Made) -> Files:
    return {**one.files, f"raw/{dice.randrange(9)}.more": b"x"}


def _swap(dice: random.Random, one: Made) -> Files:
    first, second = dice.sample([name for name in sorted(one.files) if name.endswith(".entry")], 2)
    return {**one.files, first: one.files[second], second: one.files[first]}


def _cut(dice: random.Random, one: Made) -> Files:
    name = dice.choice(sorted(one.files))
    return {**one.files, name: one.files[name][: dice.randrange(len(one.files[name]))]}


def _index(dice: random.Random, one: Made) -> Files:
    """Change one leaf of the index at random."""
    told: Any = json.loads(one.files["bundle.json"])
    place: Any = told
    while True:
        at = dice.choice(sorted(place)) if isinstance(place, dict) else dice.randrange(len(place))
        if not isinstance(place[at], dict | list) or not place[at]:
            break
        place = place[at]
    match dice.randrange(3):
        case 0 if isinstance(place, list):
            place.insert(dice.randrange(len(place) + 1), place[at])
        case 1:
            del place[at]
        case _:
            place[at] = _other(dice, place[at])
    return {**one.files, "bundle.json": encode(told)}


def _other(dice: random.Random, value: object) -> object:
    if isinstance(value, int):
        return value + dice.choice((-1, 1, 100))
    if isinstance(value, str) and value:
        at = dice.randrange(len(value))
        return value[:at] + dice.choice("0123456789abcdefxyz/ ") + value[at + 1 :]
    return dice.choice(("", 0, None))


def _forge(dice: random.Random, one: Made) -> Files:
    """Rewrite one entry in its own form: another word for what was found."""
    name = dice.choice([name for name in sorted(one.files) if name.endswith(".entry")])
    body = json.loads(one.files[name][len(verify.PREFIX) :])
    body["why"] = f"forged {dice.randrange(1000)}"
    return {**one.files, name: verify.PREFIX + encode(body)}


def _same(_: random.Random, one: Made) -> Files:
    return dict(one.files)


DAMAGES: Mapping[str, Damage] = {
    "nothing": _same, "flip": _flip, "drop": _drop, "add": _add, "swap": _swap, "cut": _cut, "index": _index,
    "forge": _forge,
}  # fmt: skip


def damaged(seed: int) -> tuple[str, bool, Files]:
    """Return a kind of damage, whether the station's key covered it up, and the files."""
    dice = random.Random(seed)
    one = made(dice.randrange(64))
    kind = dice.choice(sorted(DAMAGES))
    files, covered = DAMAGES[kind](dice, one), dice.random() < 0.5
    if covered and kind != "nothing" and "manifest.json" in files:
        try:
            files = sealed_anew(one, files)
        except (ValueError, KeyError):
            covered = False
    return kind, covered, files


@dataclass(frozen=True)
class Both:
    """What the auditor's verifier and the program say of one bundle."""

    verifier: tuple[bool, dict[str, tuple[bool, int | None]]]
    program: tuple[bool, dict[str, tuple[bool, int | None]]]


def weighed(path: Path, files: Files) -> Both:
    """Write a bundle and have it examined by both."""
    bundle.write(path, files)
    report, judgement = verify.check_bundle(path), examine(path)
    said = {number: (ok, seq) for number, (ok, seq, _) in report.samples.items()}
    return Both((report.ok, said), (judgement.ok, dict(judgement.samples)))
