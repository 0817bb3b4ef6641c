"""One command for a fresh clone: set up, then start the demonstration, or check everything.

    python3 run.py          set up, open a demonstration laboratory and start the desktop;
                            without a display, play the demonstration and say where its papers lie
    python3 run.py test     set up, then format, lint, types, import contracts, catalogues and tests
    python3 run.py long     set up, then the long tests: soaks, kills, and in full what the check sweeps in small
    python3 run.py bench    set up, then the ratios

Arguments after `test`, `long` or `bench` go to pytest. On Windows write `py run.py`.
Standard library only. Set-up makes `.venv`, installs `requirements.lock` with hashes and the project itself,
so that `.venv/bin/kuaijian` exists. On Debian and its kin missing system packages are installed where that
is allowed (root, or sudo without a password), otherwise the command to type is printed:

    libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon0 libx11-6 libbrotli1   Qt at all
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0  Qt in a window
    fonts-wqy-microhei   Chinese on the screen        python3-venv   the environment itself
    xvfb xdotool         tests of real windows and of typing into them
"""

import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)


def python_fault(version: "tuple[int, ...]") -> "str | None":
    """Return why this Python cannot be used, in both languages, or None."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return None
    return (
        "需要 Python 3.11、3.12 或 3.13，当前是 {0}.{1}。请安装其中一个后用它运行，例如：python3.11 run.py\n"
        "Python 3.11, 3.12 or 3.13 is needed and this is {0}.{1}. "
        "Install one of them and start with it, for example: python3.11 run.py"
    ).format(*version[:2])


if python_fault(sys.version_info[:3]):
    sys.exit(python_fault(sys.version_info[:3]))

from installer import environment as env  # noqa: E402 - an old Python must not get this far
from installer.environment import PROGRAM, ROOT, WINDOWS, TroubleError, say  # noqa: E402 - the same

DEMO = ROOT / "demo-out"


# Start ----------------------------------------------------------------------------------------------------


def display() -> bool:
    """Tell whether a window can be shown."""
    return (
        WINDOWS
        or sys.platform == "darwin"
        or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )


def start() -> int:
    """Open a demonstration laboratory on the desktop, or play it where there is no display."""
    env.set_up(env.QT + env.WINDOW if display() else env.QT)
    if display():
        folder = DEMO / "desktop"
        say(f"演示实验室 / demonstration laboratory: {folder}")
        return subprocess.run(
            [str(PROGRAM), "demo", "--dir", str(folder)], env=env.variables(), check=False
        ).returncode
    return headless(DEMO / time.strftime("%Y%m%d-%H%M%S"))


def headless(folder: Path) -> int:
    """Play the demonstration without a display and say where its papers lie."""
    say(f"没有显示器，运行无界面演示 / no display, playing the demonstration, two minutes at most: {folder}")
    offscreen = env.variables(QT_QPA_PLATFORM="offscreen")
    command = [str(PROGRAM), "demo", "--headless", "--dir", str(folder), "--json"]
    played = subprocess.run(
        command, env=offscreen, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False
    )
    if played.returncode:
        say("演示未能完成，原因见上。/ The demonstration did not finish; the reason stands above.")
        return played.returncode
    if not list(folder.rglob("*.png")):
        subprocess.run(
            [str(PROGRAM), "gallery", "--small", str(folder / "screenshots")], env=offscreen, check=False
        )
    say(played.stdout.strip())
    for chinese, english, ending in (
        ("检测单", "slips", "pdf"),
        ("台账", "workbook", "xlsx"),
        ("界面截图", "screenshots", "png"),
    ):
        found = sorted(folder.rglob(f"*.{ending}"))
        places = sorted({str(path.parent) for path in found})
        where = str(found[0]) if len(found) == 1 else " ".join(places) or "-"
        say(f"{chinese} / {english}: {len(found)}  {where}")
    return 0


# Check ----------------------------------------------------------------------------------------------------

SOURCES = ("lims", "drivers", "gui", "protocols", "installer", "tests", "run.py")


def step(
    name: str, *command: str, aside: bool = False, more: "dict[str, str] | None" = None
) -> tuple[bool, list[str]]:
    """Run one check and return whether it held and its lines.

    What it says is shown as it says it, or at its end in one piece when it runs `aside`, next to another.
    """
    begun = time.monotonic()
    lines: list[str] = []
    if not aside:
        say(f"== {name}")
    with env.speaking(command, env.variables(QT_QPA_PLATFORM="offscreen", **(more or {}))) as child:
        for line in child.stdout or ():
            lines.append(line.rstrip())
            if not aside:
                say(lines[-1])
    end = f"== {name}: {'ok' if child.returncode == 0 else 'FAILED'} {time.monotonic() - begun:.0f} s"
    say("\n".join([f"== {name}", *lines, end] if aside else [end]))
    return child.returncode == 0, lines


def closing(failed: list[str], lines: list[str], seconds: float) -> str:
    """Say in one line how it went; pytest's own summary stands last."""
    servers = [line for line in lines if line.startswith("servers:")][-1:]
    summary = [
        line.strip("= ") for line in lines if re.search(r"\d+ (passed|failed|error)|no tests ran", line)
    ][-1:]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "ok"
    return "; ".join(
        [f"run.py: {verdict}, {seconds:.0f} s", *servers, *(summary or ["no summary from pytest"])]
    )


def compile_tests(ignored: list[str]) -> None:
    """Have one process read every test once: in a fresh clone each worker would compile all of it for itself.

    What cannot be read, the tests say themselves.
    """
    say("编译测试所用模块 / compiling what the tests read")
    collect = ["-m", "pytest", "-qq", "--collect-only", *ignored]
    with env.speaking(collect, env.variables(QT_QPA_PLATFORM="offscreen")) as child:
        child.communicate()


def check(arguments: list[str]) -> int:
    """Run every check, all of them even when one fails: the tests, and beside them what only reads the sources."""
    begun = time.monotonic()
    env.set_up(env.QT + env.WINDOW + env.TEST)
    sources = [name for name in SOURCES if (ROOT / name).exists()]
    ignored = [f"--ignore=tests/{name}" for name in ("long", "bench")]
    workers = str(
        min(8, 2 * (os.cpu_count() or 1))
    )  # half of a test is waiting: for a disk, a port, a process
    pytest = ["-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", "-o", "faulthandler_timeout=300"]
    catalogues = ["-c", "from lims import text; print(*text.compile_all(), sep='\\n')"]
    held = {"catalogues": step("catalogues", *catalogues)[0]}
    with ThreadPoolExecutor(1) as beside, env.quick_place() as place:
        readers = {
            name: beside.submit(step, name, *command, aside=True)
            for name, command in (
                ("format", ["-m", "ruff", "format", "--check", "."]),
                ("lint", ["-m", "ruff", "check", "--output-format", "concise", "."]),
                (
                    "imports",
                    ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
                ),
                ("types", ["-m", "mypy", "--explicit-package-bases", *sources]),
            )
        }
        if not (ROOT / "tests/__pycache__").is_dir():
            compile_tests(ignored)
        held["tests"], lines = step("tests", *pytest, *ignored, *arguments, more=place)
        held |= {name: told.result()[0] for name, told in readers.items()}
    failed = [name for name, well in held.items() if not well]
    say(closing(failed, lines, time.monotonic() - begun))
    return 1 if failed else 0


def far(kind: str, arguments: list[str]) -> int:
    """Run the long tests or the benchmarks."""
    if not list((ROOT / "tests" / kind).glob("test_*.py")):
        raise TroubleError(f"本版本还没有 tests/{kind}。", f"There is no tests/{kind} in this version yet.")
    begun = time.monotonic()
    env.set_up(env.QT + env.WINDOW + env.TEST)
    named = any(argument.startswith("tests/") for argument in arguments)
    where = ["--long", "--ignore=tests/bench"] if kind == "long" else [] if named else [f"tests/{kind}"]
    pytest = ["-m", "pytest", "-v", "-s", "-o", "faulthandler_timeout=3600"]
    held, lines = step(kind, *pytest, *where, *arguments)
    say(closing([] if held else [kind], lines, time.monotonic() - begun))
    return 0 if held else 1


def main(arguments: list[str]) -> int:
    """Read the one word and do it; whatever stops it is said in a sentence."""
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("what", nargs="?", choices=["start", "test", "long", "bench"], default="start")
    chosen, rest = parser.parse_known_args(arguments)
    if chosen.what == "start" and rest:
        parser.error(f"'start' takes no arguments: {' '.join(rest)}")
    try:
        if chosen.what == "start":
            return start()
        return check(rest) if chosen.what == "test" else far(chosen.what, rest)
    except TroubleError as trouble:
        say(str(trouble))
    except KeyboardInterrupt:
        say("已中断。/ Stopped.")
        return 130
    except OSError as error:
        say(f"文件或程序无法使用：{error}\nA file or a program cannot be used: {error}")
    return 1


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a console that cannot show Chinese
    sys.exit(main(sys.argv[1:]))
