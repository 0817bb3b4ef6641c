"""The rules in force with source, clause and who confirmed them; a change is proposed here and published by another."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from gui.desk import Desk
from gui.screens import _board_fields, _curve_fields, _method_fields
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.screens._places import Places
from gui.screens._rule_fields import (
    clock_fields,
    clock_filled,
    days_of,
    holiday_fields,
    paper_fields,
    path_fields,
    share_fields,
    share_filled,
    weights_of,
)
from gui.widgets import terms
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.errors import Invalid
from lims.queries import methods, rules
from lims.queries.editions import Line
from lims.queries.methods import Known
from lims.queries.rules import Dated, Paper, Proposal, Spread, Timed
from lims.rules import methods as methods_
from lims.rules import regulation
from lims.services import edition
from lims.services import rules as acts
from lims.text import mark, t

TITLE = mark("Rules")
ICON = "settings"
ORDER = 107
NEEDS = None
MAY = ("manager", "signatory")

CLOCKS = (
    Column("label", mark("Legal clock"), 200), Column("amount", mark("Length"), 130, keeps=True, whole=True),
    Column("law", mark("Law"), 96),
    Column("clause", mark("Where it is written"), 136), Column("from", mark("From"), 100, whole=True),
    Column("mark", mark("Checked"), 150, keeps=True),
)  # fmt: skip
METHODS = (
    Column("number", mark("Method"), 152), Column("item", mark("Item"), 130), Column("title", mark("How"), 170),
    Column("decides", mark("Judges by"), 244), Column("from", mark("From"), 88, whole=True),
    Column("until", mark("Until"), 88, whole=True), Column("mark", mark("Checked"), 130, keeps=True),
)  # fmt: skip
DAYS = (
    Column("day", mark("Day"), 110), Column("works", mark("Works"), 90), Column("name", mark("Holiday"), 110),
    Column("source", mark("Where it is written"), 300), Column("mark", mark("Checked"), 150, keeps=True),
)  # fmt: skip
SHARES = (
    Column("group", mark("Product group"), 150), Column("weight", mark("Weight in the plan"), 70, "number"),
    Column("department", mark("Department"), 140), Column("stages", mark("Stages"), 330),
)  # fmt: skip
PAPERS = (
    Column("title", mark("Paper"), 220), Column("number", mark("Edition"), 110), Column("since", mark("From"), 110),
    Column("by", mark("Published by"), 130),
)  # fmt: skip
EDITIONS = (
    Column("name", mark("Text"), 130), Column("number", mark("Edition"), 60, "number"),
    Column("state", mark("State"), 100), Column("from", mark("From"), 104), Column("by", mark("Proposed by"), 96),
    Column("published", mark("Decided by"), 96), Column("reason", mark("Reason"), 180),
)  # fmt: skip


def checked(verified: bool, confirmed: str) -> str:
    """Say whether and by whom a rule was checked at its source."""
    if confirmed:
        return f"✓ {confirmed}"
    return t("✓ checked") if verified else t("△ unverified default")


def propose_paper(door: Any, name: str, path: str, day: date, reason: str) -> object:  # noqa: ANN401 - the door
    """Read a paper's text from a file and propose it; for a worker thread.

    Raises:
        Invalid: there is no such file, it is no text, or what the laboratory refuses of it.
    """
    try:
        content = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Invalid("sheet.missing", file=path) from None
    return door.do(edition.propose, f"paper.{name}", content, effective_from=day, reason=reason)


def save_text(_: Any, path: str, content: str) -> None:  # noqa: ANN401 - the door is not needed
    """Write a paper's text to a new file; for a worker thread.

    Raises:
        Invalid: it is there already, or it cannot be written.
    """
    try:
        with Path(path).open("x", encoding="utf-8") as file:
            file.write(content)
    except OSError as fault:
        raise Invalid("rule.file", file=path, fault=fault.strerror or "") from None


class Screen(Ledger):
    """Clocks, methods, holidays, the plan's shares, papers, and the editions that wait for a second person."""

    def __init__(self, desk: Desk) -> None:
        self._clocks: dict[str, Timed] = {}
        self._methods: dict[str, Known] = {}
        self._days: dict[str, Dated] = {}
        self._spread: Spread | None = None
        self._papers: dict[str, Paper] = {}
        self._editions: dict[str, Proposal] = {}
        self._places = Places(lambda: self.key)
        super().__init__(desk, TITLE, self._pages_of(), self._acts_of())

    def _pages_of(self) -> tuple[Page, ...]:
        return (
            Page("clocks", mark("Clocks"), CLOCKS, lambda: (rules.clocks, (), {}), self._clock_rows,
                 self._about_clock, mark("F2 proposes another length; starts before its first day count as before."),
                 mark("No clock is known.")),
            Page("days", mark("Working days"), DAYS, lambda: (rules.days, (), {}), self._day_rows, self._about_day,
                 mark("F2 enters a holiday with the days worked instead; a year without any is unknown."),
                 mark("No holiday was entered.")),
            Page("shares", mark("Shares of the plan"), SHARES, lambda: (rules.shares, (), {}), self._share_rows,
                 self._about_shares, mark("F2 proposes other weights; only their ratio counts."),
                 mark("No shares are known.")),
            Page("papers", mark("Papers"), PAPERS, lambda: (rules.papers, (), {}), self._paper_rows,
                 self._about_paper, mark("F6 saves a paper's text, F2 proposes an edited one."),
                 mark("No paper is known.")),
            Page("methods", mark("Methods"), METHODS, lambda: (methods.listed, (), {}), self._method_rows,
                 self._about_method,
                 mark("F2: other figures; F6: a curve or plate; F3: a new method; old results keep theirs."),
                 mark("No method is known.")),
            self._places.page(),
            Page("editions", mark("Editions"), EDITIONS, lambda: (rules.proposals, (), {}), self._edition_rows,
                 self._about_edition, mark("F4 publishes what another person proposed, F8 refuses it."),
                 mark("Nothing was changed yet: the texts that ship with the program are in force.")),
        )  # fmt: skip

    def _clock_rows(self, found: Sequence[Timed]) -> list[Row]:
        self._clocks = {one.mark: one for one in found}
        return [
            Row(one.mark, (terms.said(one.clock.label), length(one), _law(one.clock.regime),
                           terms.cited(one.clock.source, one.clock.clause), one.clock.effective_from.isoformat(),
                           checked(one.clock.verified, one.confirmed)))
            for one in found
        ]  # fmt: skip

    def _method_rows(self, found: Sequence[Known]) -> list[Row]:
        self._methods = {one.mark: one for one in found}
        return [
            Row(one.mark, (_method_fields.named(one.method), terms.said(one.method.item),
                           terms.said(one.method.title), _method_fields.decides(one.method),
                           one.method.effective_from.isoformat(),
                           one.method.effective_to.isoformat() if one.method.effective_to else "",
                           checked(one.method.verified, one.confirmed)))
            for one in found
        ]  # fmt: skip

    def _day_rows(self, found: Sequence[Dated]) -> list[Row]:
        self._days = {one.day.day.isoformat(): one for one in found}
        return [
            Row(one.day.day.isoformat(), (one.day.day.isoformat(), t("works") if one.day.works else t("rests"),
                                          one.day.name, one.day.source, checked(one.day.verified, one.confirmed)))
            for one in found
        ]  # fmt: skip

    def _share_rows(self, found: Spread) -> list[Row]:
        self._spread = found
        return [
            Row(one.code, (_term("product_group", one.code), one.weight, _term("department", one.department),
                           " · ".join(f"{_term('stage', stage)} {n}" for stage, n in one.stages.items())))
            for one in found.shares.groups
        ]  # fmt: skip

    def _paper_rows(self, found: Sequence[Paper]) -> list[Row]:
        self._papers = {one.name: one for one in found}
        return [
            Row(one.name, (one.title, t("edition {n}", n=one.number) if one.number else t("the text that ships"),
                           one.since.isoformat() if one.since else "", one.by))
            for one in found
        ]  # fmt: skip

    def _edition_rows(self, found: Sequence[Proposal]) -> list[Row]:
        self._editions = {each.line.id: each for each in found}
        return [
            Row(one.id, (_text_name(one.name), one.number,
                         _state(one), one.effective_from.isoformat(),
                         one.proposed_by, one.published_by or one.refused_by, one.reason))
            for one in (each.line for each in found)
        ]  # fmt: skip

    # What is known of a row -------------------------------------------------------------------------------

    def _about_clock(self, key: str) -> str:
        one = self._clocks.get(key)
        if one is None:
            return ""
        rule = one.clock
        lines = [terms.said(rule.label), length(one), terms.cited(rule.source, rule.clause)]
        lines += [t("for edible farm produce alone")] if rule.farm else []
        lines += [t("in force from {day}", day=rule.effective_from.isoformat())]
        lines += [t("until {day}", day=rule.effective_to.isoformat())] if rule.effective_to else []
        return "\n".join([*lines, checked(rule.verified, one.confirmed), rule.id])

    def _about_method(self, key: str) -> str:
        one = self._methods.get(key)
        return _method_fields.about(one, checked(one.method.verified, one.confirmed)) if one else ""

    def _about_day(self, key: str) -> str:
        one = self._days.get(key)
        if one is None:
            return ""
        state = checked(one.day.verified, one.confirmed)
        hint = t("F4 confirms the arrangement of the whole year {year}.", year=one.day.day.year)
        return "\n".join([f"{key} {one.day.name}", one.day.source, state, hint])

    def _about_shares(self, _: str) -> str:
        if self._spread is None:
            return ""
        found = self._spread.shares
        months = " ".join(map(str, found.months))
        lines = [t("How a year is spread"), found.source, checked(found.verified, self._spread.confirmed)]
        return "\n".join([*lines, t("Weights of the months: {months}", months=months)])

    def _about_paper(self, key: str) -> str:
        one = self._papers.get(key)
        return f"{one.title}\n{one.text}" if one else ""

    def _about_edition(self, key: str) -> str:
        found = self._editions.get(key)
        if found is None:
            return ""
        one = found.line
        lines = [f"{_text_name(one.name)} · {t('edition {n}', n=one.number)}", one.reason]
        lines += [t("proposed by {who} on {day}", who=one.proposed_by, day=text.date(one.proposed_at))]
        lines += [t("refused by {who}: {why}", who=one.refused_by, why=one.refusal)] if one.refused_by else []
        lines += ["", t("What it changes:"), *found.changes] if found.changes else []
        return "\n".join(lines)

    # Acts -------------------------------------------------------------------------------------------------

    def _acts_of(self) -> tuple[Act, ...]:
        return (
            Act("clock", ("clocks",), mark("Propose another length"), "F2", MAY, self._clock, clock_fields,
                fill=lambda key: clock_filled(self._clocks.get(key))),
            Act("method", ("methods",), mark("Propose other figures"), "F2", MAY, self._method,
                lambda: _method_fields.change_fields(self._methods.get(self.key)),
                fill=lambda key: _method_fields.filled(self._methods.get(key))),
            Act("new_method", ("methods",), mark("Propose a new method"), "F3", MAY, self._new_method,
                _method_fields.new_fields, on_row=False),
            Act("curve", ("methods",), mark("Propose a curve or plate"), "F6", MAY, self._method,
                _curve_fields.change_fields, fill=lambda key: _curve_fields.filled(self._methods.get(key)),
                refuses=self._no_curve),
            *(
                Act(f"board_{measure}", ("methods",), word, key, MAY, self._method,
                    partial(_board_fields.fields, measure),
                    fill=partial(self._board_filled, measure),
                    refuses=self._no_board)
                for measure, key, word in (("absorbance", "F7", mark("Assay in cuvettes")),
                                           ("gray", "F9", mark("Assay on cards")))
            ),
            Act("holiday", ("days",), mark("Enter a holiday"), "F2", MAY, self._holiday, holiday_fields, on_row=False),
            Act("shares", ("shares",), mark("Propose other weights"), "F2", MAY, self._shares, share_fields,
                fill=lambda _: share_filled(self._spread), on_row=False),
            Act("confirm", ("clocks", "methods", "days", "shares"), mark("Confirm at the source"), "F4", MAY,
                self._confirm, _source_fields, refuses=self._confirmed),
            Act("save", ("papers",), mark("Save its text"), "F6", MAY, self._save_text, path_fields,
                fill=lambda key: {"file": str(Path.home() / f"{key}.toml")}),
            Act("paper", ("papers",), mark("Propose an edited text"), "F2", MAY, self._paper, paper_fields),
            Act("publish", ("editions",), mark("Publish"), "F4", MAY, self._publish, refuses=self._published),
            Act("refuse", ("editions",), mark("Refuse"), "F8", MAY, self._refuse, _reason_fields,
                refuses=self._published),
            *self._places.acts(),
        )  # fmt: skip

    def _mark_of(self, key: str) -> tuple[str, str, bool]:
        """Return mark, confirmation and whether it was checked, of a row of the page."""
        if self.page.name == "clocks" and key in self._clocks:
            one = self._clocks[key]
            return one.mark, one.confirmed, one.clock.verified
        if self.page.name == "methods" and key in self._methods:
            known = self._methods[key]
            return known.mark, known.confirmed, known.method.verified
        if self.page.name == "days" and key in self._days:
            day = self._days[key]
            return day.mark, day.confirmed, day.day.verified
        if self.page.name == "shares" and self._spread:
            return self._spread.mark, self._spread.confirmed, self._spread.shares.verified
        return "", "", False

    def _confirmed(self, key: str) -> str:
        _, confirmed, verified = self._mark_of(key)
        if confirmed:
            return t("it was confirmed by {who}", who=confirmed)
        return t("it was checked already") if verified else ""

    def _published(self, key: str) -> str:
        found = self._editions.get(key)
        if found is not None and found.line.refused_by:
            return t("it was refused")
        return t("it is published already") if found is not None and found.line.published_by else ""

    def _no_curve(self, key: str) -> str:
        known = self._methods.get(key)
        return "" if known is not None and known.method.takes_curve else t("it judges no content")

    def _board_filled(self, measure: str, key: str) -> Mapping[str, str]:
        return _board_fields.filled(self._methods.get(key), measure)

    def _no_board(self, key: str) -> str:
        known = self._methods.get(key)
        runs = known is not None and known.method.runs_on_boards
        return "" if runs else t("it runs on no photometer board")

    def _clock(self, key: str, answers: Answers) -> Doing:
        changes = {
            "amount": int(str(answers["amount"])),
            **{name: text_of(answers, name) for name in ("unit", "source", "clause")},
        }
        day = {"effective_from": answers["from"], "reason": text_of(answers, "reason")}
        return Doing(acts.clock, (self._clocks[key].clock.id, changes), day)

    def _method(self, key: str, answers: Answers) -> Doing:
        named = {"effective_from": answers["from"], "reason": text_of(answers, "reason")}
        return Doing(acts.method, (self._methods[key].method.id, _method_fields.said(answers)), named)

    @staticmethod
    def _new_method(_: str, answers: Answers) -> Doing:
        named = {"effective_from": answers["from"], "reason": text_of(answers, "reason")}
        return Doing(acts.new_method, (text_of(answers, "id"), _method_fields.said(answers)), named)

    @staticmethod
    def _holiday(_: str, answers: Answers) -> Doing:
        rests = (answers["first"], answers["last"])
        worked = days_of(text_of(answers, "worked"))
        return Doing(
            acts.holiday, (text_of(answers, "name"), rests, worked), {"source": text_of(answers, "source")}
        )

    @staticmethod
    def _shares(_: str, answers: Answers) -> Doing:
        weights, months = weights_of(answers)
        named = {"year": int(text_of(answers, "year")), "source": text_of(answers, "source")}
        return Doing(acts.shares, (weights, months), named)

    def _confirm(self, key: str, answers: Answers) -> Doing:
        return Doing(acts.confirm, (self._mark_of(key)[0],), {"source": text_of(answers, "source")})

    def _save_text(self, key: str, answers: Answers) -> Doing:
        return Doing(save_text, (text_of(answers, "file"), self._papers[key].text), apart=True)

    @staticmethod
    def _paper(key: str, answers: Answers) -> Doing:
        told = (key, text_of(answers, "file"), answers["from"], text_of(answers, "reason"))
        return Doing(propose_paper, told, apart=True)

    @staticmethod
    def _publish(key: str, _: Answers) -> Doing:
        return Doing(edition.publish, (), {"edition": key})

    @staticmethod
    def _refuse(key: str, answers: Answers) -> Doing:
        return Doing(edition.refuse, (), {"edition": key, "reason": text_of(answers, "reason")})


def _state(one: Line) -> str:
    if one.refused_by:
        return t("refused")
    return t("published") if one.published_by else t("waits")


def _reason_fields() -> tuple[Field, ...]:
    return (Field("reason", mark("Reason"), required=True, slash=False),)


def length(one: Timed) -> str:
    """Return a clock's length in words."""
    return f"{one.clock.amount} {text.words(f'clock_unit.{one.clock.unit}')}"


def _law(regime: str) -> str:
    return text.words(f"clock_law.{regime or 'any'}")


def _term(vocabulary: str, code: str) -> str:
    found = regulation.term(vocabulary, code)
    return terms.said((found.zh, found.en))


def _text_name(name: str) -> str:
    return text.words(f"rule_text.{name.replace('.', '_')}")


def _source_fields() -> tuple[Field, ...]:
    hint = mark("document, table, page")
    return (Field("source", mark("Where it was read"), required=True, slash=False, hint=hint),)


def _kit_chosen(screen: Screen) -> None:
    screen.tables["methods"].choose(methods_.shipped().method("KIT-CAP-ELISA").mark)
    screen.begin("curve")


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [
        ("clock", lambda: screen.begin("clock")),
        ("days", lambda: screen.turn("days")),
        ("holiday", lambda: screen.begin("holiday")),
        ("shares", lambda: screen.turn("shares")),
        ("weights", lambda: screen.begin("shares")),
        ("papers", lambda: screen.turn("papers")),
        ("methods", lambda: screen.turn("methods")),
        ("method", lambda: screen.begin("method")),
        ("board", lambda: screen.begin("board_absorbance")),
        ("curve", lambda: _kit_chosen(screen)),
        ("new_method", lambda: screen.begin("new_method")),
        ("places", lambda: screen.turn("places")),
        ("editions", lambda: screen.turn("editions")),
    ]
