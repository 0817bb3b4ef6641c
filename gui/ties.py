"""What the desk is tied to: the laboratory's door, its bench, its papers, and what the program hands over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Session(Protocol):
    """Who is signed in."""

    @property
    def account(self) -> str:
        """The account's id."""

    @property
    def name(self) -> str:
        """The name to show."""

    @property
    def roles(self) -> frozenset[str]:
        """The roles held."""


class Lims(Protocol):
    """The laboratory's door as the desk uses it; every call may block and is made in a worker thread."""

    def do(self, verb: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - any verb
        """Change something."""

    def ask(self, question: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - any question
        """Read something."""

    def acting(self, session: Any, /) -> "Lims":  # noqa: ANN401 - the laboratory's own session
        """Return the same laboratory for another person."""

    def listen(self, listener: Callable[[Any], None], /) -> Callable[[], None]:
        """Hear of every committed act; returns what stops it."""


class Bench(Protocol):
    """The running lines of the instruments; every call returns at once, callbacks come on other threads."""

    def lines(self) -> tuple[Any, ...]:
        """Return the state of every line, by id."""

    def listen(self, listener: Callable[[Any], None], /) -> Callable[[], None]:
        """Hear of every change of a line; returns what stops it."""

    def watch(self, watcher: Callable[[str, str, bytes, Any], None], /) -> Callable[[], None]:
        """See the raw bytes (instrument, `<` or `>`, bytes, when); returns what stops it."""

    def ask(self, instrument: str, command: str, /) -> object:
        """Have a device asked for something when its line is free."""

    def find(self) -> Any:  # noqa: ANN401 - `lims.bench.finding.Answer`s
        """Ask the idle ports who hangs there; it blocks, worker threads make it."""

    @property
    def deliberate(self) -> Any:  # noqa: ANN401 - `lims.bench.deliberate.Deliberate`
        """What changes a device itself; its calls block, worker threads make them."""

    @property
    def assays(self) -> Any:  # noqa: ANN401 - `lims.bench.assays.Assays`
        """The assays that run on bare boards."""


class Papers(Protocol):
    """What leaves the desk as a file, and the log's own state; every call blocks, worker threads make it."""

    @property
    def barred(self) -> Exception | None:
        """Why nothing may be written until two people recover the log; None when all is well."""

    @property
    def newer(self) -> Exception | None:
        """Why the laboratory may be read and not changed: a newer program wrote it; None otherwise."""

    @property
    def folder(self) -> Any:  # noqa: ANN401 - the laboratory's own folder
        """The laboratory's folder on this computer, into which photographs and files go."""

    @property
    def traffic(self) -> Any:  # noqa: ANN401 - `lims.bench.traffic.Traffic`
        """What goes between a van and its county."""

    def life(self, door: Any, number: str, language: str, /) -> Path:  # noqa: ANN401 - the laboratory's own door
        """Write one sample's whole life as PDF."""

    def bundle(self, door: Any, number: str, /) -> Path:  # noqa: ANN401 - the same
        """Write a bundle of evidence about one sample."""

    def shift(self, door: Any, /) -> Path:  # noqa: ANN401 - the same
        """Write the page of a shift's end."""

    def description(self, door: Any, instrument: str, /) -> Path:  # noqa: ANN401 - the same
        """Write an instrument's description for other laboratories."""

    def daily(self, progress: Callable[[int], None], /) -> Any:  # noqa: ANN401 - the laboratory's own finding
        """Check the whole log where that was not done today."""

    def keep(self, progress: Callable[[int, int], None], /) -> bool:
        """Make the backup that is due; return whether one is still overdue."""

    def recover(self, manager: tuple[str, str], administrator: tuple[str, str], reason: str, /) -> None:
        """Go on after a loss, by two people."""


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of the search: what to show and where it leads."""

    title: str
    detail: str
    screen: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ties:
    """What the program hands a desk besides the laboratory; all of it may block except `is_code`.

    Attributes:
        sign_in: (laboratory, name, password) -> session; raises a LimsError. Where the password must be
            changed first it takes the new one as a fourth.
        find: (laboratory, text) -> hits for Ctrl+K, best first.
        is_code: whether a text is one number of ours, check character included.
        drafts: folder of the drafts.
        reports: folder into which slips are saved.
        keys: where the private keys of the people live; None where nobody signs.
        idle: (laboratory) -> seconds after which an untouched desk locks; None never does.
        site: name of the site, shown in the top bar.
        found: founds the laboratory from what was typed (`gui.founding.FIELDS`); None where that is done elsewhere.
        look: file in which the look of this computer is kept; None keeps it nowhere.
    """

    sign_in: Callable[..., Session]
    find: Callable[[Any, str], Sequence[Found]] | None = None
    is_code: Callable[[str], bool] = lambda _: False
    drafts: Path | None = None
    site: str = ""
    reports: Path | None = None
    keys: Any = None
    idle: Callable[[Any], float] | None = None
    look: Path | None = None
    found: Callable[[Mapping[str, str]], None] | None = None
