"""Why a verdict says what it says: control, lot, rule with its source, the device's word, repeats, raw fields."""

from collections.abc import Iterator, Mapping

from gui.screens import _codes
from gui.screens._channels import value_of
from gui.screens._facts import Line
from gui.widgets import terms
from lims import text
from lims.queries.bench import RunView
from lims.queries.reviews import Waiting
from lims.queries.trace import Finding, Trail
from lims.text import t, words


def lines(one: Waiting, run: RunView | None, trail: Trail | None) -> list[Line]:
    """Return the reasons behind a verdict, those that ask for thought first."""
    found = one.finding
    doubts = t("format.comma").join(_codes.coded("doubt", doubt) for doubt in found.doubts)
    return [
        (t("Look at"), doubts, "late"),
        _words(found),
        (t("Flags"), t("format.comma").join(_codes.coded("flag", flag) for flag in found.flags), "late"),
        _control(one, run),
        (t("Lot"), one.lot, ""),
        *_rule(found),
        (t("Measured"), _measured(found), ""),
        (t("Evidence"), _rung(one), "late" if one.display_needed else ""),
        (t("Tested by"), found.tester, ""),
        *_repeats(found, trail),
        (t("As it came"), _raw(found), "muted"),
    ]


def _words(found: Finding) -> Line:
    ours, theirs = _codes.coded("call", found.word), _codes.coded("call", found.call) or t("says nothing")
    role = "wrong" if "device_disagrees" in found.doubts else ""
    return t("Our word"), t("{ours}; the device: {theirs}", ours=ours, theirs=theirs), role


def _control(one: Waiting, run: RunView | None) -> Line:
    good = one.run_validity == "valid"
    state = t("✓ valid") if good else t("╳ invalid")
    read = []
    for place in run.places if run else ():
        if place.role != "sample":
            value, unit = value_of(place.said) if place.said else (t("not read"), "")
            role = _codes.term("position_role", place.role)
            read.append(f"{role} ({place.position}) {value} {unit}".strip())
    return t("Control"), " · ".join([state, *read]), "" if good else "wrong"


def _rule(found: Finding) -> Iterator[Line]:
    basis = {name: str(value) for name, value in found.basis.items()}
    verified = found.basis.get("verified") is True
    why = _codes.coded("why", basis.get("why", ""))
    method = found.rule
    limit = terms.cited(basis.get("clause", "")) or basis.get("threshold", "")
    yield t("Why"), why, ""
    yield t("Limit"), limit, ""
    if "control_delta_a" in basis:
        figures = t(
            "ΔA {sample}, control ΔA {control}", sample=basis["delta_a"], control=basis["control_delta_a"]
        )
        yield t("Computed"), figures, ""
    if "curve_unit" in basis:
        yield t("Computed"), _off_curve(basis), ""
    title = _codes.pair(method.title) if method else found.method
    yield t("Method"), terms.cited(basis.get("standard", ""), title), ""
    yield (
        t("Rule source"),
        _codes.unverified(basis.get("source", ""), verified=verified),
        "" if verified else "late",
    )


def _off_curve(basis: Mapping[str, str]) -> str:
    """Say how a content came off its curve, and where it lies when it is outside."""
    beyond = f"{basis['curve_mark']}{basis['curve_limit']} " if "curve_mark" in basis else ""
    figures = t(
        "A {mean}, curve {fit} in {unit}, dilution {dilution}",
        mean=basis["mean"],
        fit=_codes.coded("plate_fit", basis["fit"]),
        unit=basis["curve_unit"],
        dilution=basis["dilution"],
    )
    return f"{beyond}{figures}"


def _measured(found: Finding) -> str:
    place = t("{instrument}, channel {position}", instrument=found.instrument, position=found.position)
    clock = t("device's clock {at}", at=found.device_time.replace("T", " ")) if found.device_time else ""
    return " · ".join(part for part in (place, text.moment(found.received_at), clock) if part)


def _rung(one: Waiting) -> str:
    if one.display_needed:
        return t("Known from documents alone: read the figure on the instrument's own display.")
    return t("Proved by genuine bytes or at the machine.")


def _repeats(found: Finding, trail: Trail | None) -> Iterator[Line]:
    others = [each for each in trail.findings if each.verdict != found.verdict] if trail else []
    for each in others:
        state = words(f"review.{each.state}")
        said = f"{each.value} {each.unit} {_codes.coded('call', each.word)} · {state} {each.reviewer}"
        yield (
            t("Measured before"),
            f"{text.moment(each.received_at)} · {said.strip()} {each.reason}".strip(),
            "",
        )


def _raw(found: Finding) -> str:
    return "   ".join(f"{name}={said[:120]}" for name, said in sorted(found.said.items()))
