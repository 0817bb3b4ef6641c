"""A bundle: a piece of a site's log with its heads, the proof from the last receipt, and pieces of its files.

The same file goes by USB stick, shared folder and net. It is signed by the station that made it, sealed to the county,
and known by the hash of its manifest, so that the same piece made again is the same bundle.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from lims.errors import Invalid, LimsError, Tampered
from lims.evidence import checkpoint, notes
from lims.evidence.canonical import Json, decode, encode
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.notes import Key, Note
from lims.storage import keys
from lims.sync import sealedfile
from lims.sync.identity import Identity

FORM = "kuaijian-sync-1"
SUFFIX = ".kjbundle"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an attachment: the file's SHA-256 and size, where the piece begins, its bytes."""

    sha256: str
    total: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Piece:
    """What a bundle brings.

    Attributes:
        site: whose log it is.
        origin: the log of the station that made and signed it.
        first: arrival of the first entry.
        entries: station and bytes of each, in order of arrival.
        origins: the origin of each station's log.
        head: the signer's signed head; it covers every entry of that log here.
        old: size of the signer's log at the last receipt.
        proof: that the log grew from there.
        base: size of the county's log that the last receipt showed.
        personal: (commitment, salt, text) behind commitments in these entries.
        chunks: pieces of attachments.
    """

    site: str
    origin: str
    first: int
    entries: Sequence[tuple[str, bytes]]
    origins: Mapping[str, str]
    head: Note
    old: int
    proof: Sequence[bytes]
    base: int
    personal: Sequence[tuple[str, str, str]] = ()
    chunks: Sequence[Chunk] = field(default=())

    @property
    def last(self) -> int:
        """The arrival after the last entry."""
        return self.first + len(self.entries)

    @property
    def checkpoint(self) -> Checkpoint:
        """The signer's head."""
        return checkpoint.parse(self.head.body)


@dataclass(frozen=True)
class Opened:
    """A bundle that was opened: its id (SHA-256 of the manifest), what it brings, and who says so.

    `note` is the signed manifest's note; whether its key is trusted is asked by whoever takes it.
    """

    id: str
    piece: Piece
    note: Note


def _manifest(piece: Piece, to: str, parts: Sequence[bytes]) -> bytes:
    told: dict[str, Json] = {
        "form": FORM,
        "site": piece.site,
        "origin": piece.origin,
        "to": to,
        "first": piece.first,
        "last": piece.last,
        "origins": dict(piece.origins),
        "head": piece.head.text(),
        "old": piece.old,
        "proof": [node.hex() for node in piece.proof],
        "base": piece.base,
        "chunks": [[one.sha256, one.total, one.offset] for one in piece.chunks],
        "parts": [hashlib.sha256(part).hexdigest() for part in parts],
    }
    return encode(told)


def _parts(piece: Piece) -> list[bytes]:
    entries = sealedfile.pack([part for station, data in piece.entries for part in (station.encode(), data)])
    personal = encode([list(row) for row in piece.personal])
    return [sealedfile.fold(entries), sealedfile.fold(personal), *(one.data for one in piece.chunks)]


def _body(origin: str, manifest: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(manifest).digest()).decode()
    return f"{FORM}\n{origin}\n{digest}\n"


def made(piece: Piece, identity: Identity, county: str, sealing: str) -> tuple[str, bytes]:
    """Return a bundle's id and its bytes: signed by the station, sealed to the county.

    Args:
        piece: what it brings.
        identity: of the station that makes it.
        county: the origin of the county's log.
        sealing: the county's public key for bundles, in hex.
    """
    parts = _parts(piece)
    manifest = _manifest(piece, county, parts)
    note = notes.sign(_body(piece.origin, manifest), piece.origin, identity.signer)
    key = hashlib.sha256(b"bundle" + identity.opening + manifest).digest()
    box = keys.seal_to(bytes.fromhex(sealing), key)
    header = {"form": FORM, "to": county, "from": piece.origin, "key": dict(box)}
    data = sealedfile.sealed_bytes([manifest, note.text().encode(), *parts], key, header)
    return hashlib.sha256(manifest).hexdigest(), data


def opened(data: bytes, name: str, identity: Identity) -> Opened:
    """Open a bundle that was sealed to this station.

    Raises:
        Invalid: it is no bundle, or is sealed to somebody else.
        Tampered: a byte is not what was sealed or signed for.
    """
    header, bound, file = sealedfile.header_of(data, name, FORM)
    if header.get("to") != identity.origin:
        raise Invalid("sync.not_for_us", file=name, to=str(header.get("to")), here=identity.origin)
    try:
        key = keys.open_sealed(identity.opening, cast("Mapping[str, Any]", header.get("key")))
    except (LimsError, TypeError):
        raise Tampered("sync.damaged", file=name) from None
    parts = sealedfile.opened(file, key, header, bound, name)
    try:
        return _read(parts, name)
    except (KeyError, TypeError, ValueError, IndexError):
        raise Invalid("sync.form", what="manifest") from None


def _read(parts: Sequence[bytes], name: str) -> Opened:
    manifest, signed, *rest = parts
    told = cast("dict[str, Any]", decode(manifest))
    note = notes.parse(signed.decode())
    if note.body != _body(told["origin"], manifest) or told["form"] != FORM:
        raise Tampered("sync.damaged", file=name)
    if [hashlib.sha256(part).hexdigest() for part in rest] != told["parts"]:
        raise Tampered("sync.damaged", file=name)
    flat = sealedfile.unpack(sealedfile.unfold(rest[0]))
    entries = [(station.decode(), data) for station, data in zip(flat[::2], flat[1::2], strict=True)]
    personal = cast("list[list[str]]", decode(sealedfile.unfold(rest[1])))
    chunks = [
        Chunk(str(sha256), int(total), int(offset), data)
        for (sha256, total, offset), data in zip(told["chunks"], rest[2:], strict=True)
    ]
    piece = Piece(
        site=str(told["site"]),
        origin=str(told["origin"]),
        first=int(told["first"]),
        entries=entries,
        origins={str(station): str(origin) for station, origin in told["origins"].items()},
        head=notes.parse(told["head"]),
        old=int(told["old"]),
        proof=[bytes.fromhex(node) for node in told["proof"]],
        base=int(told["base"]),
        personal=[(row[0], row[1], row[2]) for row in personal],
        chunks=chunks,
    )
    if piece.last != told["last"] or piece.first < 0:
        raise Invalid("sync.form", what="entries")
    return Opened(hashlib.sha256(manifest).hexdigest(), piece, note)


def signed_by(opened_: Opened, key: Key) -> bool:
    """Tell whether a bundle and the head in it were signed with a key."""
    return opened_.note.signed_by(key) and opened_.piece.head.signed_by(key)
