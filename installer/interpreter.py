"""Build a CPython of our own in an old system, so that what is frozen from it runs on every later one.

The interpreter is Debian 12's 3.11 with Debian's security patches, built against the C library of Debian 11. Two
habits would still ask for a newer one: `exp`, `log` and `pow` got new symbol versions in glibc 2.29, and
`sem_clockwait` came with 2.30; the first are bound to their old versions, the second is not looked for.
"""

import shutil
import subprocess
from pathlib import Path

from installer.roots import BuildError, Root, mirror, needs

PREFIX = "/opt/kjpy"
SOURCE_SUITE = "bookworm"
SOURCE_PACKAGE = "python3.11"
# Debian's patches before this one shape its own packaging; from it on they mend faults.
FIRST_PATCH = "ntpath-import"
PACKAGES = (
    "build-essential", "zlib1g-dev", "libssl-dev", "libffi-dev", "libbz2-dev", "liblzma-dev", "uuid-dev",
    "libexpat1-dev", "libsqlite3-dev", "ca-certificates",
)  # fmt: skip
OLD_MATHS = "\n".join(
    f'__asm__(".symver {name},{name}@GLIBC_2.2.5");' for name in ("exp", "log", "pow", "exp2", "log2")
)
CONFIGURE = (
    f"--prefix={PREFIX}",
    "--enable-shared",
    "--without-ensurepip",
    "--disable-test-modules",
    "ac_cv_func_sem_clockwait=no",
    "CFLAGS=-include /opt/glibc228.h",
    "LDFLAGS=-Wl,-rpath,\\$$ORIGIN/../lib",
)

# The compiler writes this day into what it makes, not today's: the same source gives the same interpreter.
UNDATED = {"SOURCE_DATE_EPOCH": "0"}


def fetch(work: Path) -> Path:
    """Fetch the Debian source package and return the folder with its two archives.

    Raises:
        BuildError: the archive does not serve it.
    """
    needs("apt-get")
    place = work / "python-source"
    if list(place.glob("*.dsc")):
        return place
    place.mkdir(parents=True, exist_ok=True)
    state = work / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    listed = state / "sources.list"
    listed.write_text(f"deb-src {mirror()} {SOURCE_SUITE} main\n", encoding="utf-8")
    ours = [f"-oDir::Etc::sourcelist={listed}", "-oDir::Etc::sourceparts=/dev/null"]
    ours += [f"-oDir::State::lists={state / 'lists'}", f"-oDir::Cache={state / 'cache'}"]
    for asked in (["update", "-q"], ["source", "--download-only", SOURCE_PACKAGE]):
        done = subprocess.run(
            ["apt-get", *ours, *asked], cwd=place, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BuildError(
                "取不到 Python 源码包。", f"The source of {SOURCE_PACKAGE} was not served: {done.stderr}"
            )
    return place


def patches(debian: Path) -> list[Path]:
    """List Debian's patches that mend faults, in the order of their series."""
    names = [
        line.split()[0]
        for line in (debian / "patches/series").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    stems = [name.removesuffix(".diff").removesuffix(".patch") for name in names]
    return [debian / "patches" / name for name in names[stems.index(FIRST_PATCH) :]]


def unpacked(fetched: Path, place: Path) -> Path:
    """Unpack the source in this folder, patched, and return its top."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (original,) = fetched.glob("*.orig.tar.*")
    (debian,) = fetched.glob("*.debian.tar.*")
    top = place / "python"
    top.mkdir()
    subprocess.run(["tar", "-xf", str(original), "-C", str(top), "--strip-components=1"], check=True)
    subprocess.run(["tar", "-xf", str(debian), "-C", str(place)], check=True)
    for each in patches(place / "debian"):
        with each.open("rb") as patch:
            subprocess.run(["patch", "-p1", "-s", "-N"], cwd=top, stdin=patch, check=True)
    return top


def build(root: Root, work: Path) -> None:
    """Build and install the interpreter inside the root unless it is there.

    Raises:
        BuildError: the source is not to be had, or the compiler gave up; its last lines are in the message.
    """
    if (root.folder / PREFIX.lstrip("/") / "bin/python3.11").exists():
        return
    needs("patch", "tar")
    top = unpacked(fetch(work), root.folder / "build")
    # Debian 11's expat keeps the declarations that pyexpat needs behind this switch.
    expat = top / "Modules/pyexpat.c"
    expat.write_text("#define Py_BUILD_CORE_MODULE 1\n" + expat.read_text("utf-8"), encoding="utf-8")
    (root.folder / "opt/glibc228.h").write_text(OLD_MATHS + "\n", encoding="ascii")
    inside = "/build/python"
    root.run("./configure", *CONFIGURE, cwd=inside)
    root.run("make", "-j2", variables=UNDATED, cwd=inside)
    root.run("make", "install", cwd=inside)
    root.run("find", f"{PREFIX}/lib", "-name", "*.so*", "-exec", "strip", "--strip-unneeded", "{}", "+")
    wanted = "ssl, sqlite3, lzma, bz2, ctypes, pyexpat, uuid, zlib"
    root.run(f"{PREFIX}/bin/python3.11", "-c", f"import {wanted}")
    shutil.rmtree(root.folder / "build")
