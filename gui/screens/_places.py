"""The page of townships and other units that report: one is added or ended with its document."""

from collections.abc import Callable, Sequence

from gui.screens._ledger import Act, Answers, Doing, Page, text_of
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims.queries import places
from lims.queries.places import Reporting
from lims.services import plan, planning
from lims.text import mark, t

PLACES = (
    Column("code", mark("Code"), 110), Column("name", mark("Name of the place"), 150),
    Column("kind", mark("Kind"), 110),
    Column("quota", mark("In the quota"), 100), Column("since", mark("From"), 104), Column("until", mark("Until"), 104),
)  # fmt: skip
MAY = ("manager",)


class Places:
    """What the rules screen shows and does about townships and other units that report."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key
        self._found: dict[str, Reporting] = {}

    def page(self) -> Page:
        """Return the page."""
        return Page("places", mark("Townships"), PLACES, lambda: (places.reporting, (), {}), self._rows, self._about,
                    mark("F2 adds a township, F3 another unit that reports; F4 ends one, its samples keep it."),
                    mark("No township is known."))  # fmt: skip

    def acts(self) -> tuple[Act, ...]:
        """Return what can be done."""
        return (
            Act(
                "town", ("places",), mark("Add a township"), "F2", MAY, self._add, _town_fields, on_row=False
            ),
            Act(
                "unit",
                ("places",),
                mark("Add a unit that reports"),
                "F3",
                MAY,
                self._unit,
                _unit_fields,
                on_row=False,
            ),
            Act(
                "end",
                ("places",),
                mark("End it"),
                "F4",
                MAY,
                self._end,
                self._end_fields,
                refuses=self._ended,
            ),
        )

    def _rows(self, found: Sequence[Reporting]) -> list[Row]:
        self._found = {one.code: one for one in found}
        return [
            Row(one.code, (one.code, one.name, t("township") if one.kind == "township" else t("other unit"),
                           t("counted") if one.counted else t("not counted"),
                           one.since.isoformat() if one.since else "",
                           one.until.isoformat() if one.until else t("ended") if one.ended else ""))
            for one in found
        ]  # fmt: skip

    def _about(self, key: str) -> str:
        one = self._found.get(key)
        return "\n".join([f"{one.name} {one.code}", one.source]) if one else ""

    def _ended(self, key: str) -> str:
        one = self._found.get(key)
        return t("it has ended already") if one is not None and one.ended else ""

    @staticmethod
    def _add(_: str, answers: Answers) -> Doing:
        named = {name: text_of(answers, name) for name in ("code", "name", "source")}
        day = {"first_day": str(answers["from"]), "counted": text_of(answers, "counted") == "yes"}
        return Doing(plan.add_township, (), {**named, **day})

    @staticmethod
    def _unit(_: str, answers: Answers) -> Doing:
        return Doing(
            planning.reporting_unit, (), {name: text_of(answers, name) for name in ("code", "name", "source")}
        )

    def _end(self, key: str, answers: Answers) -> Doing:
        one, source = self._found[key], text_of(answers, "source")
        if one.kind == "unit":
            named = {"code": key, "name": one.name, "source": source, "active": False}
            return Doing(planning.reporting_unit, (), named)
        named = {"code": key, "last_day": str(answers["last"]), "source": source}
        return Doing(plan.end_township, (), named)

    def _end_fields(self) -> tuple[Field, ...]:
        """Ask for the last day of a township; a unit that reports has none, it ends at once."""
        one = self._found.get(self._key())
        last = Field("last", mark("Last day it counts"), "date", required=True, slash=False)
        return (_source(),) if one is not None and one.kind == "unit" else (last, _source())


def _source() -> Field:
    hint = mark("document, number, page")
    return Field("source", mark("Where it is written"), required=True, slash=False, hint=hint)


def _unit_fields() -> tuple[Field, ...]:
    return (
        Field("code", mark("Code"), required=True, slash=False),
        Field("name", mark("Name of the place"), required=True, slash=False),
        _source(),
    )


def _town_fields() -> tuple[Field, ...]:
    counted = (("yes", mark("counted")), ("no", mark("not counted")))
    return (
        Field("code", mark("Code"), required=True, slash=False, hint=mark("nine digits")),
        Field("name", mark("Name of the place"), required=True, slash=False),
        Field("counted", mark("In the quota"), "choice", counted, required=True, slash=False),
        Field("from", mark("First day it counts"), "date", required=True, slash=False),
        _source(),
    )
