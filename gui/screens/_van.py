"""A van's side: what is not yet at its county, how it gets there, receipts, sets and how long they hold."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.screens import _carried
from gui.screens._county import SETS, set_rows, take_fields, taking
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets import boxes
from gui.widgets.field import Field
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from lims import text
from lims.bench.traffic import Here, Traffic
from lims.sync import members, outbox, sets
from lims.sync.outbox import Kept
from lims.text import mark, t, words

ANYBODY = ("sampler", "technician", "reviewer", "signatory", "manager", "administrator")
SETTERS = ("manager", "administrator")
FREES = mark(
    "Only what the county has in a backup is deleted here; the trail says where it is. Its newest reply must be on the "
    "stick."
)
RECEIPTS = (
    Column("at", mark("Came"), 160), Column("last", mark("Held up to entry"), 130, "number"),
    Column("size", mark("County's log"), 110, "number"), Column("joined", mark("Its log grew"), 140),
    Column("bundle", mark("Bundle"), 140),
)  # fmt: skip


class Van(Ledger):
    """What waits, in large figures; receipts and sets below."""

    def __init__(self, desk: Desk, title: str, traffic: Traffic, here: Here) -> None:
        self._traffic, self._here = traffic, here
        self._big, self._more = Label(role="tile"), Label(role="base", wrap=True)
        self._receipts: dict[str, Kept] = {}
        super().__init__(desk, title, self._pages_of(), self._acts_of())
        self.know(here)

    def above(self) -> Sequence[QWidget]:
        """Show what waits above everything."""
        return (boxes.panel(Label(mark("Not yet at the county"), "muted"), self._big, self._more),)

    def know(self, here: Here) -> None:
        """Take what is known of this computer now."""
        self._here = here
        waiting = here.waiting
        nothing = not (waiting.entries or waiting.photos)
        self._big.put(t("○ everything is there") if nothing else _figures(here))
        self._more.put(" · ".join(self._facts()))

    def _facts(self) -> list[str]:
        waiting, here = self._here.waiting, self._here
        facts = [t("by stick alone: no address is known") if here.url == "/" else here.url]
        if waiting.photos:
            facts.append(
                t("{count} files, {size}", count=waiting.photos, size=_carried.size(waiting.photo_bytes))
            )
        if here.left.files:
            facts.append(t("left this disk so far: {count} files, {size}",
                           count=here.left.files, size=_carried.size(here.left.bytes)))  # fmt: skip
        last = waiting.receipt
        facts.append(t("last receipt {at}", at=text.moment(last)) if last else t("no receipt yet"))
        return [*facts, t("fingerprint {print}", print=here.fingerprint)]

    def _pages_of(self) -> tuple[Page, ...]:
        return (
            Page("receipts", mark("Receipts"), RECEIPTS, lambda: (outbox.receipts, (), {}), self._receipt_rows,
                 self._about, mark("Enter sends by net; W writes a stick; T takes in the reply that comes back."),
                 mark("No receipt yet: until one comes, the only copy is in this van.")),
            Page("sets", mark("Sets from the county"), SETS, lambda: (sets.here, (), {}), set_rows, self._about_set,
                 mark("With a set that is over you may still test; results and slips say so."),
                 mark("No set has come yet.")),
        )  # fmt: skip

    def _receipt_rows(self, found: Sequence[Kept]) -> list[Row]:
        self._receipts = {one.id: one for one in found}
        return [
            Row(one.id, (text.moment(one.at), one.last - 1, one.county_size,
                         t("○ yes") if one.joined else t("╳ no: two histories"), one.bundle[:12]),
                "" if one.joined else "positive")
            for one in found
        ]  # fmt: skip

    def _about(self, key: str) -> str:
        one = self._receipts.get(key)
        if one is None:
            return ""
        lines = [text.moment(one.at), t("The county proved that it holds {count} entries.", count=one.last)]
        if not one.joined:
            lines.append(t("The county's log did not grow from the one known here. Both heads are kept; tell the "
                           "quality manager."))  # fmt: skip
        return "\n\n".join(lines)

    @staticmethod
    def _about_set(kind: str) -> str:
        return f"{words(f'set_kind.{kind}')}\n{t('A newer one comes with a reply from the county.')}"

    # Acts -------------------------------------------------------------------------------------------------

    def _acts_of(self) -> tuple[Act, ...]:
        return (
            Act("address", ("receipts", "sets"), mark("Address of the county"), "U", SETTERS,
                lambda _, said: Doing(members.address, (text_of(said, "url"),)), _url_fields,
                lambda _: {"url": self._here.url}, on_row=False),
            Act("take", ("receipts", "sets"), mark("Take in a reply"), "T", ANYBODY,
                lambda _, said: taking(self.desk, self._traffic, text_of(said, "folder")), take_fields,
                self._places, on_row=False),
            Act("write", ("receipts", "sets"), mark("Write to a stick"), "W", ANYBODY, self._write, take_fields,
                self._places, on_row=False),
            Act("free", ("receipts", "sets"), mark("Free the disk"), "F", SETTERS, self._clear,
                _free_fields, self._places, on_row=False, says=FREES),
            Act("send", ("receipts", "sets"), mark("Send by net"), "Return", ANYBODY, self._send, on_row=False,
                refuses=lambda _: self._unsendable()),
        )  # fmt: skip

    def _unsendable(self) -> str:
        if self._here.url != "/":
            return ""
        if self.desk.may(SETTERS):
            return t("no address is known: U sets it")
        return t("no address is known; W writes a stick")

    def _places(self, _: str) -> dict[str, str]:
        return {"folder": self._here.places[-1]} if self._here.places else {}

    def _write(self, _: str, said: Answers) -> Doing:
        return Doing(self._traffic.write, (text_of(said, "folder"),), apart=True, told=_carried.made)

    def _clear(self, _: str, said: Answers) -> Doing:
        return Doing(self._traffic.free, (text_of(said, "folder"),), apart=True, told=_carried.freed)

    def _send(self, _: str, __: Answers) -> Doing:
        def work(_: Any, *, job: Any) -> object:  # noqa: ANN401 - the door, which is not needed, and the job
            return self._traffic.send(job.step)

        return Doing(work, apart=True, words=mark("Sending to the county …"), told=_carried.sent)


def _figures(here: Here) -> str:
    waiting = here.waiting
    figures = t("{count} acts · {size}", count=waiting.entries, size=_carried.size(waiting.bytes))
    return f"{figures} · {_carried.age(waiting.since)}" if waiting.since else figures


def _free_fields() -> tuple[Field, ...]:
    return (
        Field(
            "folder", mark("Stick or folder with the county's reply"), "folder", required=True, slash=False
        ),
    )


def _url_fields() -> tuple[Field, ...]:
    return (
        Field(
            "url",
            mark("Where the county is reached"),
            slash=True,
            hint=mark("https://…:8443, / for stick alone"),
        ),
    )
