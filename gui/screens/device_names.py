"""Words of devices: what each kind of instrument calls an item or a food, and what the laboratory says it means."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gui.desk import Desk
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets import terms
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.errors import NotFound
from lims.queries import device_names, equipment
from lims.queries.device_names import Name
from lims.rules import analytes, foods, naming
from lims.services import translate
from lims.services.translate import Word
from lims.text import mark, t

TITLE = mark("Device words")
ICON = "instruments"
ORDER = 101
NEEDS = "technician manager administrator"
MAY = ("manager",)

COLUMNS = (
    Column("said", mark("Word of the device"), 180), Column("kind", mark("It names"), 70),
    Column("ours", mark("What it means here"), 200), Column("waiting", mark("Waiting"), 64, "number"),
    Column("profile", mark("Instrument kind"), 260),
)  # fmt: skip


def meaning(one: Name) -> str:
    """Return our name for a word, or what is missing."""
    if not one.ours:
        return t("no meaning yet") if one.kind == naming.ITEM else ""
    if one.kind == naming.ITEM:
        known = analytes.analytes().get(one.ours)
        return terms.said((known.zh, known.en)) if known else one.ours
    food = foods.foods().get(one.ours)
    return terms.said((food.zh, food.en)) if food else one.ours


class Screen(Ledger):
    """One page of words; Enter gives one its meaning and takes in again what waited for it."""

    def __init__(self, desk: Desk) -> None:
        self._names: dict[str, Name] = {}
        self._kinds: dict[str, tuple[str, str]] = {}
        page = Page("words", mark("Words"), COLUMNS, lambda: (device_names.names, (), {}), self._rows, self._about,
                    mark("Enter says what a word means; readings that waited for it are taken in at once."),
                    mark("Every word that a device said so far is known."))  # fmt: skip
        acts = (
            Act("item", ("words",), mark("Say what it means"), "Return", MAY, self._translate, _item_fields,
                fill=self._filled, refuses=partial(self._other, naming.ITEM)),
            Act("sample", ("words",), mark("Say which food it is"), "F4", MAY, self._translate, _food_fields,
                fill=self._filled, refuses=partial(self._other, naming.SAMPLE)),
            Act("none", ("words",), mark("Take the meaning away"), "X", MAY, self._none, refuses=self._meant),
        )  # fmt: skip
        super().__init__(desk, TITLE, (page,), acts)
        desk.work.run(equipment.kinds, then=self._know, failed=desk.complain, owner=self)

    def _know(self, kinds: Sequence[equipment.Kind]) -> None:
        self._kinds = {one.id: one.title for one in kinds}
        self._ask()

    def _rows(self, found: Sequence[Name]) -> list[Row]:
        self._names = {one.key: one for one in found}
        return [
            Row(one.key, (one.said, text.words(f"naming.{one.kind}"), meaning(one), one.waiting or None,
                          self._kind(one)), "suspect" if one.waiting else "")
            for one in found
        ]  # fmt: skip

    def _kind(self, one: Name) -> str:
        return terms.said(self._kinds.get(one.profile, (one.profile, one.profile)))

    def _about(self, key: str) -> str:
        one = self._names.get(key)
        if one is None:
            return ""
        lines = [one.said, text.words(f"naming.{one.kind}"), self._kind(one)]
        lines += [t("Means: {ours}", ours=meaning(one))] if one.ours else []
        lines += [t("Readings that wait for it: {count}", count=one.waiting)] if one.waiting else []
        return "\n".join(lines)

    # Acts -------------------------------------------------------------------------------------------------

    def _other(self, kind: str, key: str) -> str:
        one = self._names.get(key)
        return "" if one is None or one.kind == kind else t("this word names something else")

    def _meant(self, key: str) -> str:
        one = self._names.get(key)
        return "" if one is not None and one.ours else t("it has no meaning yet")

    def _filled(self, key: str) -> dict[str, str]:
        one = self._names.get(key)
        return {"ours": one.ours} if one is not None else {}

    def _translate(self, key: str, answers: Answers) -> Doing:
        one = self._names[key]
        return Doing(
            translate.translate, (Word(one.profile, one.kind, one.said), text_of(answers, "ours")), apart=True
        )

    def _none(self, key: str, _: Answers) -> Doing:
        one = self._names[key]
        return Doing(translate.translate, (Word(one.profile, one.kind, one.said), ""), apart=True)


def _known_analyte(value: object) -> str:
    try:
        analytes.analyte(str(value))
    except NotFound as error:
        return text.sentence(error)
    return ""


def _known_food(value: object) -> str:
    return "" if foods.named(str(value)) else t("The tree of foods has no such name.")


def _item_fields() -> tuple[Field, ...]:
    options = tuple((one.code, terms.said((one.zh, one.en))) for one in analytes.analytes().values())
    return (
        Field("ours", mark("Analyte"), "choice", options, required=True, slash=False, check=_known_analyte),
    )


def _food_fields() -> tuple[Field, ...]:
    return (Field("ours", mark("Which food it is"), required=True, slash=False, check=_known_food),)


def states(screen: Screen) -> list[tuple[str, Callable[[], Any]]]:
    """Return the states that the gallery shows besides the first."""
    return [("item", lambda: screen.begin("item"))]
