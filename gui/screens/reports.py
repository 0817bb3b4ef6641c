"""Slips: samples that are ready get theirs with Enter; each is shown as it prints, printed, saved, replaced."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _codes, _pages
from gui.screens._again import Again
from gui.screens._facts import Facts, Line, Reason
from gui.screens._pages import Preview
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from gui.work import Job
from lims import text
from lims.bench import receipts
from lims.queries import samples, slips
from lims.queries.trace import Trail
from lims.reports import receipt
from lims.reports import slip as paper
from lims.rules import numbering
from lims.services import certify, printing, watch
from lims.services.printing import Destination
from lims.text import mark, t

TITLE = mark("Reports")
ICON = "slips"
ORDER = 70
OFTEN = "signatory technician"
NEEDS = "signatory technician reviewer manager"
WHERE = mark("Where do slips go? A4 or A5 (the system's printer), 58mm tcp:192.168.1.60, 58mm COM3@115200")

COLUMNS = (
    Column("number", mark("Sample"), 140, sorts=False),
    Column("state", mark("State"), 116, sorts=False),
    Column("when", mark("When"), 124, sorts=False),
    Column("printed", mark("Printed"), 64, sorts=False),
    Column("who", mark("Issued by"), 72, sorts=False),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A slip in the preview: its id, number, version, PDF and pages."""

    id: str
    number: str
    version: int
    pdf: bytes
    pages: tuple[QImage, ...]


class Screen(QWidget):
    """Ready samples first, then the slips that were issued; the paper at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.printer: Callable[[], QPrinter] = lambda: _pages.system_printer(desk.look.printer)
        self.shown: Shown | None = None
        self._last: tuple[object, Shown | None] = (None, None)
        self._ready: list[samples.Row] = []
        self._slips: list[slips.Line] = []
        self._next = self._prints = ""
        self._to = Destination()
        self._job: Job | None = None
        states = {"states": ["reviewed", "tested"]}
        self._wait = Again(desk, self, lambda: (samples.own, (), states), self._came_ready)
        self._done = Again(desk, self, lambda: (slips.slips, (), {}), self._came)
        self._where = Again(desk, self, lambda: (printing.destination, (), {}), self._came_where)
        self._build()

    def _build(self) -> None:
        self.table = Table(COLUMNS, self.desk.work, TITLE, mark("No slip yet."),
                           mark("Samples come here when their result is approved."))  # fmt: skip
        self.table.chosen.connect(lambda _: self._choose())
        self.head, self.facts, self.preview = Label(role="head", wrap=True), Facts(), Preview()
        self.reason = Reason(self.desk)
        left, right, split = QWidget(), QWidget(), QSplitter()
        boxes.column(self.table, of=left, edge=(0, 0, 8, 0))
        column = boxes.column(self.head, self.reason, self.facts, self.preview, of=right, edge=(8, 0, 0, 0))
        column.setStretchFactor(self.preview, 1)
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(560), px(690)])
        boxes.column(split, of=self, edge=12)

    # Asking -----------------------------------------------------------------------------------------------

    def arrived(self, *, slip: str = "", **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Ask for everything anew; `slip` is shown when it is named."""
        self._next = slip and f"slip {slip}"
        self._where.ask()
        self._wait.ask()
        self._done.ask()
        self.table.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Follow what is approved and issued."""
        area = getattr(notice, "verb", "").split(".")[0]
        if area in {"", "review", "certify", "measure", "sample"}:
            self._wait.ask()
        if area in {"", "review", "certify", "measure", "sample", "printing"}:
            self._done.ask()
        if area in {"", "printing"}:
            self._where.ask()

    def _came_ready(self, ready: list[samples.Row]) -> None:
        self._ready = ready
        self.desk.badged.emit("reports", sum(row.state == "reviewed" for row in ready))
        self._fill()

    def _came(self, found: list[slips.Line]) -> None:
        self._slips = found
        self._fill()

    def _came_where(self, to: Destination) -> None:
        if to != self._to:
            self._to = to
            self._choose()

    def _fill(self) -> None:
        self.table.show_rows([*map(_ready_row, self._ready), *map(_slip_row, self._slips)])
        if self._next and self.table.choose(self._next):
            self._next = ""
        elif not self.table.current_key():
            self.table.step(0)
        self._choose()

    # Showing ----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[str, str]:
        """Kind (`ready`, `slip` or nothing) and key of the line with the cursor."""
        kind, _, key = self.table.current_key().partition(" ")
        return kind, key

    def _choose(self) -> None:
        kind, key = self.chosen
        self.facts.setVisible(kind in {"ready", "early"})
        self.preview.setVisible(kind == "slip")
        if kind in {"ready", "early"}:
            self.shown = None
            self.desk.work.run(watch.trail, self.desk.door, key, latest="reports.shown", owner=self,
                               then=self._show_ready, failed=self.desk.complain)  # fmt: skip
        elif kind == "slip":
            language, door, to = text.current(), self.desk.door, self._to
            self.desk.work.run(lambda: self._drawn(_slip(door, key), language, to), owner=self,
                               latest="reports.shown", then=lambda found: self._show_slip(found, key),
                               failed=self._bad)  # fmt: skip
        else:
            self.shown = None
            self.head.put("")
        self.desk.changed.emit()

    def _drawn(self, slip: slips.Slip, language: str, to: Destination) -> Shown:
        """Draw a slip, or take what was drawn last; for a worker thread."""
        wanted = (slip, language, to)
        last, shown = self._last
        if shown is None or last != wanted:
            shown = _drawn(slip, language, to)
            self._last = wanted, shown
        return shown

    def _show_ready(self, trail: Trail) -> None:
        said = (
            mark("Ready: {number} {food}")
            if trail.state == "reviewed"
            else mark("Awaits review: {number} {food}")
        )
        self.head.put(t(said, number=numbering.spell(trail.number), food=trail.food))
        self.facts.show_lines(_results(trail))

    def _show_slip(self, shown: Shown, key: str) -> None:
        self.shown = shown
        number = numbering.spell(shown.number)
        self.head.put(t("{number}, version {version}", number=number, version=shown.version))
        self.preview.show_pages(shown.pages)
        if self._prints == f"slip {key}":
            self._prints = ""
            self.print_slip()
        self.desk.changed.emit()

    def _bad(self, error: BaseException) -> None:
        self.shown = None
        self.head.put("")
        self.preview.show_pages(())
        self.desk.complain(error)
        self.desk.changed.emit()

    # Acting -----------------------------------------------------------------------------------------------

    def issue(self) -> None:
        """Issue the slip of the sample with the cursor; then it is shown as it prints."""
        kind, number = self.chosen
        if kind == "ready":
            self._do_issue(number, failed=lambda error: self._again(error, number))

    def early(self) -> None:
        """Issue the paper of a screening that nobody reviewed yet."""
        kind, number = self.chosen
        if kind == "early":
            record = f"{numbering.spell(number)} · {t('preliminary, awaits review')}"
            self.desk.do_signed(certify.preliminary, number, records=[record], meaning="检测",
                                then=self._issued)  # fmt: skip

    def issue_and_print(self) -> None:
        """Issue the slip of the sample with the cursor and print it as soon as it is drawn."""
        kind, number = self.chosen
        if kind == "ready":
            self._do_issue(number, failed=lambda error: self._again(error, number), prints=True)

    def _do_issue(
        self, number: str, *, why: str = "", failed: Callable[[BaseException], None] | None = None,
        prints: bool = False,
    ) -> None:  # fmt: skip
        row = next((row for row in self._ready if row.number == number), None)
        record = " · ".join(part for part in (numbering.spell(number), row.food if row else "", why) if part)
        self.desk.do_signed(certify.issue, number, records=[record], meaning="批准", failed=failed,
                            then=lambda id_: self._issued(id_, prints=prints), reason=why)  # fmt: skip

    def _again(self, error: BaseException, number: str) -> None:
        if getattr(error, "code", "") == "slip.reason":
            self._ask_reason(number)
        else:
            self.desk.complain(error)

    def replace(self) -> None:
        """Ask why, then issue the next version, which names the one before."""
        if self.shown is not None:
            self._ask_reason(self.shown.number)

    def _ask_reason(self, number: str) -> None:
        self.reason.begin(mark("Why is the slip replaced? The reason is printed with the next version."),
                          mark("Issue the next version"),
                          lambda why: self._do_replace(number, why), self.table)  # fmt: skip

    def _do_replace(self, number: str, why: str) -> None:
        self._do_issue(number, why=why)

    def _issued(self, id_: str, *, prints: bool = False) -> None:
        self.desk.toast(t("Issued. It is printed now.") if prints else t("Issued. F8 prints it."))
        self._next, self._prints = f"slip {id_}", f"slip {id_}" if prints else ""
        self._wait.ask()
        self._done.ask()

    def print_slip(self) -> None:
        """Print what is shown; what came out before is printed again for a reason alone."""
        if self.shown is not None and self._came_out(self.shown.id):
            self._ask_why()
        elif self.shown is not None:
            self._print("")

    def _came_out(self, id_: str) -> bool:
        return any(line.id == id_ and line.prints for line in self._slips)

    def _ask_why(self) -> None:
        self.reason.begin(mark("This slip was printed before. Why is it printed again? The reason is kept."),
                          mark("Print again"), self._print, self.table)  # fmt: skip

    def _print(self, why: str) -> None:
        shown, to, language = self.shown, self._to, text.current()
        door: Any = self.desk.door
        if shown is None:
            return

        def put() -> object:
            if to.printer != printing.SYSTEM:
                return receipts.send(door, shown.id, to, language, reason=why)
            return printing.carry(door, shown.id, to, lambda: _pages.put_on_paper(shown.pages, self.printer()),
                                  reason=why)  # fmt: skip

        self.desk.work.run(put, owner=self, in_order=True, failed=self._not_printed,
                           then=lambda _: self._printed(shown))  # fmt: skip

    def _printed(self, shown: Shown) -> None:
        self.desk.banner(f"print.{shown.id}", "")
        self.desk.toast(t("Sent to the printer."))
        self._done.ask()

    def _not_printed(self, error: BaseException) -> None:
        if getattr(error, "code", "") == "slip.print_reason":
            self._ask_why()
            return
        self.desk.sounds.bad()
        self.desk.complain(error)
        self._done.ask()

    def ask_printer(self) -> None:
        """Ask where slips are printed from now on."""
        self.reason.begin(
            WHERE, mark("Print there from now on"), self._choose_printer, self.table, str(self._to)
        )

    def _choose_printer(self, to: str) -> None:
        self.desk.do(printing.choose, to, then=lambda _: self._where.ask())

    def save(self) -> None:
        """Save what is shown as a PDF in the laboratory's folder."""
        shown, folder = self.shown, self.desk.ties.reports
        if shown is not None and folder is not None:
            path = folder / f"{shown.number}-{shown.version}.pdf"
            saved = mark("Saved: {path}")
            self.desk.work.run(lambda: _pages.save(shown.pdf, path), owner=self, in_order=True,
                               failed=self.desk.complain,
                               then=lambda done: self._left(shown, path.name, t(saved, path=done)))  # fmt: skip

    def _left(self, shown: Shown, where: str, words: str) -> None:
        self.desk.toast(words)
        self.desk.do(watch.noted, "print", shown.number, f"version {shown.version} {where}")

    def acts(self) -> list[Action]:
        """Return what can be done with the line that has the cursor."""
        if self.reason.active:
            return self.reason.acts()
        may = "" if self.desk.may(["signatory"]) else t("an authorised signatory issues slips")
        if self.chosen[0] == "ready":
            return [
                Action(mark("Issue and print"), "F8", self.issue_and_print, missing=may),
                Action(mark("Issue the slip"), "Return", self.issue, primary=True, missing=may),
            ]
        if self.chosen[0] == "early":
            by = "" if self.desk.may(["technician"]) else t("a technician issues preliminary papers")
            return [Action(mark("Preliminary paper"), "Return", self.early, primary=True, missing=by)]
        if self.chosen[0] != "slip":
            return []
        waits = "" if self.shown else t("the slip is being drawn")
        folder = "" if self.desk.ties.reports else t("no folder for reports is set")
        return [
            Action(mark("Printer"), "P", self.ask_printer),
            Action(mark("Replace"), "R", self.replace, missing=may or waits),
            Action(mark("Save PDF"), "S", self.save, missing=waits or folder),
            Action(mark("Print"), "F8", self.print_slip, primary=True, missing=waits),
        ]

    def sentence(self) -> str:
        """Say what comes next."""
        if self.reason.active:
            return t("The former version stays on record.")
        kind, key = self.chosen
        if kind == "ready":
            return t(
                "Enter issues the slip of {number}; its content is then frozen.", number=_codes.short(key)
            )
        if kind == "early":
            return t(
                "A second person must review it first; until then only a paper marked as preliminary leaves."
            )
        return self._says_of(key) if kind == "slip" else t("No slip is ready.")

    def _says_of(self, id_: str) -> str:
        line = next((line for line in self._slips if line.id == id_), None)
        if line is not None and line.failed:
            return t("It did not come out of the printer. F8 prints it; no reason is needed.")
        return t("The paper looks exactly like this. It goes to: {printer}", printer=_spelled(self._to))

    def retranslate(self) -> None:
        """Speak the other language; the paper follows."""
        self._fill()


def _slip(door: Any, key: str) -> slips.Slip:  # noqa: ANN401 - the laboratory's own door
    slip: slips.Slip = door.ask(slips.slip, key)
    watch.seen(door, slip.number)
    return slip


def _drawn(slip: slips.Slip, language: str, to: Destination) -> Shown:
    size: Literal["A4", "A5"] = "A5" if to.form == "A5" else "A4"
    pdf = paper.render(slip.content, slip.seal, language, size, signed=slip.signed)
    if to.form == "58mm":
        page = _pages.dotted(receipt.draw(slip.content, slip.seal, language))
        return Shown(slip.id, slip.number, slip.version, pdf, (page,))
    return Shown(slip.id, slip.number, slip.version, pdf, tuple(_pages.drawn(pdf)))


def _spelled(to: Destination) -> str:
    return f"{to.form} · {t('the system printer') if to.printer == printing.SYSTEM else to.printer}"


def _ready_row(row: samples.Row) -> Row:
    ready = row.state == "reviewed"
    kind, word = ("ready", t("ready to issue")) if ready else ("early", t("preliminary, awaits review"))
    return Row(f"{kind} {row.number}", (numbering.spell(row.number), word, text.moment(row.drawn_at)[:16], "", ""),
               "accent" if ready else "muted")  # fmt: skip


def _slip_row(line: slips.Line) -> Row:
    version = t("version {version}", version=line.version)
    version = f"{version} · {t('preliminary')}" if line.preliminary else version
    printed = t("△ failed") if line.failed else f"{line.prints}×" if line.prints else "—"
    return Row(f"slip {line.id}", (numbering.spell(line.number), version, text.moment(line.issued_at)[:16], printed,
                                   line.issued_by))  # fmt: skip


def _results(trail: Trail) -> list[Line]:
    shown: list[Line] = []
    for one in trail.findings:
        if one.state in {"approved", "to_review"}:
            word = _codes.coded("call", one.word)
            shown.append((one.item, f"{one.value} {one.unit}  {word}".strip(), "strong"))
            shown.append((t("Tested by"), one.tester, ""))
            shown.append((t("Reviewed by"), one.reviewer, ""))
    return shown
