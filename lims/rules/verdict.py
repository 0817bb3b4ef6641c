"""From a reading to a screening word, by the method's figures; compliance words are never given here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from lims.rules import strips
from lims.rules.methods import Method

_OPPOSITE = {"positive": "negative", "negative": "positive"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the device said, as far as a verdict needs it; `extra` as in a reading.

    `age` is the time from the start of the run to the reading, where it is known. With `mark`, `<` or `>`, the value is
    an end of the curve, and the content lies beyond it.
    """

    value: Decimal | None
    unit: str | None
    call: str | None
    flags: frozenset[str] = frozenset()
    extra: Mapping[str, str] = field(default_factory=dict)
    age: timedelta | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The word of a rule, the figure it judged, why, and what remains doubtful.

    Attributes:
        word: `negative` `positive` `suspect` `invalid`.
        value: the judged figure in the method's unit, or None.
        why: a code such as `below_threshold`, `at_threshold`, `no_control_line`.
        doubts: codes that go with it: `device_disagrees`, `over_range`, `negative_value`, `unverified_rule`.
    """

    word: str
    value: Decimal | None
    why: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """What a content is held against, in the method's unit, where a limit is in force for the food.

    Attributes:
        value: the greatest allowed content, or for a ban the least that the kit finds; None where nobody knows.
        at: the word at exactly that content: an allowed content may be reached, a banned one not be found.
        doubts: what remains doubtful of it, as codes.
        finds: the least content that the kit finds, None where nobody said.
    """

    value: Decimal | None
    at: str
    doubts: tuple[str, ...] = ()
    finds: Decimal | None = None


def judge(method: Method, facts: Facts, bound: Bound | None = None) -> Judgement:
    """Judge a reading by a method.

    A quantitative value is held against `bound` where one is given, since a limit belongs to a food and not to a
    method; without one against the method's own threshold.

    Inhibition and quantitative values are held against the threshold, whose equality the method states;
    a competitive strip against its bands (less T means positive), and without a C line it is invalid.
    A value that is missing, no number (NaN, infinite) or in another unit is never judged: the word is
    `invalid` with the reason. So is a reading that says in `void` why it counts for nothing.
    """
    if void := facts.extra.get("void") or strips.window(method, facts.age):
        return Judgement("invalid", None, void)
    quantitative = method.format == "quantitative"
    if quantitative and bound is not None and bound.value is not None:
        method = replace(method, threshold=bound.value, at_threshold=bound.at)
    found = _strip(method, facts) if method.format in strips.FORMATS else _threshold(method, facts)
    if quantitative and bound is not None and bound.finds is not None:
        found = _found_by_kit(found, bound.finds, method.threshold)
    doubts = [*found.doubts, *(bound.doubts if bound else ())]
    if facts.call in _OPPOSITE and found.word in _OPPOSITE and facts.call != found.word:
        doubts.append("device_disagrees")
    if not method.verified:
        doubts.append("unverified_rule")
    return Judgement(found.word, found.value, found.why, tuple(doubts))


def _threshold(method: Method, facts: Facts) -> Judgement:
    if facts.call == "invalid":
        return Judgement("invalid", _finite(facts.value), "device_invalid")
    if facts.value is None or not facts.value.is_finite():
        return Judgement("invalid", None, "no_value")
    if facts.unit != method.unit or method.threshold is None:
        return Judgement("invalid", facts.value, "other_unit" if facts.unit != method.unit else "no_bound")
    if facts.mark:
        return _beyond(facts.mark, facts.value, method.threshold)
    doubts = _range_doubts(method, facts.value)
    if facts.value == method.threshold:
        return Judgement(method.at_threshold, facts.value, "at_threshold", doubts)
    above = facts.value > method.threshold
    return Judgement(
        "positive" if above else "negative",
        facts.value,
        "above_threshold" if above else "below_threshold",
        doubts,
    )


def _beyond(mark: str, end: Decimal, threshold: Decimal) -> Judgement:
    """Judge a content that lies beyond an end of its curve: no figure, and no word that the end does not bear."""
    if mark == "<":
        return Judgement("negative" if end <= threshold else "invalid", None, "below_curve")
    return Judgement("positive" if end >= threshold else "invalid", None, "above_curve")


def _found_by_kit(found: Judgement, finds: Decimal, threshold: Decimal | None) -> Judgement:
    """A figure below what the kit finds is none: it says that less is there, which is enough where less is allowed."""
    if found.word == "negative" and threshold is not None and threshold < finds:
        return replace(found, word="invalid", why="below_lod")
    if found.value is None or found.word not in _OPPOSITE or not 0 <= found.value < finds:
        return found
    return replace(found, word="negative" if found.word == "negative" else "invalid", why="below_lod")


def _range_doubts(method: Method, value: Decimal) -> tuple[str, ...]:
    if value < 0:
        return ("negative_value",)
    return ("over_range",) if method.format == "inhibition" and value > 100 else ()


def _finite(value: Decimal | None) -> Decimal | None:
    return value if value is not None and value.is_finite() else None


def _number(facts: Facts, name: str) -> Decimal | None:
    try:
        return _finite(Decimal(facts.extra[name]))
    except (KeyError, InvalidOperation):
        return None


def _strip(method: Method, facts: Facts) -> Judgement:
    lines = strips.Lines(*(_number(facts, name) for name in ("c_height", "t_height", "t_over_c")))
    if facts.call == "invalid":
        return Judgement("invalid", lines.ratio, "device_invalid")
    return Judgement(*strips.meaning(method, lines))
