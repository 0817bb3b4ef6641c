"""The pages of the quality screen on nonconforming work, the results it holds, and runs that wait for an override."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

from gui.desk import Desk
from gui.screens import _codes
from gui.screens._ledger import Act, Answers, Doing, Page, text_of
from gui.widgets import terms
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import clock, text
from lims.queries import nonconforming, readiness
from lims.queries.nonconforming import Held, Work
from lims.queries.people import Person
from lims.queries.readiness import Asked
from lims.rules import regulation
from lims.services import nonconform, override
from lims.services.nonconform import Trouble
from lims.text import mark, t

WORKS = (
    Column("at", mark("Opened"), 104), Column("what", mark("Kind"), 100), Column("detail", mark("What happened"), 220),
    Column("state", mark("State"), 84), Column("owner", mark("Owner"), 76), Column("due", mark("Due"), 104),
    Column("held", mark("Held"), 54, "number"),
)  # fmt: skip
HELD = (
    Column("sample", mark("Number"), 150), Column("word", mark("Verdict"), 90, "verdict"),
    Column("state", mark("State"), 90), Column("slip", mark("Slip"), 80),
    Column("what", mark("Because of"), 240), Column("why", mark("Reason"), 160),
)  # fmt: skip
OVERRIDES = (
    Column("at", mark("Asked"), 156), Column("instrument", mark("Instrument name"), 110),
    Column("method", mark("Method"), 150), Column("lot", mark("Lot"), 90),
    Column("who", mark("Asked by"), 80), Column("state", mark("State"), 80), Column("reason", mark("Reason"), 160),
)  # fmt: skip
ANYBODY = ("technician", "reviewer", "manager")


class Works:
    """What the quality screen shows and does about work that was not as it should be."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.people: Sequence[Person] = ()
        self._works: dict[str, Work] = {}
        self._held: dict[str, tuple[Held, Work]] = {}
        self._asked: dict[str, Asked] = {}

    def pages(self) -> tuple[Page, ...]:
        """Return the pages."""
        return (
            Page("works", mark("Nonconforming work"), WORKS, lambda: (nonconforming.works, (), {"closed": True}),
                 self._work_rows, self._about, mark("Open work that blocks keeps the runs it touches from starting."),
                 mark("No nonconforming work.")),
            Page("held", mark("Held results"), HELD, lambda: (nonconforming.works, (), {}), self._held_rows, str,
                 mark("A held result is neither approved nor printed until it is released."),
                 mark("No result is held.")),
            Page("overrides", mark("Overrides"), OVERRIDES, lambda: (readiness.overrides, (), {}), self._asked_rows,
                 self._about_asked, mark("The quality manager decides; another person must have asked."),
                 mark("Nobody asked for an override.")),
        )  # fmt: skip

    def _work_rows(self, found: Sequence[Work]) -> list[Row]:
        self._works = {one.id: one for one in found}
        return [
            Row(one.id, (text.date(one.opened_at), terms.term("nonconformity_kind", one.what), one.detail,
                         text.words(f"work_state.{one.state}"), one.owner_name, one.due_on.isoformat(), len(one.held)))
            for one in found
        ]  # fmt: skip

    def _held_rows(self, found: Sequence[Work]) -> list[Row]:
        self._held = {one.id: (one, work) for work in found for one in work.held}
        return [
            Row(key, (one.sample, one.word, text.words(f"hold_state.{one.state}"), t("issued") if one.slip else "—",
                      work.detail, one.why))
            for key, (one, work) in self._held.items()
        ]  # fmt: skip

    def _asked_rows(self, found: Sequence[Asked]) -> list[Row]:
        self._asked = {one.id: one for one in found}
        return [
            Row(one.id, (text.moment(one.asked_at), one.instrument, _codes.method(one.method), one.lot, one.asked_by,
                         text.words(f"override_state.{one.state}"), one.reason))
            for one in found
        ]  # fmt: skip

    def _about(self, key: str) -> str:
        one = self._works.get(key)
        if one is None:
            return ""
        touched = [part for part in (one.instrument, _codes.method(one.method), one.lot) if part]
        lines = [terms.term("nonconformity_kind", one.what), one.detail,
                 t("Touches: {what}", what=" · ".join(touched) or t("everything")),
                 t("Since {at}, opened by {who}", at=text.moment(one.since), who=one.opened_by)]  # fmt: skip
        lines += [t("It blocks the runs it touches.")] if one.blocks and one.state != "closed" else []
        for label, said in (
            (mark("Cause"), one.cause),
            (mark("Corrected by"), one.action),
            (mark("Effect"), one.effect),
        ):
            lines += [f"{t(label)}: {said}"] if said else []
        lines += [t("Closed by {who}", who=one.closed_by)] if one.closed_by else []
        return "\n".join(lines)

    def _about_asked(self, key: str) -> str:
        one = self._asked.get(key)
        if one is None:
            return ""
        missing = [f"✗ {text.sentence(problem)}" for problem in one.blockers]
        decided = [t("{state} by {who}", state=text.words(f"override_state.{one.state}"), who=one.decided_by)]
        return "\n".join([f"{one.instrument} · {one.lot}", *missing, *(decided if one.decided_by else [])])

    # Acts -------------------------------------------------------------------------------------------------

    def acts(self) -> tuple[Act, ...]:
        """Return the acts of these pages."""
        return (
            Act("report", ("works",), mark("Report"), "F2", ANYBODY, self._report, self._report_fields, on_row=False),
            Act("correct", ("works",), mark("Tell cause and action"), "F4", ANYBODY, self._correct, _correct_fields,
                refuses=lambda key: self._wrong_state(key, "open", "corrected")),
            Act("close", ("works",), mark("Close it"), "F6", ("manager", "reviewer"), self._close, _effect_fields,
                refuses=lambda key: self._wrong_state(key, "corrected")),
            Act("release", ("held",), mark("Release it"), "F4", ("manager", "reviewer"), self._settled(release=True),
                _reason),
            Act("withdraw", ("held",), mark("Withdraw"), "F6", ("manager", "reviewer"), self._settled(release=False),
                _reason),
            Act("grant", ("overrides",), mark("Grant"), "F4", ("manager",), self._decided(grant=True), _reason,
                refuses=self._decided_before),
            Act("refuse", ("overrides",), mark("Refuse it"), "F6", ("manager",), self._decided(grant=False), _reason,
                refuses=self._decided_before),
        )  # fmt: skip

    def _wrong_state(self, key: str, *wanted: str) -> str:
        one = self._works.get(key)
        return (
            t("it is: {state}", state=text.words(f"work_state.{one.state}"))
            if one and one.state not in wanted
            else ""
        )

    def _decided_before(self, key: str) -> str:
        one = self._asked.get(key)
        return t("it was decided already") if one is not None and one.state != "asked" else ""

    def _report_fields(self) -> tuple[Field, ...]:
        kinds = tuple(
            (one.code, terms.said((one.zh, one.en))) for one in regulation.vocabulary("nonconformity_kind")
        )
        owners = tuple((one.id, one.name) for one in self.people)
        return (
            Field("what", mark("Kind"), "choice", kinds, required=True, slash=False),
            Field("detail", mark("What happened"), required=True, slash=False),
            Field("since", mark("Results may be wrong since"), "date", required=True, slash=False),
            Field("instrument", mark("Instrument (empty: any)")),
            Field("method", mark("Method (empty: any)")),
            Field("lot", mark("Lot (empty: any)")),
            Field("owner", mark("Owner"), "choice", owners, required=True, slash=False),
            Field("due_on", mark("Due"), "date", required=True, slash=False),
            Field("blocks", mark("No run it touches may start"), "check"),
        )

    @staticmethod
    def _report(_: str, answers: Answers) -> Doing:
        trouble = Trouble(
            text_of(answers, "what"), text_of(answers, "detail"), text_of(answers, "owner"), _day(answers, "due_on"),
            datetime.combine(_day(answers, "since"), time(), clock.ZONE).astimezone(UTC),
            text_of(answers, "instrument"), text_of(answers, "method"), text_of(answers, "lot"),
            bool(answers.get("blocks")),
        )  # fmt: skip
        return Doing(nonconform.report, (trouble,))

    @staticmethod
    def _correct(key: str, answers: Answers) -> Doing:
        return Doing(
            nonconform.correct, (key,), {name: text_of(answers, name) for name in ("cause", "action")}
        )

    def _close(self, key: str, answers: Answers) -> Doing:
        record = t("Close nonconforming work: {detail}", detail=self._works[key].detail)
        return Doing(nonconform.close, (key,), {"effect": text_of(answers, "effect")}, "批准", record)

    @staticmethod
    def _settled(*, release: bool) -> Callable[[str, Answers], Doing]:
        def do(key: str, answers: Answers) -> Doing:
            return Doing(
                nonconform.settle, (key,), {"release": release, "reason": text_of(answers, "reason")}
            )

        return do

    def _decided(self, *, grant: bool) -> Callable[[str, Answers], Doing]:
        def do(key: str, answers: Answers) -> Doing:
            one = self._asked[key]
            values = {"grant": grant, "reason": text_of(answers, "reason")}
            told = "；".join(text.sentence(problem) for problem in one.blockers)
            record = t("Override for {instrument}, lot {lot}: {missing}", instrument=one.instrument, lot=one.lot,
                       missing=told)  # fmt: skip
            return Doing(override.decide, (key,), values, "批准", record)

        return do


def _day(answers: Answers, name: str) -> date:
    value = answers.get(name)
    return value if isinstance(value, date) else date.min


def _reason() -> tuple[Field, ...]:
    return (Field("reason", mark("Reason"), required=True, slash=False),)


def _correct_fields() -> tuple[Field, ...]:
    return (Field("cause", mark("Cause"), required=True, slash=False),
            Field("action", mark("What was done"), required=True, slash=False))  # fmt: skip


def _effect_fields() -> tuple[Field, ...]:
    return (Field("effect", mark("How the effect was checked"), required=True, slash=False),)
