"""The bundle an auditor takes away: entries with their proofs, heads, papers, raw bytes, a page and the verifier."""

import base64
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lims.evidence import notes, verify
from lims.evidence.canonical import Json, encode
from lims.evidence.hashing import algorithm
from lims.evidence.notes import Note, Signer

FORM = "kuaijian-bundle-1"
LOG = "KUAIJIAN-LOG-1"
_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """A head that left before, with the proof that it grew into the bundle's own head."""

    size: int
    root: bytes
    way: str
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Held:
    """One entry with the proof that it is in the log."""

    seq: int
    data: bytes
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """What a bundle holds of one log.

    Attributes:
        origin: the log.
        key: the key that signed its head, as C2SP writes it.
        key_entry: the entry that puts this key on record.
        note: the signed head.
        heads: heads that left before it.
        entries: in order.
    """

    origin: str
    key: str
    key_entry: int
    note: Note
    heads: Sequence[Head]
    entries: Sequence[Held]


@dataclass(frozen=True, slots=True)
class Dossier:
    """One sample: its entries by log, and the names of the files that belong to it alone."""

    number: str
    entries: Mapping[str, Sequence[int]]
    files: Mapping[str, bytes] = field(default_factory=dict)


def entry_file(origin: str, seq: int) -> str:
    """Return the name of an entry's file in a bundle."""
    return f"entries/{re.sub(r'[^A-Za-z0-9_-]', '-', origin)}/{seq:08d}.entry"


def index(parts: Sequence[Part], dossiers: Sequence[Dossier]) -> bytes:
    """Return the bundle's index: logs with their proofs, samples with their entries and files."""
    logs: list[Json] = [_log(part) for part in parts]
    samples: dict[str, Json] = {
        one.number: {
            "entries": {origin: list(seqs) for origin, seqs in one.entries.items()},
            "files": [*sorted(one.files)],
        }
        for one in dossiers
    }
    return encode({"form": FORM, "logs": logs, "samples": samples})


def _log(part: Part) -> Json:
    return {
        "origin": part.origin,
        "key": part.key,
        "key_entry": part.key_entry,
        "checkpoint": part.note.text(),
        "heads": [
            {"size": one.size, "root": one.root.hex(), "way": one.way, "proof": [n.hex() for n in one.proof]}
            for one in part.heads
        ],
        "entries": [
            {
                "seq": one.seq,
                "file": entry_file(part.origin, one.seq),
                "proof": [node.hex() for node in one.proof],
            }
            for one in part.entries
        ],
    }


def contents(
    parts: Sequence[Part], dossiers: Sequence[Dossier], others: Mapping[str, bytes], signer: Signer
) -> dict[str, bytes]:
    """Return every file of a bundle by name, the signed manifest and the verifier among them.

    Args:
        parts: the logs; the first is the one whose key signs the manifest.
        dossiers: the samples.
        others: files for all of it, such as the page.
        signer: the key of the first log.
    """
    origin = parts[0].origin
    found = {"bundle.json": index(parts, dossiers), "verify.py": Path(verify.__file__).read_bytes(), **others}
    for part in parts:
        found |= {entry_file(part.origin, one.seq): one.data for one in part.entries}
    for dossier in dossiers:
        found |= dossier.files
    name = origin.rsplit("/", 1)[-1]
    hash_ = algorithm(name)
    listed: dict[str, Json] = {file: hash_(data).hex() for file, data in found.items()}
    manifest = encode({"algorithm": name, "files": listed, "form": FORM, "origin": origin})
    digest = base64.b64encode(hash_(manifest)).decode()
    note = notes.sign(f"{FORM}\n{origin}\n{digest}\n", origin, signer)
    return {**found, "manifest.json": manifest, "manifest.note": note.text().encode()}


def write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle's files as a zip; the same files give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(files):
            told = zipfile.ZipInfo(name, _MOMENT)
            told.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(told, files[name])
