"""The program `kuaijian`: the laboratory's commands, and those that need a window."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from lims import text
from lims.cli import main as commands
from lims.cli.options import AsJson, Database, Dir, Seed, show
from lims.errors import RuleBroken

Language = Annotated[str, typer.Option("--language", help="zh_CN 或 en / language")]


@contextmanager
def _alone(folder: Path, files: Sequence[Path]) -> Iterator[None]:
    """Hold the folder against a second copy of the desktop; a window that is open gets the files instead.

    Raises:
        Exit: the window that is open took them.
        RuleBroken: another copy has the folder and does not answer.
    """
    from PySide6.QtCore import QLockFile  # noqa: PLC0415 - commands without a window start without Qt

    folder.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(folder / "desktop.lock"))
    lock.setStaleLockTime(0)
    if not lock.tryLock(100):
        from gui.handed import hand_over  # noqa: PLC0415 - the same

        if hand_over(folder, files):
            show(text.t("desktop.handed"))
            raise typer.Exit
        raise RuleBroken("desktop.second", folder=str(folder))
    try:
        yield
    finally:
        lock.unlock()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which laboratory is opened and how: with playing devices (`live`), or one of practice."""

    root: Path
    database: str = ""
    live: bool = False
    practice: bool = False


class _Opening:
    """Opens the laboratory and its bench behind the window, and closes them when the window is gone."""

    def __init__(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        self._close: list[Callable[[], None]] = []

    def __call__(self) -> Any:  # noqa: ANN401 - imported late, behind the window
        from gui.app import Opened  # noqa: PLC0415 - behind the window
        from lims.bench.lines import Bench  # noqa: PLC0415 - the same
        from lims.bench.papers import Papers  # noqa: PLC0415 - the same
        from lims.demo import practice  # noqa: PLC0415 - the same
        from lims.queries import equipment  # noqa: PLC0415 - the same
        from lims.rules.practice import is_site  # noqa: PLC0415 - the same

        wanted = self._wanted
        if wanted.practice:
            practice.prepare(wanted.root)
        laboratory, why = self._laboratory()
        self._close.append(laboratory.close)
        if wanted.practice:
            practice.check(laboratory)
        if wanted.live or wanted.practice:
            devices = practice.devices(laboratory)
            devices.start()
            self._close.append(devices.close)
        bench = Bench(laboratory)
        bench.start()
        self._close.append(bench.stop)
        papers = Papers(laboratory)
        self._close.append(papers.traffic.stop)
        if why is not None:
            return self._alone(laboratory, why, bench, papers)
        papers.traffic.start()
        people = text.t("practice.people") if is_site(laboratory.lims.store.place.site) else ""
        return Opened(laboratory.lims, bench, papers, people, laboratory.lims.ask(equipment.owner))

    def _laboratory(self) -> tuple[Any, Any]:
        """Open the laboratory; where its server cannot be reached, what is known of it here, and why."""
        from lims.app import open_laboratory  # noqa: PLC0415 - SQLAlchemy is slow, the window is shown first
        from lims.bench.alone import open_alone  # noqa: PLC0415 - the same
        from lims.errors import StorageUnfit  # noqa: PLC0415 - the same

        try:
            return open_laboratory(self._wanted.root, self._wanted.database), None
        except StorageUnfit as fault:
            if self._wanted.live or self._wanted.practice:
                raise
            return open_alone(self._wanted.root, self._wanted.database, fault), fault

    def _alone(self, laboratory: Any, why: Any, bench: Any, papers: Any) -> Any:  # noqa: ANN401 - imported late
        """Capture alone, and begin with all else when the server is back."""
        from gui.app import Opened  # noqa: PLC0415 - behind the window
        from lims.bench.alone import Returning  # noqa: PLC0415 - the same
        from lims.bench.known import read  # noqa: PLC0415 - the same

        def begin() -> None:
            bench.start()
            papers.traffic.start()

        returning = Returning(laboratory, why, begin)
        returning.start()
        self._close.append(returning.stop)
        known = read(laboratory.folder.journal)
        return Opened(laboratory.lims, bench, papers, "", known.name if known else "", returning)

    def found(self, told: Mapping[str, str]) -> None:
        """Found the laboratory with its administrator, from what was typed."""
        from lims.app import First, Founding, begin  # noqa: PLC0415 - behind the window

        founding = Founding(told["site"], told["station"], told["name"], told["county"])
        first = First(told["login"], told["person"], told["password"])
        begin(founding, first, self._wanted.root, self._wanted.database)

    def close(self) -> None:
        """Close what was opened, the last first."""
        while self._close:
            self._close.pop()()


def _sign_in(lims: Any, login: str, password: str, new_password: str = "") -> Any:  # noqa: ANN401 - the door of the laboratory
    from lims.services import enrol  # noqa: PLC0415 - behind the window

    return enrol.sign_in(lims, login, password, new_password).actor


def _idle(lims: Any) -> float:  # noqa: ANN401 - the door of the laboratory
    from lims.services import passwords  # noqa: PLC0415 - behind the window

    return float(60 * lims.ask(passwords.policy).idle_minutes)


class _Keys:
    """The people's keys in a folder of the laboratory; what wraps them is imported when somebody signs."""

    algorithm = "ed25519"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _provider(self) -> Any:  # noqa: ANN401 - imported late, behind the window
        from lims.services import sign  # noqa: PLC0415 - cryptography is slow to import

        return sign.keys_in(self._folder)

    def create(self, account: str, pin: str) -> Any:  # noqa: ANN401 - as the provider has it
        """Make a key for an account and return its public part in hex."""
        return self._provider().create(account, pin)

    def open(self, account: str, pin: str) -> Any:  # noqa: ANN401 - as the provider has it
        """Open an account's key for one act."""
        return self._provider().open(account, pin)

    def has(self, account: str) -> Any:  # noqa: ANN401 - as the provider has it
        """Tell whether this computer holds a key of the account."""
        return self._provider().has(account)


def _find(lims: Any, words: str) -> Sequence[Any]:  # noqa: ANN401 - the door of the laboratory
    from gui.finding import find  # noqa: PLC0415 - behind the window

    return find(lims, words)


def _show_desktop(wanted: _Wanted, over: Mapping[str, Any], files: Sequence[Path] = ()) -> int:
    from gui import look  # noqa: PLC0415 - small
    from gui.app import run as run_desktop  # noqa: PLC0415 - Qt
    from gui.ties import Ties  # noqa: PLC0415 - Qt
    from lims.rules.numbering import is_number  # noqa: PLC0415 - small

    opening, root = _Opening(wanted), wanted.root
    ties = Ties(
        sign_in=_sign_in,
        find=_find,
        is_code=is_number,
        drafts=root / "drafts",
        reports=root / "reports",
        keys=_Keys(root / "keys"),
        idle=_idle,
        site=root.name,
        look=look.place(),
        found=opening.found,
    )
    with _alone(root, files):
        try:
            return run_desktop(opening, ties, over, files)
        finally:
            opening.close()


def desktop(
    files: Annotated[
        list[Path] | None, typer.Argument(help="数据包或回执 / bundles or replies to take in")
    ] = None,
    root: Dir = None,
    database: Database = "",
    language: Language = "",
    van: Annotated[bool, typer.Option("--van", help="车载触摸布局 / the touch layout of a van")] = False,
    practice: Annotated[
        bool,
        typer.Option("--practice", help="练习，与真实记录永不相混 / practise; never mixed with real records"),
    ] = False,
) -> None:
    """打开桌面 / start the desktop on a laboratory that was founded."""
    from lims.config import default_folder  # noqa: PLC0415 - small

    if root is None:
        root = practice_root() if practice else default_folder().root
    over = {**({"language": language} if language else {}), **({"layout": "touch"} if van else {})}
    raise typer.Exit(_show_desktop(_Wanted(root, database, practice=practice), over, files or ()))


def practice_root() -> Path:
    """Return where this person practises: beside the real laboratory, never in it."""
    from lims.config import default_folder  # noqa: PLC0415 - small

    real = default_folder().root
    return real.with_name(f"{real.name}-practice")


def gallery(
    folder: Annotated[Path, typer.Argument(help="图片文件夹 / folder for the pictures")],
    root: Dir = None,
    database: Database = "",
    small: Annotated[
        bool,
        typer.Option(
            "--small",
            help="只用浅色，不画深色和高对比 / the light theme alone, neither dark nor high contrast",
        ),
    ] = False,
) -> None:
    """把每个界面用中英文画成图片 / render every screen in both languages to PNG."""
    from gui import portraits  # noqa: PLC0415 - Qt

    faults = portraits.paint(folder, root, database, themes=("light",) if small else ("light", "dark"))
    for fault in faults:
        show(f"{fault.picture}: {fault.what}")
    show(f"{len(list(folder.glob('*.png')))} PNG -> {folder}")


def demo(
    root: Annotated[Path, typer.Option("--dir", help="演示文件夹 / folder of the demonstration")],
    headless: Annotated[bool, typer.Option("--headless", help="不开窗口 / without a window")] = False,
    seed: Seed = 1,
    database: Database = "",
    as_json: AsJson = False,
    language: Language = "",
) -> None:
    """演示：一个实验室的一天 / play a laboratory's day; without --headless the desktop opens on it afterwards."""
    from lims.cli import demo as headless_demo  # noqa: PLC0415 - plays every device there is

    if headless or not (root / "laboratory.db").exists():
        headless_demo.demo(root, seed, database, as_json)
    if not headless:
        show(text.t("demo.people"))
        raise typer.Exit(
            _show_desktop(_Wanted(root, database, live=True), {"language": language} if language else {})
        )


def add(app: typer.Typer) -> None:
    """Add the commands that need a window."""
    app.command("desktop")(desktop)
    app.command("gallery")(gallery)
    app.command("demo")(demo)


WINDOWS = dict.fromkeys(("desktop", "gallery", "demo"), add)
"""The commands that need a window, and who adds each."""


def main() -> None:
    """Run the program and leave with its exit status."""
    sys.exit(commands.run(more=WINDOWS))


if __name__ == "__main__":
    main()
