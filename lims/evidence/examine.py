"""The program's own examination of a bundle, by other means than the verifier it ships: the two must agree."""

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from lims.errors import Invalid
from lims.evidence import checkpoint, notes, signing
from lims.evidence.canonical import decode
from lims.evidence.entry import Change, Entry, from_bytes
from lims.evidence.hashing import algorithm
from lims.evidence.notes import parse_key
from lims.evidence.proofs import grown, included
from lims.evidence.tree import leaf_hash

_MOST_FILES, _MOST_BYTES = 50_000, 1 << 30
_BROKEN = (Invalid, KeyError, TypeError, ValueError, AttributeError, IndexError)
_Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the program thinks of a bundle: as a whole, and each sample with the first bad entry."""

    ok: bool
    samples: Mapping[str, tuple[bool, int | None]]


@dataclass
class _Log:
    """What was found in the bundle's logs."""

    entries: dict[_Place, Entry] = field(default_factory=dict)
    leaves: dict[_Place, bytes] = field(default_factory=dict)
    present: set[_Place] = field(default_factory=set)
    bad: set[_Place] = field(default_factory=set)
    heads: dict[_Place, bytes] = field(default_factory=dict)

    def rows(self, place: _Place, table: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of one table that an entry holds."""
        entry = self.entries.get(place)
        changes: Sequence[Change] = entry.changes if entry else ()
        return (change.row for change in changes if change.table == table)


def examine(path: Path) -> Judgement:
    """Examine a bundle; a file that is none is a bad one."""
    try:
        files = _files(path)
        told: Any = decode(files["bundle.json"])
        manifest: Any = decode(files["manifest.json"])
        changed = _changed(files, manifest)
        whole = _signed(files, manifest, told) and not changed - _owned(told)
        found = _Log()
        for log in told["logs"]:
            whole = _log(files, log, changed, found) and whole
        whole = whole and found.bad <= _places(told)
        samples = {
            number: _sample(files, number, one, (changed, whole), found)
            for number, one in told["samples"].items()
        }
    except _BROKEN:
        return Judgement(ok=False, samples={})
    return Judgement(whole and bool(samples) and all(ok for ok, _ in samples.values()), samples)


def _files(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as file:
            members = file.infolist()
            names = [one.filename for one in members]
            if len(names) > _MOST_FILES or sum(one.file_size for one in members) > _MOST_BYTES:
                raise Invalid("bundle.large")
            if len(set(names)) != len(names):
                raise Invalid("bundle.twice")
            if {one.compress_type for one in members} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise Invalid("bundle.form", reason="compress_type")
            found = {one.filename: file.read(one) for one in members}
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError, zlib.error) as fault:
        raise Invalid("bundle.form", reason=str(fault)) from None
    if any(len(found[one.filename]) != one.file_size for one in members):
        raise Invalid("bundle.form", reason="file_size")
    return found


def _changed(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> set[str]:
    hash_, listed = algorithm(manifest["algorithm"]), manifest["files"]
    here = {name for name in files if not name.startswith("manifest.")}
    wrong = {name for name in here & set(listed) if hash_(files[name]).hex() != listed[name]}
    return wrong | (here ^ set(listed))


def _owned(told: Mapping[str, Any]) -> set[str]:
    found = {one["file"] for log in told["logs"] for one in log["entries"]}
    for sample in told["samples"].values():
        found |= set(sample["files"])
    return found


def _places(told: Mapping[str, Any]) -> set[_Place]:
    pairs = [pair for one in told["samples"].values() for pair in one["entries"].items()]
    return {(origin, seq) for origin, seqs in pairs for seq in seqs}


def _signed(files: Mapping[str, bytes], manifest: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    note = _note(files["manifest.note"].decode(), told["logs"][0]["key"])
    digest = base64.b64encode(algorithm(manifest["algorithm"])(files["manifest.json"])).decode()
    return note == f"kuaijian-bundle-1\n{manifest['origin']}\n{digest}\n"


def _note(text: str, key: str) -> str:
    try:
        note, known = notes.parse(text), parse_key(key)
        usual = known.kind == notes.PLAIN and known.text() == key
        return note.body if usual and note.signed_by(known) else ""
    except Invalid:
        return ""


def _log(files: Mapping[str, bytes], log: Mapping[str, Any], changed: set[str], found: _Log) -> bool:
    origin, hash_ = log["origin"], algorithm(log["origin"].rsplit("/", 1)[-1])
    body = _note(log["checkpoint"], log["key"])
    head = checkpoint.parse(body) if body else checkpoint.Checkpoint("", 0, b"")
    whole = head.origin == origin
    found.heads[origin, head.size] = head.root
    for one in log["heads"]:
        root = bytes.fromhex(one["root"])
        proof = [bytes.fromhex(node) for node in one["proof"]]
        whole = grown(hash_, (one["size"], head.size), (root, head.root), proof) and whole
        found.heads[origin, one["size"]] = root
    for one in log["entries"]:
        place = (origin, one["seq"])
        data = files.get(one["file"], b"")
        leaf = leaf_hash(hash_, data)
        proof = [bytes.fromhex(node) for node in one["proof"]]
        found.present.add(place)
        found.leaves[place] = leaf
        entry = _entry(data)
        fits = entry is not None and (entry.origin, entry.seq) == place
        proved = included(hash_, leaf, (one["seq"], head.size), proof) == head.root
        if entry is None or not (fits and proved) or one["file"] in changed:
            found.bad.add(place)
        if place in found.bad:
            found.entries.pop(place, None)
        elif entry:
            found.entries[place] = entry
    public, place = parse_key(log["key"]).public.hex() if body else "", (origin, log["key_entry"])
    named = ((row.get("name"), row.get("public")) for row in found.rows(place, "station_key"))
    return whole and place not in found.bad and (origin, public) in named


def _entry(data: bytes) -> Entry | None:
    try:
        return from_bytes(data)
    except Invalid:
        return None


def _sample(
    files: Mapping[str, bytes],
    number: str,
    told: Mapping[str, Any],
    state: tuple[set[str], bool],
    found: _Log,
) -> tuple[bool, int | None]:
    changed, whole = state
    places = sorted((origin, seq) for origin, seqs in told["entries"].items() for seq in seqs)
    wrong = [place for place in places if place in found.bad or place not in found.present]
    if wrong:
        return False, wrong[0][1]
    own = set(told["files"])
    if not whole or own & changed or not own <= set(files):
        return False, None
    rows = [row for place in places for row in found.rows(place, "sample")]
    counted = {row.get("version") for row in rows if row.get("id") == number}
    if not counted or counted != set(range(1, len(counted) + 1)):
        return False, None
    for place in places:
        try:
            holds = _papers(files, number, own, place, found) and _signatures(place, found)
        except _BROKEN:
            holds = False
        if not holds:
            return False, place[1]
    return True, None


def _papers(files: Mapping[str, bytes], number: str, own: set[str], place: _Place, found: _Log) -> bool:
    for row in found.rows(place, "certificate"):
        content = cast("str", row["content"]).encode()
        if hashlib.sha256(content).hexdigest() != row["content_hash"]:
            return False
        if row["sample"] != number:
            continue
        name = f"slips/{row['id']}.json"
        if name not in own or files[name] != content or (place[0], place[1] + 1) not in found.heads:
            return False
    return True


def _signatures(place: _Place, found: _Log) -> bool:
    for row in found.rows(place, "signature"):
        keys = {one["id"]: one["public"] for each in found.entries for one in found.rows(each, "person_key")}
        leaf = found.leaves.get((place[0], row["seq"]), b"")
        parts = (leaf.hex(), row["meaning"], row["key"], row["nonce"])
        said = signing.PREFIX + json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
        if not signing.verify(keys.get(row["key"], ""), row["value"], said):
            return False
    return True
