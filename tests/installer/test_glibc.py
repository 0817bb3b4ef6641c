"""The gate on the C library reads what objdump prints and finds what is too new."""

import shutil
import sys
from pathlib import Path

from installer.glibc import is_elf, too_new, versions

TABLE = """
DYNAMIC SYMBOL TABLE:
0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.2.5) strlen
0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.29)  exp
0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.3.4) __printf_chk
0000000000000000  w   D  *UND*  0000000000000000              __gmon_start__
0000000000000000      DF *UND*  0000000000000000 (GCC_3.0)     _Unwind_Resume
"""


def test_versions_are_numbers_and_only_of_the_c_library() -> None:
    assert versions(TABLE) == {(2, 2, 5), (2, 29), (2, 3, 4)}
    assert max(versions(TABLE)) == (2, 29)


def test_a_file_is_named_with_the_version_it_asks_for(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    shutil.copy(Path(sys.executable).resolve(), tmp_path / "lib/program")
    (tmp_path / "note.txt").write_text("\x7fELF no more", encoding="latin-1")
    (tmp_path / "short").write_bytes(b"\x7fE")
    assert is_elf(tmp_path / "lib/program")
    assert not is_elf(tmp_path / "short")
    assert list(too_new(tmp_path, newest=(2, 1))) == ["lib/program"]
    assert too_new(tmp_path, newest=(99, 0)) == {}
