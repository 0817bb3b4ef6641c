"""Limits: what is in force for a food on a day, values to be confirmed, editions to be published, names of foods."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gui.desk import Desk
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets import terms
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.errors import Invalid
from lims.queries import limits
from lims.queries.limits import Edition, SetAside
from lims.rules import analytes, foods
from lims.rules.limits import Limit
from lims.services import limits as acts
from lims.text import mark, t

TITLE = mark("Limits")
ICON = "note"
ORDER = 106
NEEDS = None
MAY = ("manager", "reviewer", "signatory")

TABLE = (
    Column("analyte", mark("Analyte"), 112), Column("food", mark("Food"), 108),
    Column("value", mark("Allowed"), 114, keeps=True, whole=True),
    Column("standard", mark("Standard"), 104), Column("from", mark("From"), 94, whole=True),
    Column("to", mark("To"), 94, whole=True), Column("mark", mark("Checked"), 184, keeps=True),
)  # fmt: skip
EDITIONS = (
    Column("title", mark("Title"), 200), Column("state", mark("State"), 90), Column("rows", mark("Rows"), 60, "number"),
    Column("aside", mark("Set aside"), 70, "number"), Column("by", mark("Proposed by"), 90),
    Column("at", mark("Proposed"), 104), Column("decided", mark("Decided by"), 90), Column("file", mark("File"), 140),
)  # fmt: skip
ASIDE = (
    Column("line", mark("Row"), 50, "number"), Column("why", mark("Why it may not judge"), 420),
    Column("cells", mark("As it came"), 360),
)  # fmt: skip


def figure(limit: Limit) -> str:
    """Return a limit's figure, or the word of a ban."""
    return (
        f"{limit.value} {limit.unit}" if limit.value is not None else text.words(f"limit_kind.{limit.kind}")
    )


def checked(limit: Limit) -> str:
    """Say whether and by whom a limit was checked at its source."""
    if limit.confirmed:
        return f"✓ {limit.confirmed}"
    if not limit.verified:
        return t("△ unverified default")
    return t("✓ checked") if limit.days_verified else t("✓ checked, days not")


def propose_file(door: Any, path: str, title: str) -> object:  # noqa: ANN401 - the laboratory's door
    """Read a table of limits and propose it as an edition; for a worker thread.

    Raises:
        Invalid: there is no such file, or what the laboratory refuses of it.
    """
    file = Path(path)
    if not file.is_file():
        raise Invalid("sheet.missing", file=path)
    return door.do(acts.propose, name=file.name, data=file.read_bytes(), title=title)


class Screen(Ledger):
    """The limits in force, searched by food, analyte and day; editions; the rows of one that were set aside."""

    def __init__(self, desk: Desk) -> None:
        self._limits: dict[str, Limit] = {}
        self._editions: dict[str, Edition] = {}
        self._edition = ""
        self._wanted: dict[str, Any] = {}
        super().__init__(desk, TITLE, self._pages_of(), self._acts_of())

    def _pages_of(self) -> tuple[Page, ...]:
        return (
            Page("table", mark("In force"), TABLE, lambda: (limits.table, (), self._wanted), self._limit_rows,
                 self._about, mark("F searches by food, analyte and day; the limit in force that day judges."),
                 mark("No limit is known for this food and analyte on that day.")),
            Page("editions", mark("Editions"), EDITIONS, lambda: (limits.editions, (), {}), self._edition_rows,
                 self._about_edition, mark("An edition judges once another person than its proposer published it."),
                 mark("No edition of our own yet: F2 proposes a table.")),
            Page("aside", mark("Set aside"), ASIDE, self._ask_aside, self._aside_rows, str,
                 mark("Rows of the edition chosen before that may not judge, each with its reasons."),
                 mark("No row of this edition was set aside.")),
        )  # fmt: skip

    def turn(self, name: str) -> None:
        """Keep the edition under the cursor for the page of its rows."""
        if self.page.name == "editions" and self.key:
            self._edition = self.key
        super().turn(name)

    def _ask_aside(self) -> tuple[Callable[..., object], tuple[object, ...], dict[str, object]]:
        return limits.quarantine, (self._edition,), {}

    def _limit_rows(self, found: Sequence[Limit]) -> list[Row]:
        self._limits = {one.id: one for one in found}
        return [
            Row(one.id, (_analyte(one.analyte), _food(one.food), figure(one), one.standard,
                         one.effective_from.isoformat(), one.effective_to.isoformat() if one.effective_to else "",
                         checked(one)))
            for one in found
        ]  # fmt: skip

    def _edition_rows(self, found: Sequence[Edition]) -> list[Row]:
        self._editions = {one.id: one for one in found}
        return [
            Row(one.id, (one.title, text.words(f"edition_state.{one.state}"), one.rows, one.aside, one.proposed_by,
                         text.date(one.proposed_at), one.decided_by, one.file))
            for one in found
        ]  # fmt: skip

    @staticmethod
    def _aside_rows(found: Sequence[SetAside]) -> list[Row]:
        return [
            Row(str(one.line), (one.line, "；".join(text.sentence(why) for why in one.reasons),
                                " | ".join(cell for cell in one.cells.values() if cell)))
            for one in found
        ]  # fmt: skip

    def _about(self, key: str) -> str:
        one = self._limits.get(key)
        if one is None:
            return ""
        known = analytes.analytes()[one.analyte]
        lines = [
            f"{_analyte(one.analyte)} · {_food(one.food)}",
            figure(one),
            f"{one.standard} {one.clause}".strip(),
        ]
        lines.append(
            t("Classes: {classes}", classes=" ‹ ".join(_food(code) for code in foods.ancestry(one.food)))
        )
        lines += (
            [t("Not for: {foods}", foods="、".join(_food(code) for code in one.excepted))]
            if one.excepted
            else []
        )
        lines += [t("Counts: {residue}", residue=known.residue)] if known.residue else []
        lines += [f"CAS {known.cas}"] if known.cas else []
        lines += [t("Source: {source}", source=one.source), checked(one), one.id]
        return "\n".join(lines)

    def _about_edition(self, key: str) -> str:
        one = self._editions.get(key)
        if one is None:
            return ""
        lines = [
            one.title,
            text.words(f"edition_state.{one.state}"),
            t("Source: {source}", source=one.source),
        ]
        lines += [one.reason] if one.reason else []
        return "\n".join(lines)

    # Acts -------------------------------------------------------------------------------------------------

    def _acts_of(self) -> tuple[Act, ...]:
        return (
            Act("search", ("table",), mark("Search"), "F", ("technician", "sampler", "administrator", *MAY),
                self._search, _search_fields, on_row=False),
            Act("confirm", ("table",), mark("Confirm at the source"), "F4", MAY, self._confirm, _source_fields,
                refuses=self._confirmed),
            Act("name", ("table",), mark("Name a food"), "F6", ("technician", "reviewer", "manager"), self._name,
                _name_fields, on_row=False),
            Act("propose", ("table", "editions"), mark("Propose a table"), "F2", MAY, self._propose, _file_fields,
                on_row=False),
            Act("publish", ("editions",), mark("Publish"), "F4", MAY, self._publish, refuses=self._decided),
            Act("refuse", ("editions",), mark("Refuse it"), "F6", MAY, self._refuse, _reason_fields,
                refuses=self._decided),
        )  # fmt: skip

    def _confirmed(self, key: str) -> str:
        one = self._limits.get(key)
        return t("it was confirmed by {who}", who=one.confirmed) if one is not None and one.confirmed else ""

    def _decided(self, key: str) -> str:
        one = self._editions.get(key)
        return t("it was decided already") if one is not None and one.state != "proposed" else ""

    def _search(self, _: str, answers: Answers) -> Doing:
        on = answers.get("on")
        self._wanted = {
            "food": text_of(answers, "food"),
            "analyte": text_of(answers, "analyte"),
            **({"on": on} if isinstance(on, date) else {}),
        }
        return Doing(lambda _door: None, apart=True)

    @staticmethod
    def _confirm(key: str, answers: Answers) -> Doing:
        return Doing(acts.confirm, (key,), {"source": text_of(answers, "source")})

    @staticmethod
    def _name(_: str, answers: Answers) -> Doing:
        return Doing(acts.name_food, (text_of(answers, "name"),), {"food": text_of(answers, "food")})

    @staticmethod
    def _propose(_: str, answers: Answers) -> Doing:
        return Doing(propose_file, (text_of(answers, "file"), text_of(answers, "title")), apart=True)

    def _publish(self, key: str, _: Answers) -> Doing:
        one = self._editions[key]
        record = t("Publish {title}: {rows} limits, proposed by {who}", title=one.title, rows=one.rows,
                   who=one.proposed_by)  # fmt: skip
        return Doing(acts.publish, (key,), {}, "批准", record)

    @staticmethod
    def _refuse(key: str, answers: Answers) -> Doing:
        return Doing(acts.refuse, (key,), {"reason": text_of(answers, "reason")})


def _food(code: str) -> str:
    found = foods.food(code)
    return terms.said((found.zh, found.en))


def _analyte(code: str) -> str:
    found = analytes.analytes()[code]
    return terms.said((found.zh, found.en))


def _search_fields() -> tuple[Field, ...]:
    return (
        Field("food", mark("Food"), slash=False, hint=mark("name, other name or initials")),
        Field("analyte", mark("Analyte"), slash=False),
        Field("on", mark("Day of sampling or production"), "date", slash=False),
    )


def _source_fields() -> tuple[Field, ...]:
    hint = mark("document, table, page")
    return (Field("source", mark("Where it was read"), required=True, slash=False, hint=hint),)


def _name_fields() -> tuple[Field, ...]:
    return (
        Field("name", mark("Name that samplers write"), required=True, slash=False),
        Field("food", mark("Which food it is"), required=True, slash=False, check=_known),
    )


def _known(value: object) -> str:
    return "" if foods.named(str(value)) else t("The tree of foods has no such name.")


def _file_fields() -> tuple[Field, ...]:
    return (
        Field("file", mark("File (.xlsx or .csv)"), required=True, slash=False),
        Field("title", mark("Title of the edition"), required=True, slash=False),
    )


def _reason_fields() -> tuple[Field, ...]:
    return (Field("reason", mark("Reason"), required=True, slash=False),)


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [
        ("search", lambda: screen.begin("search")),
        ("confirm", lambda: screen.begin("confirm")),
        ("editions", lambda: screen.turn("editions")),
        ("propose", lambda: screen.begin("propose")),
    ]
