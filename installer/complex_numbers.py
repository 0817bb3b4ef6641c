"""What Wine 10 lacks and Windows has: functions of complex numbers in the C runtime, which numpy calls on import.

A library is built that answers those and hands every other call on to Wine's own runtime. It is laid beside the Python
that is tried under Wine, and nowhere else.
"""

import re
import shutil
from pathlib import Path

from installer.roots import Root

COMPLEX = re.compile(
    r"c(abs|arg|imag|real|onj|exp|log|pow|sqrt|sin|cos|tan|sinh|cosh|tanh|proj|a(sin|cos|tan)h?)f?"
)
EXPORT = re.compile(r"(?m)^\s+\[\s*\d+\]\s+(?:\+base\[\s*\d+\]\s+\w+\s+)?(\S+)$")
SOURCE = """
int __stdcall DllMain(void *module, unsigned reason, void *reserved) { return 1; }
void __mingw_raise_matherr(int kind, const char *name, double a, double b, double r) {}
"""
MAKER = "x86_64-w64-mingw32"


def exports(table: str) -> list[str]:
    """Read the exported names of a library from what objdump says of it."""
    return EXPORT.findall(table[table.index("[Ordinal/Name Pointer] Table") :])


def definition(names: list[str]) -> str:
    """Say for each name whether it is answered here or by Wine's own library, `ucrtorig`."""
    lines = [f"  {name}" if COMPLEX.fullmatch(name) else f'  "{name}" = "ucrtorig.{name}"' for name in names]
    return "\n".join(("LIBRARY ucrtbase.dll", "EXPORTS", *lines, ""))


def lay(root: Root, python: Path) -> None:
    """Build the library inside the root and lay it beside the Windows Python."""
    if not (root.folder / f"usr/bin/{MAKER}-gcc").exists():
        root.install("gcc-mingw-w64-x86-64-win32")
    shim = root.folder / "shim"
    shim.mkdir(exist_ok=True)
    (own,) = (root.folder / "usr/lib").rglob("x86_64-windows/ucrtbase.dll")
    shutil.copy(own, shim / "ucrtorig.dll")
    table = root.run(f"{MAKER}-objdump", "-p", "/shim/ucrtorig.dll").stdout
    (shim / "names.def").write_text(definition(exports(table)), encoding="ascii")
    (shim / "shim.c").write_text(SOURCE, encoding="ascii")
    made = ("-shared", "-nostdlib", "-o", "ucrtbase.dll", "shim.c", "names.def", "-e", "DllMain")
    root.run(
        f"{MAKER}-gcc",
        *made,
        "-Wl,--start-group",
        "-lmingwex",
        "-lgcc",
        "-lmsvcrt",
        "-lkernel32",
        "-Wl,--end-group",
        cwd="/shim",
    )
    for name in ("ucrtbase.dll", "ucrtorig.dll"):
        shutil.copy(shim / name, python / name)
