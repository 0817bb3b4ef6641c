"""The auditor's verifier: one file, standard library only, that shares no code with the program it checks.

python verify.py BUNDLE.zip             检查证据包；结束码 0 为通过，1 为不通过
python verify.py LOG_EXPORT             检查整本日志
python verify.py --slip TEXT LOG_EXPORT 检查结果单二维码中的文字是否属于这本日志
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from unicodedata import is_normalized

PREFIX = b"KUAIJIAN-1\0"
_Told = dict[str, Any]
_Hash = Callable[[bytes], bytes]
_Entries = Iterable[tuple[bytes, bytes | None]]


def _rotl(x: int, n: int) -> int:
    return (x << n % 32 | x >> 32 - n % 32) & 0xFFFFFFFF


def _sm3_round(v: list[int], j: int, w: list[int]) -> list[int]:
    a, b, c, d, e, f, g, h = v
    ss1 = _rotl((_rotl(a, 12) + e + _rotl(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & 0xFFFFFFFF, 7)
    ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
    gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
    tt1 = (ff + d + (ss1 ^ _rotl(a, 12)) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
    tt2 = ((gg & 0xFFFFFFFF) + h + ss1 + w[j]) & 0xFFFFFFFF
    return [tt1, a, _rotl(b, 9), c, tt2 ^ _rotl(tt2, 9) ^ _rotl(tt2, 17), e, _rotl(f, 19), g]


def sm3(data: bytes) -> bytes:
    """Return the SM3 digest of `data` (GB/T 32905-2016), written out for computers whose OpenSSL lacks it."""
    v = [
        0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
    ]  # fmt: skip
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + (len(data) * 8).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        w = [int.from_bytes(padded[i : i + 4], "big") for i in range(start, start + 64, 4)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ _rotl(w[j - 3], 15)
            w.append(x ^ _rotl(x, 15) ^ _rotl(x, 23) ^ _rotl(w[j - 13], 7) ^ w[j - 6])
        mixed = v
        for j in range(64):
            mixed = _sm3_round(mixed, j, w)
        v = [old ^ new for old, new in zip(v, mixed, strict=True)]
    return b"".join(word.to_bytes(4, "big") for word in v)


def _hash(algorithm: str) -> _Hash:
    if algorithm == "sha256":
        return lambda data: hashlib.sha256(data).digest()
    if algorithm == "sm3":
        ours = "sm3" not in hashlib.algorithms_available
        return sm3 if ours else lambda data: hashlib.new("sm3", data).digest()
    raise ValueError(f"unknown hash algorithm {algorithm!r}: this verifier knows sha256 and sm3")


def _name(origin: str) -> str:
    return origin.rpartition("/")[2]


def _path(h: _Hash, index: int, last: int, node: bytes, proof: Sequence[bytes]) -> bytes | None:
    for sibling in proof:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = h(b"\x01" + sibling + node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = h(b"\x01" + node + sibling)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, *, algorithm: str = "sha256"
) -> bool:
    """Tell whether `leaf_hash` stands at `index` of the tree of `size` leaves with `root` (RFC 9162, 2.1.3.2)."""
    h, proof = _hash(algorithm), list(proof or ())
    if not 0 <= index < size or any(len(node) != 32 for node in (leaf_hash, root, *proof)):
        return False
    return _path(h, index, size - 1, leaf_hash, proof) == root


def verify_consistency(
    size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes], *, algorithm: str = "sha256"
) -> bool:
    """Tell whether the tree of `size1` leaves is a beginning of that of `size2` (RFC 9162, 2.1.4.2).

    Equal sizes need equal roots and no proof; nothing follows from an empty tree, so `size1` 0 proves no larger one.
    """
    h, proof = _hash(algorithm), list(proof or ())
    if size1 == size2:
        return size1 >= 0 and not proof and root1 == root2
    if not 0 < size1 < size2 or any(len(node) != 32 for node in (root1, root2, *proof)):
        return False
    nodes = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    return bool(nodes) and _consistent(h, (size1 - 1, size2 - 1), nodes) == (root1, root2)


def _consistent(h: _Hash, places: tuple[int, int], nodes: list[bytes]) -> tuple[bytes, bytes] | None:
    first, second = places
    while first & 1:
        first, second = first >> 1, second >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if second == 0:
            return None
        if first & 1 or first == second:
            old, new = h(b"\x01" + node + old), h(b"\x01" + node + new)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            new = h(b"\x01" + new + node)
        first, second = first >> 1, second >> 1
    return (old, new) if second == 0 else None


@dataclass(frozen=True)
class Finding:
    """One log: is it whole, its size and root; the first bad entry: form, origin, seq, prev or leaf is wrong."""

    ok: bool
    size: int
    root: str
    first_bad: int | None = None
    reason: str = ""


_READ = json.JSONDecoder(parse_float=int, parse_constant=int).decode
_SPELL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_HIDDEN = "\x7f\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_COUNT, _OTHER = r"0|-?[1-9][0-9]{0,4299}", "null|true|false"  # longer numbers Python does not read
_NAMES = (
    "actor", "at", "boot", "build", "changes", "mono", "origin", "prev", "role", "schema", "seq", "verb", "why",
)  # fmt: skip
_PLAIN, _TEXT = '"[^"]*"', r'"[^"\\]*(?:\\["\\nt][^"\\]*)*"'
_KINDS = {int: f"(?:{_COUNT})", bool: "(?:true|false)", str: _PLAIN, type(None): "null"}
_ODD, _ESCAPES = bytes([*range(32), 0x7F]), (rb"\\", rb"\"", rb"\n", rb"\t")


def _visible(text: str) -> bool:
    return text.isascii() or not (any(map(text.__contains__, _HIDDEN)) or not is_normalized("NFC", text))


def _body(data: bytes, prefix: bytes = b"") -> _Told | None:
    """Return an object, or None when it is not in the one spelling: sorted, no spaces, nothing twice, plain text."""
    try:
        text = data.removeprefix(prefix).decode("utf-8")
        body = _READ(text) if data.startswith(prefix) else None
        again = _SPELL(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or again != text or not _visible(text):
        return None
    escapes = text.replace("\\\\", "") if "\\" in text else ""
    return None if "\x7f" in text or any(f"\\{one}" in escapes for one in "bfru") else body


def _form(text: str, changes: str) -> str:
    names = dict.fromkeys(_NAMES, text) | dict.fromkeys(("mono", "schema", "seq"), _COUNT)
    names["changes"] = rf"\[{changes}\]"
    return r"\{" + ",".join(f'"{name}":({form})' for name, form in names.items()) + r"\}"


_some = "(?:{0}(?:,{0})*)?".format
_PAIRS = _some(f"{_TEXT}:(?:{_TEXT}|{_COUNT}|{_OTHER})")
_ENTRY = re.compile(_form(_TEXT, _some(rf'\{{"row":\{{{_PAIRS}\}},"table":{_TEXT}\}}')))


class _Reader:
    """Says what is wrong with an entry; one with names and kinds of value that came often, and plain, is not read.

    Its names then stand in the one order, each value has one spelling, and what the log fixes is compared as text.
    """

    def __init__(self) -> None:
        self.often: dict[str, int] = {}
        self.forms: dict[bytes, list[re.Pattern[bytes]]] = {}

    def known(self, verb: bytes, data: bytes, fixed: str) -> bool:
        text, said = data, "" if data.isascii() else data.decode("utf-8", "replace")
        for one in _ESCAPES if b"\\" in data else ():
            text = text.replace(one, b"\x7f")  # which stands in no form and in no plain text
        found = next(filter(None, (form.fullmatch(text) for form in self.forms.get(verb, ()))), None)
        if not found or b"%b %b %b" % found.group(7, 8, 11) != fixed.encode() or b"\\" in text:
            return False
        one_odd = len(data.translate(None, _ODD)) == len(data) - 1  # that of the prefix
        return one_odd and "\ufffd" not in said and _visible(said)

    def fault(self, data: bytes, origin: str, seq: int, prev: str) -> str:
        verb = data[data.rfind(b'"verb":') :].partition(b",")[0]
        if self.known(verb, data, f'"{origin}" "{prev}" {seq}'):
            return ""
        body = _body(data, PREFIX)
        if body is None:
            return "form"
        for name, wanted in (("origin", origin), ("seq", seq), ("prev", prev)):
            if body.get(name) != wanted or type(body[name]) is not type(wanted):
                return name
        return self.learn(verb, body) if _ENTRY.fullmatch(data[len(PREFIX) :].decode("utf-8")) else "form"

    def learn(self, verb: bytes, body: _Told) -> str:
        form = ""
        for one in body["changes"]:
            row = ",".join(f"{re.escape(_SPELL(n))}:{_KINDS[type(v)]}" for n, v in one["row"].items())
            form += rf'{"," * bool(form)}\{{"row":\{{{row}\}},"table":{re.escape(_SPELL(one["table"]))}\}}'
        self.often[form] = self.often.get(form, 0) + 1
        if self.often[form] == 64:
            known = re.compile((re.escape(PREFIX.decode()) + _form(_PLAIN, form)).encode())
            self.forms[verb] = [known, *self.forms.get(verb, [])[:7]]
        return ""


def _root(h: _Hash, leaves: list[bytes]) -> bytes:
    level = leaves or [h(b"")]
    while len(level) > 1:
        odd = level[len(level) & ~1 :]
        level = [h(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) & ~1, 2)] + odd
    return level[0]


def verify_log(origin: str, entries: _Entries, leaves: list[bytes] | None = None) -> Finding:
    """Check a whole log: (bytes, stored leaf hash or None) in order; the algorithm is the origin's last part."""
    h, leaves, reader = _hash(_name(origin)), [] if leaves is None else leaves, _Reader()
    for seq, (data, stored) in enumerate(entries):
        leaf = h(b"\x00" + data)
        reason = reader.fault(data, origin, seq, leaves[-1].hex() if leaves else "")
        if reason := reason or "leaf" * (stored not in {None, leaf}):
            return Finding(False, seq, _root(h, leaves).hex(), seq, reason)
        leaves.append(leaf)
    return Finding(True, len(leaves), _root(h, leaves).hex())


# Ed25519 (RFC 8032) and signed notes (C2SP) --------------------------------------------------------------

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Point = tuple[int, int, int, int]


def _add(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _sum(s: int, p: _Point, t: int, q: _Point) -> _Point:
    """Return s times p and t times q, added up."""
    found, table = (0, 1, 1, 0), ((0, 1, 1, 0), p, q, _add(p, q))
    for bit in range(252, -1, -1):
        found, at = _add(found, found), s >> bit & 1 | (t >> bit & 1) << 1
        found = _add(found, table[at]) if at else found
    return found


def _point(data: bytes) -> _Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    x = x if x * x % _P == square else x * pow(2, (_P - 1) // 4, _P) % _P
    if y >= _P or x * x % _P != square or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def verify_signature(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an Ed25519 signature (64 bytes) over `message` was made with the key `public` (32 bytes)."""
    key, point, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or not (key and point and _BASE) or s >= _ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _ORDER
    x, y, z, _ = _sum(s, _BASE, h, (_P - key[0], key[1], 1, _P - key[3]))
    return (x - point[0] * z) % _P == 0 and (y - point[1] * z) % _P == 0


def _b64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    return data if base64.b64encode(data).decode() == text else b""  # no second spelling


def note_body(note: str, key: str) -> str:
    """Return what a note says when the key (C2SP: name+id+base64) signed it, or nothing."""
    try:
        name, id_, coded = key.split("+", 2)
        public, (body, blank, tail) = _b64(coded), note.rpartition("\n\n")
        own = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        lines, message = [line.split(" ") for line in tail.split("\n")], f"{body}\n".encode()
        signed = [(who, _b64(value)) for _, who, value in lines[:-1]]
    except ValueError:
        return ""
    formed = blank and lines[-1] == [""] and len(signed) <= 64 and len(note) <= 1 << 20 and own.hex() == id_
    formed = formed and all(
        one[0] == "\u2014" and one[1].split() == one[1:2] and "+" not in one[1] for one in lines[:-1]
    )
    values = [
        value[4:] for who, value in signed if who == name and value[:4] == own and public[:1] == b"\x01"
    ]
    holds = formed and values and all(len(value) > 4 for _, value in signed)
    return f"{body}\n" if holds and all(verify_signature(public[1:], one, message) for one in values) else ""


def head_of(text: str) -> tuple[str, int, bytes]:
    """Return origin, size and root of a checkpoint's first three lines; ValueError when they are not in their form."""
    origin, size, root = text.split("\n")[:3]
    found = origin, int(size), _b64(root)
    if not origin or str(found[1]) != size or found[1] < 0 or len(found[2]) != 32:
        raise ValueError("checkpoint")
    return found


# Bundles and whole logs ----------------------------------------------------------------------------------

_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
_MOST_FILES, _MOST_BYTES = 50_000, 1 << 30
_LOG = "KUAIJIAN-LOG-1"
_WORDS = {
    "zip": "证据包无法打开", "index": "证据包的目录无法读取", "manifest": "清单与文件不符", "file": "文件被改动或缺失",
    "manifest_signature": "清单的签名无效", "checkpoint": "检查点的签名或形式无效", "key": "工作站公钥不符",
    "heads": "检查点之间不一致", "outside": "与外部日志头不符", "form": "条目形式有误", "origin": "条目属于另一本日志",
    "seq": "条目位置有误", "prev": "与前一条断开", "inclusion": "条目不在日志中", "entries": "没有该样品的条目",
    "version": "样品版本不连续", "slip": "结果单内容不符", "signature": "电子签名无效", "size": "日志不完整",
}  # fmt: skip
_UNPROVEN = (
    "没有遗漏与样品有关的条目：只有整本日志（kuaijian audit log-export）能证明",
    "原始字节和页面不在日志中，只由清单上的工作站签名保证",
    "条目中的时间是工作站时钟的说法；签署之时控制这台计算机的人不能排除",
    "本程序若取自证据包本身，请另取一份相同的 verify.py 再核对",
)
_REWRITTEN = "整本日志没有被重写：未与外部日志头比对，请用 --head 给出结果单二维码、纸面或见证方所持的文字"


@dataclass
class Report:
    """What was found: each sample with its first bad entry and why; the outside heads used; what is not proven."""

    samples: dict[str, tuple[bool, int | None, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when everything passes."""
        return not self.faults and all(ok for ok, _, _ in self.samples.values())

    def text(self) -> str:
        """Return the findings for people."""
        lines = [f"整体: {_WORDS.get(one, one)}" for one in self.faults]
        for number, (ok, seq, reason) in self.samples.items():
            where = "" if seq is None else f"，第一条有误的条目 {seq}"
            lines.append(f"{number}: " + ("通过" if ok else f"不通过{where}（{_WORDS.get(reason, reason)}）"))
        lines += [f"外部日志头: {one}" for one in self.heads or ["未使用"]]
        lines += [f"未证明: {one}" for one in self.unproven]
        return "\n".join([*lines, f"结论: {'通过' if self.ok else '不通过'}", ""])


def read_zip(path: Path) -> dict[str, bytes]:
    """Return a bundle's files; names are only keys, nothing is unpacked to a disk; ValueError when it cannot be."""
    try:
        with zipfile.ZipFile(path) as file:
            told = file.infolist()
            if len(told) > _MOST_FILES or sum(one.file_size for one in told) > _MOST_BYTES:
                raise ValueError("zip")
            if any(one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for one in told):
                raise ValueError("zip")
            found = {one.filename: file.open(one).read(one.file_size + 1) for one in told}
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError, zlib.error) as fault:
        raise ValueError("zip") from fault
    if [len(data) for data in found.values()] != [one.file_size for one in told]:
        raise ValueError("zip")
    return found


class _Bundle:
    """A bundle under examination: what its logs hold is checked first, then each sample."""

    def __init__(self, files: dict[str, bytes], report: Report) -> None:
        self.files, self.report = files, report
        self.entries: dict[tuple[str, int], _Told] = {}
        self.leaves: dict[tuple[str, int], bytes] = {}
        self.bad: dict[tuple[str, int], str] = {}
        self.heads: dict[tuple[str, int], bytes] = {}
        self.index, manifest = (_body(files[name]) or {} for name in ("bundle.json", "manifest.json"))
        h, listed = _hash(manifest["algorithm"]), manifest["files"]
        told = {name: h(data).hex() for name, data in files.items() if not name.startswith("manifest.")}
        self.changed = {name for name in told.keys() | listed.keys() if told.get(name) != listed.get(name)}
        own = {name for one in self.index["samples"].values() for name in one["files"]}
        own |= {one["file"] for log in self.index["logs"] for one in log["entries"]}
        self.expect("manifest", not self.changed - own)
        digest, key = base64.b64encode(h(files["manifest.json"])).decode(), self.index["logs"][0]["key"]
        said = f"kuaijian-bundle-1\n{manifest['origin']}\n{digest}\n"
        self.expect("manifest_signature", note_body(files["manifest.note"].decode(), key) == said)

    def expect(self, code: str, holds: bool) -> None:
        if not holds and code not in self.report.faults:
            self.report.faults.append(code)

    def log(self, log: _Told) -> None:
        origin, key, name = log["origin"], log["key"], _name(log["origin"])
        body = note_body(log["checkpoint"], key)
        told, size, root = head_of(body) if body else ("", 0, b"")
        self.expect("checkpoint", told == origin)
        self.heads[origin, size] = root
        for one in log["heads"]:
            before, proof = bytes.fromhex(one["root"]), [bytes.fromhex(node) for node in one["proof"]]
            self.expect("heads", verify_consistency(one["size"], size, before, root, proof, algorithm=name))
            self.heads[origin, one["size"]] = before
        for one in log["entries"]:
            self.entry((origin, one["seq"]), one, (size, root, name))
        public, place = _b64(key.split("+", 2)[2])[1:].hex() if body else "", (origin, log["key_entry"])
        held = [(row.get("name"), row.get("public")) for row in self.rows([place], "station_key")]
        self.expect("key", place not in self.bad and (origin, public) in held)

    def entry(self, place: tuple[str, int], told: _Told, head: tuple[int, bytes, str]) -> None:
        data, (size, root, name) = self.files.get(told["file"], b""), head
        leaf, proof = _hash(name)(b"\x00" + data), [bytes.fromhex(node) for node in told["proof"]]
        body = _body(data, PREFIX)
        if not verify_inclusion(leaf, place[1], size, proof, root, algorithm=name):
            self.bad[place] = "inclusion"
        elif not (
            body and _ENTRY.fullmatch(data[len(PREFIX) :].decode()) and (body["origin"], body["seq"]) == place
        ):
            self.bad[place] = "form"
        elif told["file"] in self.changed:
            self.bad[place] = "file"
        self.entries[place], self.leaves[place] = {} if place in self.bad else body or {}, leaf

    def rows(self, places: Iterable[tuple[str, int]], table: str) -> list[_Told]:
        found = [change for one in places for change in self.entries.get(one, {}).get("changes", ())]
        return [change["row"] for change in found if change["table"] == table]

    def sample(self, number: str, told: _Told) -> tuple[int | None, str]:
        places = sorted((origin, seq) for origin, seqs in told["entries"].items() for seq in seqs)
        for place in places:
            if place in self.bad or place not in self.entries:
                return place[1], self.bad.get(place, "inclusion")
        if self.report.faults or self.changed & set(told["files"]) or set(told["files"]) - set(self.files):
            return None, (self.report.faults or ["file"])[0]
        versions = {row.get("version") for row in self.rows(places, "sample") if row.get("id") == number}
        if versions != set(range(1, len(versions) + 1)) or not versions:
            return None, "version" if versions else "entries"
        for place in places:
            try:
                reason = self.slip(place, number, told["files"]) or self.signature(place)
            except _MALFORMED:
                reason = "form"
            if reason:
                return place[1], reason
        return None, ""

    def slip(self, place: tuple[str, int], number: str, files: list[str]) -> str:
        for row in self.rows([place], "certificate"):
            name, content = f"slips/{row['id']}.json", row["content"].encode()
            lies = row["sample"] != number or (name in files and self.files[name] == content)
            if not lies or hashlib.sha256(content).hexdigest() != row["content_hash"]:
                return "slip"
            if row["sample"] == number and (place[0], place[1] + 1) not in self.heads:
                return "heads"
        return ""

    def signature(self, place: tuple[str, int]) -> str:
        for row in self.rows([place], "signature"):
            people = {one["id"]: one["public"] for one in self.rows(self.entries, "person_key")}
            leaf = self.leaves.get((place[0], row["seq"]), b"").hex()
            parts = [leaf, row["meaning"], row["key"], row["nonce"]]
            said = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
            public, value = bytes.fromhex(people.get(row["key"], "")), bytes.fromhex(row["value"])
            if not verify_signature(public, value, b"KUAIJIAN-SIGN-1\0" + said):
                return "signature"
        return ""


def check_bundle(path: Path, outside: Sequence[str] = (), key: str = "") -> Report:
    """Check a bundle against itself, heads that others hold (their texts), and a key known from elsewhere."""
    report = Report(unproven=list(_UNPROVEN))
    try:
        bundle = _Bundle(read_zip(path), report)
        for log in bundle.index["logs"]:
            bundle.log(log)
        own = [pair for one in bundle.index["samples"].values() for pair in one["entries"].items()]
        bundle.expect("inclusion", bundle.bad.keys() <= {(log, seq) for log, seqs in own for seq in seqs})
        for text in outside:
            origin, size, root = head_of(text)
            held = bundle.heads.get((origin, size))
            bundle.expect("outside", held in {None, root})
            word = "不在证据包中，无法比对" if held is None else "相符" if held == root else "不符"
            (report.unproven if held is None else report.heads).append(f"{origin} {size}: {word}")
        keys = [log["key"] for log in bundle.index["logs"]]
        bundle.expect("key", not key or key in keys)
        report.unproven += [] if key else [f"公钥属于该工作站（请另行核对）: {' '.join(keys)}"]
        for number, told in bundle.index["samples"].items():
            seq, reason = bundle.sample(number, told)
            report.samples[number] = (not reason, seq, reason)
        bundle.expect("entries", bool(report.samples))
    except _MALFORMED as fault:
        report.faults.append("zip" if str(fault) == "zip" else "index")
        report.samples.clear()
    report.unproven += [] if report.heads else [_REWRITTEN]
    return report


def check_log(path: Path, outside: Sequence[str] = (), key: str = "") -> Report:
    """Check a whole log's export: every entry, its signed head, and the heads that others hold."""
    report, keys, leaves = Report(unproven=list(_UNPROVEN[2:])), {key} - {""}, list[bytes]()
    try:
        with path.open("rb") as file:
            form, origin, size = file.readline(1 << 10).decode().split()
            found = verify_log(origin, ((data, None) for data in _lines(file, keys, not key)), leaves)
            note, h = file.read(1 << 20).decode(errors="replace"), _hash(_name(origin))
        signed = [head_of(body) for body in (note_body(note, one) for one in keys) if body]
        tops = [head_of(text) for text in outside]
    except (OSError, *_MALFORMED):
        report.faults.append("index")
        return report
    whole = found.ok and (form, size) == (_LOG, str(found.size))
    report.samples[origin] = (True, None, "") if whole else (False, found.size, found.reason or "size")
    if whole and (origin, found.size, bytes.fromhex(found.root)) not in signed:
        report.faults.append("checkpoint")
    for log, count, root in tops:
        fits = log == origin and count <= len(leaves) and _root(h, leaves[:count]) == root
        report.faults += [] if fits else ["outside"]
        report.heads.append(f"{log} {count}: {'相符' if fits else '不符'}")
    report.unproven += [] if key else [f"公钥属于该工作站（请另行核对）: {' '.join(sorted(keys))}"]
    report.unproven += [] if report.heads else [_REWRITTEN]
    return report


def _lines(file: BinaryIO, keys: set[str], learn: bool) -> Iterator[bytes]:
    """Yield the entries of an export up to the empty line; keys that the log itself names are added to `keys`."""
    while (line := file.readline(1 << 27)).strip():
        try:
            data = _b64(line.decode().strip())
        except ValueError:
            data = b""
        body = (_body(data, PREFIX) or {}) if learn and b'"station_key"' in data else {}
        for row in (one["row"] for one in body.get("changes", ()) if one["table"] == "station_key"):
            public = b"\x01" + bytes.fromhex(row["public"])
            id_ = hashlib.sha256(row["name"].encode() + b"\n" + public).hexdigest()[:8]
            keys.add(f"{row['name']}+{id_}+{base64.b64encode(public).decode()}")
        yield data


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names and return 0 when it passes, else 1."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("file", type=Path, help="证据包或日志导出文件")
    parser.add_argument("--slip", "--head", dest="heads", action="append", default=[], help="外部日志头")
    parser.add_argument("--key", default="", help="另行得知的工作站公钥")
    told = parser.parse_args(arguments)
    named = {text: Path(text).read_text("utf-8") for text in told.heads if Path(text[:250]).is_file()}
    outside = [named.get(text, text.replace("\\n", "\n")) for text in told.heads]
    with told.file.open("rb") as file:
        whole = file.read(len(_LOG)) == _LOG.encode()
    report = (check_log if whole else check_bundle)(told.file, outside, told.key)
    sys.stdout.buffer.write(report.text().encode())
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
