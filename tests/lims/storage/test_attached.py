"""Files from outside: kept by their hashes under random names, refused when they are not what they say."""

import hashlib
import io
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from lims.errors import Invalid, NotFound, StorageUnfit, Tampered
from lims.evidence.hashing import algorithm
from lims.storage import attached, inspection

SM3 = algorithm("sm3")


def image(form: str, size: tuple[int, int] = (64, 48)) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(buffer, form)
    return buffer.getvalue()


def sheet() -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "温度"  # type: ignore[index] # a new workbook has a sheet
    book.save(buffer)
    return buffer.getvalue()


def packed(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in (("[Content_Types].xml", b"<a/>"), ("xl/workbook.xml", b"<a/>"), *members):
            made.writestr(name, data)
    return buffer.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose head claims a size without holding its pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

GOOD: dict[str, Callable[[], bytes]] = {
    "seal.jpg": lambda: image("JPEG"),
    "SEAL.JPEG": lambda: image("JPEG"),
    "sign.png": lambda: image("PNG"),
    "form.pdf": lambda: PDF,
    "note.txt": lambda: "备样在二号冰箱\n".encode("gb18030"),
    "log.csv": lambda: "时间,温度\n2026-01-05 09:00,4.5\n".encode("utf-8-sig"),
    "book.xlsx": sheet,
}


@pytest.mark.parametrize("name", GOOD)
def test_each_allowed_kind_is_kept_under_a_random_name(tmp_path: Path, name: str) -> None:
    source, folder = tmp_path / name, tmp_path / "attachments"
    folder.mkdir()
    source.write_bytes(data := GOOD[name]())
    kept = attached.keep(folder, source, SM3)
    assert [path.name for path in folder.iterdir()] == [kept.stored]
    assert kept.name == name
    assert name.split(".", maxsplit=1)[0] not in kept.stored
    assert (kept.sha256, kept.digest) == (hashlib.sha256(data).hexdigest(), SM3(data).hex())
    back = attached.read(folder, kept.stored, sha256=kept.sha256, digest=kept.digest, log_hash=SM3)
    assert back == data
    assert (kept.width, kept.height) == ((64, 48) if kept.kind in {"jpeg", "png"} else (None, None))


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "run.exe": (lambda: b"MZ", "extension"),
    "noext": (lambda: b"text", "extension"),
    "page.svg": (lambda: b"<svg onload='x'/>", "extension"),
    "macro.xlsm": (sheet, "extension"),
    "really.png": (lambda: image("JPEG"), "kind"),
    "really.jpg": (lambda: b"GIF89a" + bytes(50), "kind"),
    "sheet.xlsx": (lambda: PDF, "kind"),
    "other.xlsx": (lambda: b"PK\x03\x04" + bytes(40), "broken"),
    "docx.xlsx": (lambda: packed().replace(b"xl/workbook.xml", b"wd/workbook.xml"), "kind"),
    "empty.txt": (lambda: b"", "empty"),
    "half.jpg": (lambda: image("JPEG")[:700], "broken"),
    "half.png": (lambda: image("PNG")[:-900], "broken"),
    "half.pdf": (lambda: PDF[:20], "broken"),
    "binary.txt": (lambda: bytes(range(256)), "not_text"),
    "null.csv": (lambda: b"a,b\x00c\n", "not_text"),
    "huge.png": (lambda: png_of_size(60_000, 60_000), "pixels"),
    "long.png": (lambda: png_of_size(200_000, 1), "pixels"),
    "bomb.xlsx": (lambda: packed(("xl/worksheets/sheet1.xml", bytes(150 * 1024 * 1024))), "unpacked"),
    "many.xlsx": (lambda: packed(*((f"x{n}", b"") for n in range(2100))), "unpacked"),
    "up.xlsx": (lambda: packed(("../../evil", b"x")), "path"),
    "drive.xlsx": (lambda: packed(("C:\\evil", b"x")), "path"),
    "unc.xlsx": (lambda: packed(("\\\\host\\evil", b"x")), "path"),
    "macro.xlsx": (lambda: packed(("xl/vbaProject.bin", b"x")), "active"),
    "link.xlsx": (lambda: packed(("xl/externalLinks/externalLink1.xml", b"x")), "active"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_allowed_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    made, code = BAD[name]
    with pytest.raises(Invalid) as refused:
        attached.keep_stream(tmp_path, io.BytesIO(made()), name, SM3)
    assert refused.value.code == f"attachment.{code}"
    assert list(tmp_path.iterdir()) == []


def test_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    bomb = bytearray(packed(("xl/big.xml", bytes(150 * 1024 * 1024))))
    large = struct.pack("<I", 150 * 1024 * 1024)
    assert bytes(bomb).count(large) == 2
    bomb = bytearray(bytes(bomb).replace(large, struct.pack("<I", 10)))
    with pytest.raises(Invalid) as refused:
        attached.keep_stream(tmp_path, io.BytesIO(bytes(bomb)), "lie.xlsx", SM3)
    assert refused.value.code in {"attachment.unpacked", "attachment.broken"}


def test_what_is_no_file_is_refused_and_holds_nobody_up(tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    folder.mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    for name in ("pipe.txt", "folder.txt", "none.txt"):
        with pytest.raises(Invalid, match=r"attachment\.not_file"):
            attached.keep(folder, tmp_path / name, SM3)
    with pytest.raises(Invalid, match=r"attachment\.not_file"):
        attached.keep(folder, Path("/dev/zero"), SM3)
    assert list(folder.iterdir()) == []


def test_a_file_that_is_too_large_is_refused_before_anything_reads_it(tmp_path: Path) -> None:
    source = tmp_path / "large.txt"
    with source.open("wb") as file:
        file.truncate(inspection.LARGEST["txt"] + 1)
    (tmp_path / "a").mkdir()
    with pytest.raises(Invalid, match=r"attachment\.large"):
        attached.keep(tmp_path / "a", source, SM3)


def test_every_single_flipped_bit_and_every_cut_is_found(tmp_path: Path) -> None:
    kept = attached.keep_stream(tmp_path, io.BytesIO(b"12345 67890\n"), "n.txt", SM3)
    path = tmp_path / kept.stored
    path.chmod(0o600)
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        with pytest.raises(Tampered) as found:
            attached.read(tmp_path, kept.stored, sha256=kept.sha256, digest=kept.digest, log_hash=SM3)
        assert found.value.values["stored"] == kept.stored
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(Tampered, match=r"attachment\.changed"):
            attached.read(tmp_path, kept.stored, sha256=kept.sha256, digest=kept.digest, log_hash=SM3)


def test_a_file_that_is_gone_and_a_name_that_leads_out_are_named(tmp_path: Path) -> None:
    for stored in ("0" * 32, "../secret", "/etc/passwd"):
        with pytest.raises(NotFound, match=r"attachment\.missing"):
            attached.read(tmp_path, stored, sha256="", digest="", log_hash=SM3)


def test_the_process_that_looks_is_held_to_its_memory_and_its_time(tmp_path: Path) -> None:
    picture = tmp_path / "p"
    picture.write_bytes(image("PNG", (3000, 3000)))
    small = inspection.inspect(picture, "png", memory=40 * inspection.MEGABYTE)
    assert small.fault in {"attachment.memory", "attachment.broken"}
    assert inspection.inspect(picture, "png", seconds=0).fault == "attachment.slow"
    assert inspection.inspect(picture, "png").width == 3000


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageUnfit, match=r"attachment\.unwritable"):
        attached.keep_stream(tmp_path / "none", io.BytesIO(b"text"), "a.txt", SM3)


def test_broken_pictures_and_sheets_of_every_kind_never_do_more_than_be_refused(tmp_path: Path) -> None:
    chance = random.Random(7)
    for name, make in GOOD.items():
        whole = make()
        kind = inspection.KINDS[Path(name).suffix.lower()]
        for _ in range(40):
            broken = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            path = tmp_path / "broken"
            path.write_bytes(broken[: chance.randint(1, len(broken))])
            assert inspection.look(path, kind).fault in {
                "", "attachment.broken", "attachment.kind", "attachment.not_text", "attachment.pixels",
                "attachment.path", "attachment.unpacked", "attachment.memory", "attachment.active",
            }  # fmt: skip


def test_files_that_no_row_names_are_listed(tmp_path: Path) -> None:
    kept = attached.keep_stream(tmp_path, io.BytesIO(b"text"), "a.txt", SM3)
    (tmp_path / "put-here").write_text("x")
    assert attached.unnamed(tmp_path, frozenset({kept.stored})) == ["put-here"]
    attached.drop(tmp_path, kept.stored)
    attached.drop(tmp_path, "put-here")
    assert attached.unnamed(tmp_path, frozenset()) == ["put-here"]
