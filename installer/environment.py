"""Set-up of a clone: what the system must bring, and `.venv` from the lock with hashes; standard library only."""

import ctypes
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
PROGRAM = BIN / ("kuaijian.exe" if WINDOWS else "kuaijian")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "kuaijian-setup.json"
NEEDED_BYTES = 2_000_000_000
QUICK_BYTES = 3_000_000_000
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it

# Debian package (names in the order to try; 13 renamed some), and what shows that it is there.
QT = (
    ("libglib2.0-0t64 libglib2.0-0", "libglib-2.0.so.0"),
    ("libegl1", "libEGL.so.1"),
    ("libgl1", "libGL.so.1"),
    ("libdbus-1-3", "libdbus-1.so.3"),
    ("libfontconfig1", "libfontconfig.so.1"),
    ("libxkbcommon0", "libxkbcommon.so.0"),
    ("libx11-6", "libX11.so.6"),
    ("libbrotli1", "libbrotlidec.so.1"),
    ("fonts-wqy-microhei", "a Chinese font"),
)
WINDOW = (
    ("libxcb-cursor0", "libxcb-cursor.so.0"),
    ("libxcb-icccm4", "libxcb-icccm.so.4"),
    ("libxcb-keysyms1", "libxcb-keysyms.so.1"),
    ("libxcb-shape0", "libxcb-shape.so.0"),
    ("libxcb-xkb1", "libxcb-xkb.so.1"),
    ("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
)
TEST = (("xvfb", "Xvfb"), ("xdotool", "xdotool"))


class TroubleError(Exception):
    """What stops the set-up, said once in Chinese and once in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


# What the system must bring -------------------------------------------------------------------------------


def there(sign: str) -> bool:
    """Tell whether a library, a program or a Chinese font is on this computer."""
    if sign == "a Chinese font":
        places = (
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
            Path.home() / ".local/share/fonts",
        )
        return any(re.search(r"wqy|cjk|hei|song", path.name, re.IGNORECASE) for place in places
                   for path in place.rglob("*.[to]t[cf]"))  # fmt: skip
    if ".so." not in sign:
        return shutil.which(sign) is not None
    try:
        ctypes.CDLL(sign)
    except OSError:
        return False
    return True


def apt_prefix() -> list[str] | None:
    """Return how this person may call apt-get: directly, by sudo without a password, or not at all."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return [sudo, "-n"] if sudo and allowed else None


def known_to_apt(names: str) -> str:
    """Pick the first of several names that this release of Debian has; the last when none is known."""
    for name in names.split():
        if subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0:
            return name
    return names.rsplit(maxsplit=1)[-1]


def install_packages(missing: list[str]) -> None:
    """Install Debian packages, or say the command that would."""
    plain = [names.rsplit(maxsplit=1)[-1] for names in missing]
    by_hand = TroubleError(
        f"缺少系统软件包。请运行：sudo apt-get install {' '.join(plain)}（其他系统请装对应的包）",
        f"System packages are missing. Type: sudo apt-get install {' '.join(plain)} (or what corresponds)",
    )
    prefix = apt_prefix()
    if prefix is None:
        raise by_hand
    say(f"安装系统软件包 / installing system packages: {' '.join(plain)}")
    subprocess.run([*prefix, "apt-get", "-qq", "update"], stdout=subprocess.DEVNULL, check=False)
    names = [known_to_apt(each) for each in missing]
    install = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "install",
        "-y",
        "--no-install-recommends",
    ]
    done = subprocess.run([*install, *names], stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise by_hand


def lacking(needs: tuple[tuple[str, str], ...]) -> list[str]:
    """Name the Debian packages that are missing here; costs some hundredths of a second when none is."""
    missing = (
        [] if WINDOWS or sys.platform == "darwin" else [names for names, sign in needs if not there(sign)]
    )
    if not makes_environments():
        missing.append(f"python3.{sys.version_info[1]}-venv python3-venv")
    return missing


def makes_environments() -> bool:
    """Tell whether this Python can make `.venv`, or need not because it is there."""
    return VENV.is_dir() or importlib.util.find_spec("ensurepip") is not None


def set_up(needs: tuple[tuple[str, str], ...]) -> None:
    """See that the system has what Qt needs here and that `.venv` is what the lock says.

    Both are fetched from elsewhere, so they come side by side where one does not wait for the other.

    Raises:
        TroubleError: what is missing cannot be brought; it says what to do.
    """
    missing = lacking(needs)
    if missing and (apt_prefix() is None or not makes_environments()):
        install_packages(missing)
        importlib.invalidate_caches()
        missing = []
    with ThreadPoolExecutor(1) as beside:
        installing = beside.submit(install_packages, missing) if missing else None
        prepare()
        if installing is not None:
            installing.result()


# The environment ------------------------------------------------------------------------------------------


def stamps() -> dict[str, str]:
    """Describe what the environment was made from; when nothing of it changed there is nothing to do."""
    digest = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (LOCK, ROOT / "pyproject.toml")
    }
    return {
        "python": "{}.{}".format(*sys.version_info[:2]),
        "place": str(VENV),
        "lock": digest[LOCK.name],
        "project": digest["pyproject.toml"],
    }


def kept() -> dict[str, str]:
    """Read what the present environment was made from; nothing when it cannot be told."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(marks: dict[str, str]) -> None:
    """Write down what the environment was made from."""
    STAMP.write_text(json.dumps(marks, indent=1), encoding="utf-8")


def works(python: Path) -> bool:
    """Tell whether an environment's Python runs, is this version and has pip."""
    ask = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    try:
        return subprocess.run([str(python), "-c", ask], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def room(path: Path, needed: int) -> None:
    """Refuse to begin what the disk cannot hold."""
    free = shutil.disk_usage(path).free
    if free < needed:
        raise TroubleError(
            f"磁盘空间不足：{path} 只剩 {free / 1e9:.1f} GB，需要 {needed / 1e9:.1f} GB。请清理后重试。",
            f"Too little room: {path} has {free / 1e9:.1f} GB free, set-up needs {needed / 1e9:.1f} GB. Make room.",
        )


def make_environment() -> None:
    """Make `.venv` anew.

    Raises:
        TroubleError: it cannot be made, or is a link to somebody else's, which would be emptied.
    """
    if VENV.is_symlink():
        raise TroubleError(
            f".venv 是指向 {VENV.readlink()} 的链接，不会清空它。请删除该链接后重试。",
            f".venv is a link to {VENV.readlink()}, which is not emptied. Remove the link and start again.",
        )
    say("创建运行环境 / making the environment: .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    if made.returncode:
        reason = (made.stderr + made.stdout).strip().splitlines()[-1:]
        raise TroubleError(
            f"无法创建 .venv：{' '.join(reason)}。Debian 上请运行：sudo apt-get install python3-venv",
            f".venv cannot be made: {' '.join(reason)}. On Debian: sudo apt-get install python3-venv",
        )


FAULTS = (
    (
        r"DO NOT MATCH THE HASHES",
        "下载的软件包与 requirements.lock 的校验值不符，未安装。请检查代理或镜像，清除 pip 缓存后重试。",
        "A download does not match its hash in requirements.lock. Check proxy or mirror, empty pip's cache.",
    ),
    (
        r"No space left on device|Errno 28|not enough space",
        "安装时磁盘已满。请清理后重试。",
        "The disk is full. Make room and try again.",
    ),
    (
        r"Connection(Error|Timeout)|ConnectTimeout|ReadTimeout|name resolution|ProxyError|SSLError|getaddrinfo|refused",
        "无法连接 Python 软件包服务器。请检查网络、代理或 pip 镜像设置后重试。",
        "The Python package index cannot be reached. Check the network, the proxy or pip's mirror setting.",
    ),
    (
        r"No matching distribution|Could not find a version|is not a supported wheel",
        "某个软件包没有适用于本机（处理器、系统或 Python 版本）的安装文件。",
        "A package has no build for this computer (processor, system or Python version).",
    ),
)


def diagnose(output: str) -> TroubleError:
    """Turn what pip said into one clear sentence in each language."""
    log = VENV / "pip.log"
    log.write_text(output, encoding="utf-8")
    error = [line.strip() for line in output.splitlines() if re.match(r"\s*(ERROR|\w*Error)\b", line)][-1:]
    note = f" [{' '.join([*error, str(log)])[-300:]}]"
    for pattern, chinese, english in FAULTS:
        if re.search(pattern, output):
            return TroubleError(chinese, english + note)
    return TroubleError(
        "软件包安装失败，详情见日志。", "The packages could not be installed; see the log." + note
    )


def speaking(command: Sequence[str], variables: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start the environment's Python at the root of the clone, its two outputs as one text to read."""
    return subprocess.Popen(
        [str(PYTHON), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        cwd=ROOT,
        env=variables,
    )


def pip(*arguments: str, total: int = 0) -> None:
    """Run pip, showing only how far it is."""
    lines: list[str] = []
    said, seen = time.monotonic(), 0
    with speaking(["-m", "pip", "--disable-pip-version-check", "install", *arguments], variables()) as child:
        for line in child.stdout or ():
            lines.append(line)
            name = re.match(
                r"(?:Collecting |Requirement already satisfied: |Processing .*[/\\])([\w.]+)", line
            )
            seen += name is not None
            if name and total and time.monotonic() - said > 2:
                said = time.monotonic()
                say(f"  {seen}/{total} {name[1]}")
            if total and line.startswith("Installing"):
                say(f"  {seen}/{total} 正在安装 / installing")
    if child.returncode:
        raise diagnose("".join(lines))


def prepare() -> None:
    """Bring `.venv` to what the lock and the project say; nothing to do when it is already so."""
    wanted, found = stamps(), kept()
    if found == wanted and PROGRAM.exists():
        return
    room(ROOT, NEEDED_BYTES)
    if (
        found and (found.get("python"), found.get("place")) != (wanted["python"], wanted["place"])
    ) or not works(PYTHON):
        make_environment()
        found = {}
    if found.get("lock") != wanted["lock"]:
        STAMP.unlink(missing_ok=True)
        total = len(re.findall(r"(?m)^[A-Za-z0-9]", LOCK.read_text(encoding="utf-8")))
        say("下载并安装软件包，首次需几分钟 / downloading and installing packages, minutes the first time")
        # Python compiles what is read when it is read; compiling all of it takes as long as unpacking it
        pip("--require-hashes", "--only-binary=:all:", "--no-compile", "-r", str(LOCK), total=total)
    pip("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--editable", str(ROOT))
    compile_catalogues()
    keep(wanted)
    say("运行环境已就绪 / the environment is ready")


def compile_catalogues() -> None:
    """Compile the words of both languages; the program also reads them uncompiled."""
    code = "from lims import text; text.compile_all()"
    subprocess.run([str(PYTHON), "-c", code], cwd=ROOT, env=variables(), check=False)


@contextmanager
def quick_place(memory: Path = MEMORY, needed: int = QUICK_BYTES) -> Iterator[dict[str, str]]:
    """Give the variables that put what tests write and throw away into memory; none where that has no room."""
    if WINDOWS or not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < needed:
        yield {}
        return
    place = Path(tempfile.mkdtemp(prefix="kuaijian-test-", dir=memory))
    place.chmod(0o755)  # a test server of root runs as another user
    try:
        yield {"TMPDIR": str(place)}
    finally:
        shutil.rmtree(place, ignore_errors=True)


NOT_OURS = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}
"""What another Python was told: its paths, and not to keep what it compiled, which would cost each child a second."""


def variables(**more: str) -> dict[str, str]:
    """Return the variables for a child: UTF-8 everywhere, nothing that another Python was told."""
    mine = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return {**mine, "PYTHONUTF8": "1", **more}
