"""Quality: control charts, calibrations, training, checks, nonconforming work, and runs that wait for an override."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.screens import _codes, _works
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets import terms
from gui.widgets.controlchart import ControlChart
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.queries import controls, equipment, methods, people
from lims.queries.controls import CalibrationView, Chart, CheckView, Series, TrainingView
from lims.queries.equipment import Owned
from lims.queries.people import Person
from lims.rules import regulation
from lims.rules.methods import Method
from lims.services import quality
from lims.services.quality import Calibrating, Checked, Learning, Target
from lims.text import mark, t

TITLE = mark("Quality")
ICON = "controls"
ORDER = 104
OFTEN = "manager"
NEEDS = "technician manager reviewer"
MANAGER = ("manager",)
MAY = ("technician", "manager")

SERIES = (
    Column("instrument", mark("Instrument name"), 150), Column("method", mark("Method"), 230),
    Column("role", mark("Control"), 130), Column("count", mark("Points"), 70, "number"),
)  # fmt: skip
CALIBRATIONS = (
    Column("instrument", mark("Instrument name"), 130), Column("kind", mark("Kind"), 110),
    Column("done", mark("Done"), 104), Column("due", mark("Due"), 104), Column("left", mark("Days left"), 80, "number"),
    Column("word", mark("Result"), 96, keeps=True), Column("body", mark("Done by"), 120),
    Column("certificate", mark("Certificate"), 110),
)  # fmt: skip
TRAININGS = (
    Column("person", mark("Person"), 90), Column("method", mark("Method"), 170), Column("kind", mark("Kind"), 80),
    Column("done", mark("Done"), 104), Column("until", mark("Until"), 104),
    Column("left", mark("Days left"), 80, "number"),
    Column("word", mark("Result"), 96, keeps=True), Column("trainer", mark("By"), 90),
)  # fmt: skip
CHECKS = (
    Column("at", mark("Day"), 104), Column("kind", mark("Kind"), 100), Column("method", mark("Method"), 150),
    Column("operator", mark("Tester"), 80), Column("expected", mark("Expected"), 80),
    Column("found", mark("Found"), 80),
    Column("figure", mark("Share"), 70, "number"), Column("word", mark("Result"), 80, keeps=True),
)  # fmt: skip


def _word(good: bool) -> str:
    return t("✓ passed") if good else t("✗ failed")


class Screen(Ledger):
    """Six pages; below the controls stands the chart of the one under the cursor."""

    def __init__(self, desk: Desk) -> None:
        self._owned: list[Owned] = []
        self._people: list[Person] = []
        self._methods: list[tuple[str, str]] = []
        self._series: dict[str, Series] = {}
        self._told_rows: dict[str, str] = {}
        self._drawn: Chart | None = None
        self.chart = ControlChart()
        self.works = _works.Works(desk)
        super().__init__(
            desk, TITLE, (*self._pages_of(), *self.works.pages()), (*self._acts_of(), *self.works.acts())
        )

    def below(self) -> Sequence[QWidget]:
        """Show the chart below the table."""
        return (self.chart,)

    def arrived(self, *, page: str = "", **_: object) -> None:
        """Ask who and what there is, and for the page."""
        self.desk.ask(equipment.instruments, then=self._keep_owned, latest="quality.owned", owner=self)
        self.desk.ask(people.people, then=self._keep_people, latest="quality.people", owner=self)
        self.desk.ask(methods.in_force, then=self._keep_methods, latest="quality.methods", owner=self)
        super().arrived(page=page)

    def _keep_owned(self, found: list[Owned]) -> None:
        self._owned = [one for one in found if one.active]

    def _keep_methods(self, found: list[Method]) -> None:
        self._methods = [(one.id, f"{one.designation} {terms.said(one.item)}") for one in found]

    def _keep_people(self, found: list[Person]) -> None:
        self._people = [one for one in found if one.active]
        self.works.people = self._people

    def turn(self, name: str) -> None:
        """Show the chart with the controls alone."""
        super().turn(name)
        self.chart.setVisible(name == "controls")

    # Pages ------------------------------------------------------------------------------------------------

    def _pages_of(self) -> tuple[Page, ...]:
        return (
            Page("controls", mark("Controls"), SERIES, lambda: (controls.series, (), {}), self._series_rows,
                 self._about_series, mark("The chart below shows the control under the cursor."),
                 mark("No control was read yet.")),
            Page("calibrations", mark("Calibrations"), CALIBRATIONS, lambda: (controls.calibrations, (), {}),
                 self._calibration_rows, self._told_of, mark("What is due first stands at the head."),
                 mark("No calibration is on record.")),
            Page("training", mark("Training"), TRAININGS, lambda: (controls.trainings, (), {}), self._training_rows,
                 self._told_of, mark("Who is not trained, examined and authorised for a method may not start a run."),
                 mark("No training is on record.")),
            Page("checks", mark("Checks"), CHECKS, lambda: (controls.checks, (), {}), self._check_rows, self._told_of,
                 mark("Spikes, parallels, blind and retained samples, comparisons with a laboratory."),
                 mark("No check is on record.")),
        )  # fmt: skip

    def _series_rows(self, found: Sequence[Series]) -> list[Row]:
        self._series = {f"{one.method}|{one.instrument}|{one.role}": one for one in found}
        return [
            Row(
                key,
                (one.instrument, _codes.method(one.method), terms.term("position_role", one.role), one.count),
            )
            for key, one in self._series.items()
        ]

    def _moved(self) -> None:
        one = self._series.get(self.key) if self.page.name == "controls" else None
        if one is not None:
            self.desk.ask(controls.chart, one.method, one.instrument, one.role, then=self._draw,
                          latest="quality.chart", owner=self)  # fmt: skip
        super()._moved()

    def _draw(self, found: Chart) -> None:
        self._drawn = found
        self.chart.show_chart(found)
        if self.entering is None and self.page.name == "controls":
            self._tell()

    def _about_series(self, key: str) -> str:
        one, chart = self._series.get(key), self._drawn
        if one is None or chart is None or (chart.method, chart.instrument, chart.role) != (
            one.method, one.instrument, one.role,
        ):  # fmt: skip
            return ""
        lines = [f"{one.instrument} · {terms.term('position_role', one.role)}"]
        if chart.mean is None or chart.sd is None:
            lines.append(t("No target is set, and there are too few points for a provisional one."))
        else:
            lines.append(t("Mean {mean}, SD {sd} {unit}", mean=chart.mean, sd=chart.sd, unit=chart.unit))
            lines.append(t("Provisional, from the first points: set a target.") if chart.provisional
                         else t("Source: {source}", source=chart.source))  # fmt: skip
        heeded = [point for point in reversed(chart.points) if point.rules or point.validity == "invalid"]
        lines += [
            f"{text.moment(point.at)}  {point.value}  {' '.join(point.rules)}  {point.operator}"
            for point in heeded[:8]
        ]
        return "\n".join(lines)

    def _told_of(self, key: str) -> str:
        return self._told_rows.get(key, "")

    def _calibration_rows(self, found: Sequence[CalibrationView]) -> list[Row]:
        self._told_rows = {
            one.id: f"{one.instrument}\n{terms.term('calibration_kind', one.kind)} · {_word(one.passed)}\n"
            f"{one.body} {one.certificate}" for one in found
        }  # fmt: skip
        return [
            Row(one.id, (one.instrument, terms.term("calibration_kind", one.kind), one.done_on, one.due_on, one.days,
                         _word(one.passed), one.body, one.certificate),
                "" if one.days >= 0 and one.passed else "positive")
            for one in found
        ]  # fmt: skip

    def _training_rows(self, found: Sequence[TrainingView]) -> list[Row]:
        self._told_rows = {
            one.id: f"{one.person}\n{_codes.method(one.method)}\n"
            f"{terms.term('competence', one.kind)} · {_word(one.passed)} {one.score}" for one in found
        }  # fmt: skip
        return [
            Row(one.id, (one.person, _codes.method(one.method), terms.term("competence", one.kind), one.done_on,
                         one.expires_on, one.days, _word(one.passed), one.trainer),
                "" if one.days >= 0 and one.passed else "positive")
            for one in found
        ]  # fmt: skip

    def _check_rows(self, found: Sequence[CheckView]) -> list[Row]:
        self._told_rows = {
            one.id: f"{terms.term('check_kind', one.kind)}\n{_codes.method(one.method)} {one.instrument} {one.lot}\n"
            f"{one.sample}\n"
            f"{text.words(f'check_why.{one.why}') if one.why else ''}" for one in found
        }  # fmt: skip
        return [
            Row(one.id, (text.date(one.at), terms.term("check_kind", one.kind), _codes.method(one.method), one.operator,
                         _said(one.expected), _said(one.found), one.figure, _word(one.passed)),
                "" if one.passed else "positive")
            for one in found
        ]  # fmt: skip

    # Acts -------------------------------------------------------------------------------------------------

    def _acts_of(self) -> tuple[Act, ...]:
        everywhere = ("controls", "calibrations", "training", "checks")
        return (
            Act("climate", everywhere, mark("Note the room"), "F2", MAY, self._climate, _room_fields, on_row=False),
            Act("target", ("controls",), mark("Set the target"), "F4", MANAGER, self._target, _target_fields,
                self._target_now),
            Act("calibrate", ("calibrations",), mark("File a calibration"), "F4", MAY, self._calibrate,
                self._calibration_fields, on_row=False),
            Act("train", ("training",), mark("File a training"), "F4", MANAGER, self._train, self._training_fields,
                on_row=False),
            Act("check", ("checks",), mark("File a check"), "F4", ("technician", "reviewer", "manager"), self._check,
                self._check_fields, on_row=False),
        )  # fmt: skip

    @staticmethod
    def _climate(_: str, answers: Answers) -> Doing:
        return Doing(
            quality.climate,
            (),
            {name: text_of(answers, name) for name in ("room", "temperature", "humidity")},
        )

    def _target_now(self, _: str) -> Mapping[str, str]:
        chart = self._drawn
        if chart is None or chart.mean is None or chart.sd is None:
            return {}
        return {"mean": str(chart.mean), "sd": str(chart.sd), "source": chart.source}

    def _target(self, key: str, answers: Answers) -> Doing:
        one = self._series[key]
        target = Target(one.method, one.instrument, one.role, _decimal(answers, "mean"), _decimal(answers, "sd"),
                        text_of(answers, "source"))  # fmt: skip
        return Doing(quality.target, (target,))

    def _calibration_fields(self) -> tuple[Field, ...]:
        return (
            _choice("instrument", mark("Instrument name"), [(one.id, one.name) for one in self._owned]),
            _choice("kind", mark("Kind"), _terms("calibration_kind")),
            _day("done_on", mark("Done")), _day("due_on", mark("Due")),
            _choice("passed", mark("Result"), [("yes", mark("passed")), ("no", mark("failed"))]),
            Field("body", mark("Done by"), required=True, slash=False),
            Field("certificate", mark("Certificate")),
        )  # fmt: skip

    @staticmethod
    def _calibrate(_: str, answers: Answers) -> Doing:
        done = Calibrating(text_of(answers, "kind"), _date(answers, "done_on"), _date(answers, "due_on"),
                           text_of(answers, "passed") == "yes", text_of(answers, "body"),
                           text_of(answers, "certificate", "/"))  # fmt: skip
        return Doing(quality.calibrate, (text_of(answers, "instrument"), done))

    def _training_fields(self) -> tuple[Field, ...]:
        return (
            _choice("account", mark("Person"), [(one.id, one.name) for one in self._people]),
            _choice("method", mark("Method"), self._methods),
            _choice("kind", mark("Kind"), _terms("competence")),
            _day("done_on", mark("Done")), _day("expires_on", mark("Until")),
            _choice("passed", mark("Result"), [("yes", mark("passed")), ("no", mark("failed"))]),
            Field("score", mark("Score")),
            Field("trainer", mark("Taught or examined by"), required=True, slash=False),
        )  # fmt: skip

    @staticmethod
    def _train(_: str, answers: Answers) -> Doing:
        step = Learning(text_of(answers, "kind"), text_of(answers, "method"), _date(answers, "done_on"),
                        _date(answers, "expires_on"), text_of(answers, "passed") == "yes",
                        text_of(answers, "trainer"), text_of(answers, "score", "/"))  # fmt: skip
        return Doing(quality.train, (text_of(answers, "account"), step))

    def _check_fields(self) -> tuple[Field, ...]:
        hint = mark("a figure, or positive / negative")
        return (
            _choice("kind", mark("Kind"), _terms("check_kind")),
            _choice("method", mark("Method"), self._methods),
            Field("expected", mark("Expected, added or first"), required=True, slash=False, hint=hint),
            Field("found", mark("Found or second"), required=True, slash=False, hint=hint),
            Field("native", mark("Without the spike"), "number", slash=False),
            _choice("operator", mark("Tester"), [(one.id, one.name) for one in self._people]),
            Field("lot", mark("Lot")), Field("sample", mark("Number")),
        )  # fmt: skip

    @staticmethod
    def _check(_: str, answers: Answers) -> Doing:
        done = Checked(text_of(answers, "kind"), text_of(answers, "method"), text_of(answers, "expected"),
                       text_of(answers, "found"), text_of(answers, "operator"), lot=text_of(answers, "lot"),
                       sample=text_of(answers, "sample") or None, native=text_of(answers, "native"))  # fmt: skip
        return Doing(quality.check, (done,))


def _said(value: str) -> str:
    return terms.term("word", value)


def _choice(name: str, label: str, options: Sequence[tuple[str, str]]) -> Field:
    return Field(name, label, "choice", tuple(options), required=True, slash=False)


def _day(name: str, label: str) -> Field:
    return Field(name, label, "date", required=True, slash=False)


def _terms(vocabulary: str) -> list[tuple[str, str]]:
    return [(term.code, terms.said((term.zh, term.en))) for term in regulation.vocabulary(vocabulary)]


def _date(answers: Answers, name: str) -> date:
    value = answers.get(name)
    return value if isinstance(value, date) else date.min


def _decimal(answers: Answers, name: str) -> Decimal:
    value = answers.get(name)
    return value if isinstance(value, Decimal) else Decimal(0)


def _room_fields() -> tuple[Field, ...]:
    return (
        Field("room", mark("Room"), required=True, slash=False),
        Field("temperature", mark("Temperature"), "number", required=True, slash=False, unit="℃"),
        Field("humidity", mark("Humidity"), "number", slash=False, unit="%"),
    )


def _target_fields() -> tuple[Field, ...]:
    return (
        Field("mean", mark("Mean"), "number", required=True, slash=False),
        Field("sd", mark("Standard deviation"), "number", required=True, slash=False),
        Field("source", mark("Where both come from"), required=True, slash=False),
    )


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""

    def room() -> None:
        screen.turn("controls")
        screen.begin("climate")

    pages = ("calibrations", "training", "checks", "works", "overrides")
    return [*((name, partial(screen.turn, name)) for name in pages), ("room", room)]
