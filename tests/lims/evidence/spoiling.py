"""What somebody may do to a bundle: outside, with the station's key, or with every key; and what changes nothing."""

import json
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from lims.errors import Invalid
from lims.evidence import verify
from lims.evidence.notes import FileSigner, Key
from lims.evidence.tree import leaf_hash
from tests.lims.evidence.bundles import (
    NUMBER,
    OTHER,
    Files,
    Log,
    Made,
    bundle_note,
    key,
    made,
    packed,
    sealed_anew,
    signed,
)
from tests.lims.evidence.damage import NOISE
from tests.lims.evidence.spellings import other_spelling, spelt

BASES = 64
"""Different good bundles from which the others are derived."""


@dataclass(frozen=True)
class Case:
    """One generated bundle.

    Attributes:
        kind: what was done to it.
        covered: the station's own key covered it up.
        data: the zip.
        verdict: what both must say, None where only their agreement counts.
    """

    kind: str
    covered: bool
    data: bytes
    verdict: bool | None


def _flip(dice: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    changed[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data))]


def _glue(dice: random.Random, data: bytes) -> bytes:
    return dice.choice((data + data, data + b"\n", b"\0" + data, data + dice.randbytes(5)))


def _bit_of_a_file(dice: random.Random, one: Made) -> Files:
    return _change(dice.choice(sorted(one.files)), one, lambda data: _flip(dice, data))


def _end_of_a_file(dice: random.Random, one: Made) -> Files:
    return _change(dice.choice(sorted(one.files)), one, lambda data: _cut(dice, data))


def _more_in_a_file(dice: random.Random, one: Made) -> Files:
    return _change(dice.choice(sorted(one.files)), one, lambda data: _glue(dice, data))


def _change(name: str, one: Made, how: Callable[[bytes], bytes]) -> Files:
    return {**one.files, name: how(one.files[name])}


def _drop(dice: random.Random, one: Made) -> Files:
    gone = dice.choice(sorted(one.files))
    return {name: data for name, data in one.files.items() if name != gone}


def _add(dice: random.Random, one: Made) -> Files:
    return {**one.files, f"raw/{dice.randrange(9)}.more": b"x"}


def _entries(one: Made) -> list[str]:
    return [name for name in sorted(one.files) if name.endswith(".entry")]


def _swap(dice: random.Random, one: Made) -> Files:
    first, second = dice.sample(_entries(one), 2)
    return {**one.files, first: one.files[second], second: one.files[first]}


def _swap_files(dice: random.Random, one: Made) -> Files:
    first, second = dice.sample(sorted(one.files), 2)
    return {**one.files, first: one.files[second], second: one.files[first]}


def _foreign(dice: random.Random, one: Made) -> Files:
    """Put a file of another laboratory's bundle in the place of the one that has its name."""
    other = made(dice.randrange(BASES)).files
    name = dice.choice(sorted(other.keys() & one.files.keys()))
    return {**one.files, name: other[name]}


def _forge(dice: random.Random, one: Made) -> Files:
    """Rewrite one entry in its own form: another reason."""
    name = dice.choice(_entries(one))
    body = json.loads(one.files[name][len(verify.PREFIX) :])
    body["why"] = f"forged {dice.randrange(1000)}"
    return {**one.files, name: verify.PREFIX + spelt(body)}


def _index(dice: random.Random, one: Made) -> Files:
    """Change one leaf of the index at random."""
    told: Any = json.loads(one.files["bundle.json"])
    _prick(dice, told)
    return {**one.files, "bundle.json": spelt(told)}


def _prick(dice: random.Random, told: Any) -> None:
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


def _other(dice: random.Random, value: object) -> object:
    match value:
        case bool() | None:
            return dice.choice((0, 1, "", not value))
        case int():
            return dice.choice((value - 1, value + 1, value + 100, -value, str(value), bool(value)))
        case str() if value:
            at = dice.randrange(len(value))
            return value[:at] + dice.choice("0123456789abcdefxyz/ ") + value[at + 1 :]
        case _:
            return dice.choice(("", 0, None, [], {}))


def _proof(dice: random.Random, one: Made) -> Files:
    """Damage one proof: order, length, spelling, another's."""
    told: Any = json.loads(one.files["bundle.json"])
    log = dice.choice(told["logs"])
    first, second = (dice.choice(dice.choice((log["heads"], log["entries"]))) for _ in range(2))
    proof = first["proof"]
    node = dice.choice(proof) if proof else ""
    first["proof"] = dice.choice(
        (
            proof[::-1], proof[1:], proof[:-1], [*proof, NOISE.hex()], [NOISE.hex(), *proof], second["proof"],
            [one.upper() for one in proof], [*proof, ""], [node[:62], *proof[1:]], [f" {node}", *proof[1:]], [],
        )
    )  # fmt: skip
    return {**one.files, "bundle.json": spelt(told)}


def _identifier(dice: random.Random, one: Made) -> Files:
    """Give something the name of something else: sample, file, place in the log, log, key."""
    told: Any = json.loads(one.files["bundle.json"])
    samples, log = told["samples"], dice.choice(told["logs"])
    entry = dice.choice(log["entries"])
    match dice.randrange(7):
        case 0:
            samples[NUMBER], samples[OTHER] = samples[OTHER], samples[NUMBER]
        case 1:
            samples[NUMBER]["files"], samples[OTHER]["files"] = (
                samples[OTHER]["files"],
                samples[NUMBER]["files"],
            )
        case 2:
            entry["seq"] += dice.choice((-1, 1, 8))
        case 3:
            entry["file"] = dice.choice(sorted(one.files))
        case 4:
            log["origin"] = dice.choice(("LJ/LJ09/sha256", "LJ/LJ01/sm3", "LJ/LJ01/sha256", "LJ/LJ01/md5"))
        case 5:
            log["key_entry"] = dice.choice((0, 2, 3, -1, True))
        case _:
            samples[f"{NUMBER}X"] = samples.pop(dice.choice((NUMBER, OTHER)))
    return {**one.files, "bundle.json": spelt(told)}


def _rekeyed(dice: random.Random, one: Made) -> Files:
    """Sign as the station with a stranger's key: the manifest, or every head too, or with the stranger's key named."""
    stranger = FileSigner(one.signer.name, key(dice))
    other = replace(one, signer=stranger)
    if dice.random() < 0.3:
        return sealed_anew(other, one.files)
    log = replace(one.draft.logs[0], signer=stranger)
    files = replace(one.draft, logs=(log, *one.draft.logs[1:])).made().files
    told: Any = json.loads(files["bundle.json"])
    if dice.random() < 0.5:
        told["logs"][0]["key"] = Key(log.origin, one.signer.public).text()
    return sealed_anew(other, {**files, "bundle.json": spelt(told)})


def _note(dice: random.Random, one: Made) -> Files:
    """Write a signed note in another form: more lines, more signatures, other ends."""
    told: Any = json.loads(one.files["bundle.json"])
    log = dice.choice(told["logs"])
    if dice.random() < 0.5:
        log["checkpoint"] = _written(dice, log["checkpoint"])
        return {**one.files, "bundle.json": spelt(told)}
    note = _written(dice, one.files["manifest.note"].decode())
    return {**one.files, "manifest.note": note.encode()}


def _written(dice: random.Random, text: str) -> str:
    body, _, line = text.rpartition("\n\n")
    stranger = bundle_note("other", b"x" * 32, FileSigner("other", key(dice))).decode().rpartition("\n\n")[2]
    same = bundle_note("same", b"x" * 32, FileSigner(line.split(" ")[1], key(dice))).decode()
    return dice.choice(
        (
            f"{body}\n\n{line}{line}", f"{body}\n\n{line}{stranger}", f"{body}\n\n{stranger}{line}",
            f"{body}\n\n{line}more\n", f"{body}\n\n{line}\n", f"{body}\n\n{line}".removesuffix("\n"),
            f"{body}\nmore\n\n{line}", f"{body}\n\n\n{line}", f"{body}\n\n{line[2:]}", f"{body}\n\n\u2014  {line[2:]}",
            f"{body}\n\n{line}\u2014 \n", f"{body}\n\n{line}{same.rpartition(chr(10) * 2)[2]}", f"{body}\r\n\r\n{line}",
            f"{body}\n\n{line.removesuffix(chr(10))}=\n", f"{body}\n\n{line * 70}",
        )
    )  # fmt: skip


def _spelt(dice: random.Random, one: Made) -> Files:
    """Write the index, the manifest or an entry in another spelling."""
    name = dice.choice((dice.choice(_entries(one)), "bundle.json", "manifest.json"))
    return _change(name, one, lambda data: other_spelling(dice, data))


def _manifest(dice: random.Random, one: Made) -> Files:
    """Change the manifest or write it otherwise, and sign it as the station."""
    told: Any = json.loads(one.files["manifest.json"])
    _prick(dice, told)
    data = dice.choice((spelt(told), other_spelling(dice, one.files["manifest.json"])))
    note = bundle_note(one.signer.name, verify._hash(verify._name(one.signer.name))(data), one.signer)
    return {**one.files, "manifest.json": data, "manifest.note": note}


def _log_in_another_form(dice: random.Random, one: Made) -> Files:
    """Write an entry in another form and build the whole log, its tree and its head anew around it."""
    which = dice.randrange(len(one.draft.logs))
    log = one.draft.logs[which]
    at = dice.choice(log.listed)
    return _regrown(dice, one, which, at, other_spelling(dice, log.data[at]))


def _log_with_other_content(dice: random.Random, one: Made) -> Files:
    """Change any value in an entry and build the whole log anew around it."""
    which = dice.randrange(len(one.draft.logs))
    log = one.draft.logs[which]
    at = dice.choice(log.listed)
    body = json.loads(log.data[at][len(verify.PREFIX) :])
    _prick(dice, body["changes"] if dice.random() < 0.7 else body)
    return _regrown(dice, one, which, at, verify.PREFIX + spelt(body))


def _regrown(dice: random.Random, one: Made, which: int, at: int, entry: bytes) -> Files:
    log = _chained(one.draft.logs[which], at, entry)
    if which == 0 and dice.random() < 0.5 and at < one.draft.issued:
        log = _signed_again(one, log)
    logs = [*one.draft.logs[:which], log, *one.draft.logs[which + 1 :]]
    return replace(one.draft, logs=tuple(logs)).made().files


def _chained(log: Log, at: int, entry: bytes) -> Log:
    """Replace an entry and name its leaf in the next one, and so on."""
    hash_ = verify._hash(verify._name(log.origin))
    data, was = list(log.data), log.leaves()
    data[at] = entry
    for seq in range(at + 1, len(data)):
        data[seq] = data[seq].replace(
            was[seq - 1].hex().encode(), leaf_hash(hash_, data[seq - 1]).hex().encode()
        )
    return replace(log, data=tuple(data))


def _signed_again(one: Made, log: Log) -> Log:
    at, before = one.draft.issued, signed(one.draft.logs[0], one.draft.issued, one.draft.person)["value"]
    now = signed(log, at, one.draft.person)["value"]
    return _chained(log, at + 1, log.data[at + 1].replace(str(before).encode(), str(now).encode()))


def _log_with_other_words(dice: random.Random, one: Made) -> Files:
    """Write a log anew with every key: other words, all of it right. Only a head from outside tells it apart."""
    log = one.draft.logs[0]
    at = dice.choice([seq for seq in log.listed if seq < one.draft.issued])
    body = json.loads(log.data[at][len(verify.PREFIX) :])
    body["why"] = f"other {dice.randrange(1000)}"
    log = _signed_again(one, _chained(log, at, verify.PREFIX + spelt(body)))
    return replace(one.draft, logs=(log, *one.draft.logs[1:])).made().files


def _nothing(_: random.Random, one: Made) -> Files:
    return dict(one.files)


# The zip itself ------------------------------------------------------------------------------------------


def _packed_otherwise(dice: random.Random, one: Made) -> bytes:
    names = sorted(one.files)
    dice.shuffle(names)
    method = dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    data = packed({name: one.files[name] for name in names}, method)
    return dice.choice((b"", b"glued on before", b"MZ" * 99)) + data


def _bit_of_the_zip(dice: random.Random, one: Made) -> bytes:
    data = packed(one.files)
    return _flip(dice, data) if dice.random() < 0.3 else _told(dice, data, lambda part: _flip(dice, part))


def _told(dice: random.Random, data: bytes, how: Callable[[bytes], bytes]) -> bytes:
    """Change one of the records that tell of a file: before it, or in the directory at the end."""
    mark = dice.choice((b"PK\x03\x04", b"PK\x01\x02"))
    places = [at for at in range(len(data)) if data.startswith(mark, at)] if dice.random() < 0.1 else []
    at = dice.choice(places) if places else data.rindex(mark)
    return data[:at] + how(data[at : at + 46]) + data[at + 46 :]


def _zip_record(dice: random.Random, one: Made) -> bytes:
    """Let a record lie: of the way of packing, of a size, of the flags, of the place."""
    at, width = dice.choice(((6, 2), (8, 2), (10, 2), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (42, 4)))
    value = dice.choice((0, 1, 8, 9, 12, 14, 93, 99, 0xFFFF, (1 << 8 * width) - 1)) % (1 << 8 * width)
    lie = value.to_bytes(width, "little")
    return _told(dice, packed(one.files), lambda part: part[:at] + lie + part[at + width :])


def _zip_glued(dice: random.Random, one: Made) -> bytes:
    data, other = packed(one.files), packed(made(dice.randrange(BASES)).files)
    return dice.choice(
        (data + b"tail", data + other[: len(other) // 2], other[:-9] + data, data[9:], data + other)
    )


def _zip_cut(dice: random.Random, one: Made) -> bytes:
    data = packed(one.files)
    return data[: len(data) - dice.choice((1, 2, 20, 22, 46, 300, dice.randrange(len(data))))]


def _zip_named(dice: random.Random, one: Made) -> bytes:
    """Pack a file under a second name, twice, or beside a folder."""
    name, files = dice.choice(sorted(one.files)), dict(one.files)
    data = files.pop(name)
    names = (name.upper(), f"./{name}", f"../{name}", name.replace("/", "\\"), f"{name}/", f"é{name}")
    files[dice.choice([other for other in names if other != name])] = data
    if dice.random() < 0.4:
        files = {**one.files, dice.choice(("raw/", "slips/", "empty/")): b""}
    return packed(files)


def _zip_twice(dice: random.Random, one: Made) -> bytes:
    name = dice.choice(sorted(one.files))
    marked = {**one.files, name[:-1] + "~": dice.choice((one.files[name], b"other"))}
    return packed(marked).replace((name[:-1] + "~").encode(), name.encode())


Verdict = Literal["good", "bad", "open"]
ByFiles = Callable[[random.Random, Made], Files]
BY_FILES: Mapping[str, tuple[ByFiles, Verdict, Verdict]] = {
    "nothing": (_nothing, "good", "good"),
    "other words": (_log_with_other_words, "good", "good"),
    "bit": (_bit_of_a_file, "bad", "open"),
    "end": (_end_of_a_file, "bad", "open"),
    "more": (_more_in_a_file, "bad", "open"),
    "drop": (_drop, "bad", "open"),
    "add": (_add, "bad", "open"),
    "swap": (_swap, "bad", "bad"),
    "swap files": (_swap_files, "bad", "open"),
    "foreign": (_foreign, "bad", "open"),
    "forge": (_forge, "bad", "bad"),
    "index": (_index, "bad", "open"),
    "proof": (_proof, "bad", "open"),
    "identifier": (_identifier, "bad", "open"),
    "rekeyed": (_rekeyed, "bad", "bad"),
    "note": (_note, "open", "open"),
    "spelt": (_spelt, "bad", "open"),
    "manifest": (_manifest, "open", "open"),
    "log form": (_log_in_another_form, "open", "open"),
    "log content": (_log_with_other_content, "open", "open"),
}
"""What is done to the files, what both must say of it, and what when the station's key covers it up."""

ByZip = Callable[[random.Random, Made], bytes]
BY_ZIP: Mapping[str, tuple[ByZip, Verdict]] = {
    "packed otherwise": (_packed_otherwise, "good"),
    "zip bit": (_bit_of_the_zip, "open"),
    "zip record": (_zip_record, "open"),
    "zip glued": (_zip_glued, "open"),
    "zip cut": (_zip_cut, "bad"),
    "zip named": (_zip_named, "bad"),
    "zip twice": (_zip_twice, "bad"),
}
KINDS = (*BY_FILES, *BY_ZIP)
_SAID = {"good": True, "bad": False, "open": None}


def damaged(seed: int) -> Case:
    """Return the bundle of a seed."""
    dice = random.Random(seed)
    one, kind = made(dice.randrange(BASES)), KINDS[seed % len(KINDS)]
    if kind in BY_ZIP:
        by_zip, said = BY_ZIP[kind]
        data = by_zip(dice, one)
        return Case(kind, False, data, True if data == packed(one.files) else _SAID[said])
    by_files, open_, shut = BY_FILES[kind]
    files, covered = by_files(dice, one), dice.random() < 0.5
    if files == one.files:
        return Case(kind, False, packed(files), True)
    if covered and "manifest.json" in files and kind != "rekeyed":
        try:
            files = sealed_anew(one, files)
        except (Invalid, ValueError, KeyError, TypeError, AttributeError):
            covered = False
    return Case(kind, covered, packed(files), _SAID[shut if covered else open_])
