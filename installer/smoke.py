"""The smoke test of a frozen program, run inside it: what freezing breaks, then a day from wire to slip."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SAFE_SQLITE = (3, 51, 3)
CHECKS: list[Callable[[Path], str]] = []


class SmokeError(Exception):
    """A check that did not hold."""


def check(function: Callable[[Path], str]) -> Callable[[Path], str]:
    """Add a check; it is given the demonstration's folder and returns what it saw."""
    CHECKS.append(function)
    return function


def require(holds: object, said: str) -> None:
    """Fail a check with what was seen instead."""
    if not holds:
        raise SmokeError(said)


# What freezing breaks -------------------------------------------------------------------------------------


@check
def sqlite(_: Path) -> str:
    """The library that keeps the rows is the one in the wheel, not the system's."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - each check fails on its own import

    version = tuple(int(part) for part in dbapi2.sqlite_version.split("."))
    require(version >= SAFE_SQLITE, f"SQLite {dbapi2.sqlite_version} can lose a committed row")
    return str(dbapi2.sqlite_version)


@check
def defused(_: Path) -> str:
    """Workbooks are parsed by defusedxml."""
    import openpyxl  # noqa: PLC0415 - each check fails on its own import

    require(openpyxl.DEFUSEDXML, "openpyxl does not use defusedxml")
    return "openpyxl uses defusedxml"


@check
def words(_: Path) -> str:
    """Both catalogues are inside, compiled."""
    from lims import text  # noqa: PLC0415 - each check fails on its own import

    said = [text.tongue(language).words("call.negative") for language in text.LANGUAGES]
    require(said == ["阴性", "Negative"], f"the catalogues say {said}")
    return " ".join(said)


@check
def zone(_: Path) -> str:
    """The laboratory's time zone is known without the system's tables."""
    return str(ZoneInfo("Asia/Shanghai"))


@check
def numbers(_: Path) -> str:
    """Tables, fits and curves: the numeric libraries load."""
    import numpy as np  # noqa: PLC0415 - each check fails on its own import
    import pandas as pd  # noqa: PLC0415 - the same
    from scipy.optimize import curve_fit  # noqa: PLC0415 - the same

    (slope,), _spread = curve_fit(lambda x, a: a * x, np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    require(round(slope, 6) == 2, f"a straight line was fitted with slope {slope}")
    return f"numpy {np.__version__}, pandas {pd.__version__}"


@check
def secrets(_: Path) -> str:
    """Passwords and seals: the native libraries load and work."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - each check fails on its own import
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - the same

    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    hasher.verify(hasher.hash("快检"), "快检")
    key = Ed25519PrivateKey.generate()
    key.public_key().verify(key.sign(b"seal"), b"seal")
    return "argon2, Ed25519"


@check
def account(_: Path) -> str:
    """The keyring of the person's own account is found; Windows always has one, and it keeps what it is given."""
    from lims.storage import keyrings  # noqa: PLC0415 - each check fails on its own import

    found = keyrings.system()
    if found is None:
        require(os.name != "nt", "the account's keyring is not found")
        return "none on this computer"
    if os.name == "nt":  # elsewhere a keyring may ask the person before it opens
        name, secret = f"smoke-{os.getpid()}", b"\x00\xff"
        found.put(name, secret)
        kept = found.get(name)
        found.backend.delete_password(keyrings.SERVICE, name)
        require(kept == secret, f"the account's keyring gave back {kept!r}")
    return type(found.backend).__name__


@check
def ports(_: Path) -> str:
    """What finds its parts by name while running: VISA, serial, Modbus."""
    import pymodbus.client  # noqa: PLC0415 - each check fails on its own import
    import pyvisa  # noqa: PLC0415 - the same
    import serial  # noqa: PLC0415 - the same

    with serial.serial_for_url("loop://", timeout=1) as loop:
        loop.write(b"\x05")
        require(loop.read(1) == b"\x05", "the serial loop lost a byte")
    visa = pyvisa.ResourceManager("@py")
    visa.close()
    return f"serial, VISA by {visa.visalib.library_path}, {pymodbus.client.__name__}"


@check
def window(_: Path) -> str:
    """Qt starts, and Chinese has glyphs."""
    from PySide6.QtGui import QFontDatabase, QGuiApplication  # noqa: PLC0415 - each check fails on its own import

    # Windows has no fonts without its own windows.
    application = QGuiApplication(["smoke"] if os.name == "nt" else ["smoke", "-platform", "offscreen"])
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    require(families, "no font of this computer has Chinese")
    return f"{application.platformName()}, {families[0]}"


# A day from the wire to the slip --------------------------------------------------------------------------


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the frozen program beside this one."""
    starter = Path(sys.executable).with_name("kuaijian" + Path(sys.executable).suffix)
    command = (
        [str(starter)]
        if getattr(sys, "frozen", False)
        else [sys.executable, "-X", "utf8", "-m", "gui.program"]
    )
    offscreen = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    return subprocess.run(
        [*command, *arguments], capture_output=True, encoding="utf-8", env=offscreen, timeout=900, check=False
    )


def answered(*arguments: str) -> Any:  # noqa: ANN401 - JSON is any value
    """Run a command that answers in JSON and return what it said."""
    done = program(*arguments)
    require(
        done.returncode == 0, f"kuaijian {' '.join(arguments)}: exit {done.returncode}: {done.stderr[-500:]}"
    )
    return json.loads(done.stdout)


@check
def instruments(_: Path) -> str:
    """The instruments, one file each, were found."""
    import drivers.instruments  # noqa: PLC0415 - each check fails on its own import

    found = {each["id"] for each in answered("instruments", "--json")}
    laid = Path(str(drivers.instruments.__file__)).parent.glob("[!_]*.py")
    wanted = {path.stem for path in laid}
    require(wanted and found == wanted, f"laid down but not found, or the reverse: {sorted(wanted ^ found)}")
    return f"{len(found)} instruments"


@check
def noise(_: Path) -> str:
    """A broken frame is named and never guessed at."""
    done = program("wire", "decode", "dayuan_tl310", "--hex", "7E 01 02 03 AA")
    require(
        done.returncode == 1 and '"error"' in done.stdout, f"exit {done.returncode}: {done.stdout[-200:]}"
    )
    return "refused"


@check
def day(folder: Path) -> str:
    """Five simulated analyzers, judged, reviewed, certified, counted; nothing lost, nothing doubled."""
    seen = answered("demo", "--headless", "--dir", str(folder), "--json")
    require(seen["chain_ok"] is True, "the log does not verify")
    require(seen["lost"] == seen["duplicated"] == 0, f"lost {seen['lost']}, duplicated {seen['duplicated']}")
    require(seen["results"] and seen["reports"], f"results {seen['results']}, reports {seen['reports']}")
    return f"{seen['samples']} samples, {seen['results']} results, {seen['reports']} slips"


@check
def log(folder: Path) -> str:
    """The log verifies from outside as well."""
    answered("audit", "verify", "--dir", str(folder), "--json")
    return "verified"


@check
def slip(folder: Path) -> str:
    """The slip is a PDF that carries its own Chinese font."""
    slips = sorted(folder.rglob("*.pdf"))
    require(slips, "no slip was printed")
    content = slips[0].read_bytes()
    require(content.startswith(b"%PDF-") and b"/FontFile2" in content, f"{slips[0].name} embeds no font")
    return f"{len(slips)} PDF, font inside"


@check
def register(folder: Path) -> str:
    """The register is a workbook that another program can read."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - each check fails on its own import

    books = sorted(folder.rglob("*.xlsx"))
    require(books, "no register was written")
    rows = CalamineWorkbook.from_path(books[0]).get_sheet_by_index(0).to_python()
    require(len(rows) > 1, "the register is empty")
    return f"{len(rows)} rows"


def main() -> int:
    """Run every check, say each, and return 1 when one did not hold."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # a text stream here
    failed = 0
    with tempfile.TemporaryDirectory(prefix="kuaijian-smoke-") as place:
        for each in CHECKS:
            try:
                print(f"ok      {each.__name__}: {each(Path(place) / '演示')}", flush=True)
            except Exception as fault:  # noqa: BLE001 - whatever a check meets is its finding
                failed += 1
                print(f"FAILED  {each.__name__}: {type(fault).__name__}: {fault}", flush=True)
    print(f"smoke: {len(CHECKS) - failed} of {len(CHECKS)} held", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
