"""What a method says in words, and what a changed or a new one asks."""

from collections.abc import Mapping

from gui.screens import _board_fields, _codes, _curve_fields
from gui.widgets import terms
from gui.widgets.field import Field
from lims import text
from lims.queries.methods import Known
from lims.rules import foods, strips
from lims.rules.methods import DECIMALS, FORMATS, Method
from lims.text import mark, t

_FIGURES = {
    "threshold": mark("Threshold"), "negative_from": mark("T/C negative from"),
    "positive_below": mark("T/C positive below"),
    "positive_from": mark("T/C positive from"), "negative_below": mark("T/C negative below"),
    "difference_above": mark("|C−T| above"), "control_line_least": mark("Least height of C"),
    "blank_low": mark("Blank from"), "blank_high": mark("Blank up to"),
    "read_from": mark("Read from minute"), "read_until": mark("Read until minute"),
}  # fmt: skip
_STRIP = ("difference_above", "control_line_least", "read_from", "read_until")
_OF = {
    "inhibition": ("threshold",),
    "quantitative": ("threshold",),
    "competitive": ("negative_from", "positive_below", *_STRIP),
    "sandwich": ("positive_from", "negative_below", *_STRIP),
}
_SHARED = ("blank_low", "blank_high")


def named(one: Method) -> str:
    """Return what tells an edition of a method from all others, its days left aside."""
    return f"{one.designation} #{one.edition}" if one.edition else one.designation


def decides(one: Method) -> str:
    """Say by what a method judges: its threshold with the word at equality, or its bands."""
    if one.format in strips.FORMATS:
        return _codes.bands(one)
    if one.threshold is None:
        return t("the limit of the food")
    sign = "≥" if one.at_threshold == "positive" else ">"
    return f"{sign} {one.threshold} {one.unit} {t('word.call.positive')}"


def about(known: Known, checked: str) -> str:
    """Return everything a method says, one thing a line."""
    one = known.method
    comma = t("format.comma")
    lines = [f"{terms.cited(one.standard)} {terms.said(one.title)}", terms.said(one.item), decides(one)]
    lines += [
        f"{t(_FIGURES[name])} {getattr(one, name)}"
        for name in (*_STRIP[1:], *_SHARED)
        if getattr(one, name) is not None
    ]
    lines += _curve_fields.about(one.curve) if one.curve else []
    lines += _board_fields.about(one)
    if one.interfering:
        names = comma.join(terms.said((foods.food(code).zh, foods.food(code).en)) for code in one.interfering)
        lines.append(t("False positives possible: {foods}", foods=names))
    lines += [f"{terms.cited(one.source)} · {terms.cited(one.clause)}"]
    lines.append(f"{t('Control limits')}: {terms.cited(one.control_source)}")
    lines.append(t("in force from {day}", day=one.effective_from.isoformat()))
    lines += [t("until {day}", day=one.effective_to.isoformat())] if one.effective_to else []
    return "\n".join([*lines, checked, one.rule])


def _choice(name: str, label: str, options: tuple[tuple[str, str], ...], *, required: bool = False) -> Field:
    return Field(name, label, "choice", options, required=required, slash=False)


def _verdicts() -> tuple[tuple[str, str], ...]:
    return tuple((one, terms.term("word", one)) for one in ("positive", "negative"))


def _formats() -> tuple[tuple[str, str], ...]:
    return tuple((one, text.words(f"method_format.{one}")) for one in FORMATS)


def _equal(names: tuple[str, ...]) -> tuple[Field, ...]:
    found = (
        [_choice("at_threshold", mark("Exactly the threshold is"), _verdicts())]
        if "threshold" in names
        else []
    )
    if "difference_above" in names:
        found.append(_choice("difference_word", mark("Above it means"), _verdicts()))
    return tuple(found)


def _figures(names: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(Field(name, _FIGURES[name], "number") for name in names)


def _written() -> tuple[Field, ...]:
    hint = mark("names of foods with a space between, or /")
    return (
        Field("interfering", mark("Foods with false positives"), required=True, hint=hint),
        Field("source", mark("Where it is written"), required=True, slash=False, hint=mark("document, number, page")),
        Field("clause", mark("Clause"), required=True, slash=False),
        Field("control_source", mark("Where the control limits are written"), required=True, slash=False),
        Field("from", mark("First day it counts"), "date", required=True, slash=False),
        Field("effective_to", mark("Last day it counts"), "date"),
        Field("reason", mark("Reason"), required=True, slash=False),
    )  # fmt: skip


def change_fields(known: Known | None) -> tuple[Field, ...]:
    """Return what a changed method asks: the figures of its format alone."""
    names = _OF[known.method.format] if known else ()
    return (*_figures((*names, *_SHARED)), *_equal(names), *_written())


def filled(known: Known | None) -> Mapping[str, str]:
    """Return what the form of a method begins with."""
    if known is None:
        return {}
    one = known.method
    figures = {name: str(getattr(one, name)) for name in DECIMALS if getattr(one, name) is not None}
    words = {
        name: str(getattr(one, name))
        for name in ("at_threshold", "difference_word", "source", "clause", "control_source")
    }
    names = " ".join(foods.food(code).zh for code in one.interfering)
    ends = {"effective_to": one.effective_to.isoformat()} if one.effective_to else {}
    return {**figures, **words, **ends, "interfering": names or "/"}


def new_fields() -> tuple[Field, ...]:
    """Return what a method of the laboratory's own asks."""
    controls = tuple((one, terms.term("position_role", one)) for one in ("blank", "control"))
    scope = (("run", mark("each run")), ("day", mark("each day")))
    return (
        Field("id", mark("Number of the method"), required=True, slash=False, hint=mark("letters and digits")),
        Field("standard", mark("Standard or document"), required=True, slash=False),
        Field("title_zh", mark("Chinese title"), required=True, slash=False),
        Field("title_en", mark("English title"), required=True, slash=False),
        Field("item_zh", mark("Item in Chinese"), required=True, slash=False),
        Field("item_en", mark("Item in English"), required=True, slash=False),
        Field("device_items", mark("What devices call the item"), required=True, slash=False),
        _choice("format", mark("Judged by"), _formats(), required=True),
        Field("unit", mark("Unit"), required=True, slash=False, hint="% mg/kg ug/kg T/C"),
        _choice("controls", mark("Control a run needs"), controls, required=True),
        _choice("control_scope", mark("Control for"), scope, required=True),
        Field("foods", mark("Foods it is for"), required=True, hint=mark("names of foods with a space between, or /")),
        Field("analyte", mark("Analyte of the limits"), required=True, hint=mark("a name, a CAS number, or /")),
        *_figures(tuple(DECIMALS)),
        *_equal(("threshold", "difference_above")),
        *_written(),
        *_curve_fields.fields(required=False),
    )  # fmt: skip


def said(answers: Mapping[str, object]) -> dict[str, str]:
    """Return the answers of either form as the laboratory takes them; what was left empty says nothing."""
    apart = {"id", "from", "reason"}
    return {
        name: "/" if value is None else str(value) for name, value in answers.items() if name not in apart
    }
