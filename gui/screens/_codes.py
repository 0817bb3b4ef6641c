"""Codes of readings, runs, lines and acts as words for people."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from gui.widgets import terms
from lims import clock, text
from lims.errors import NotFound
from lims.rules import analytes, cases, methods, regulation
from lims.rules.methods import Method
from lims.text import t, words


def coded(kind: str, code: str) -> str:
    """Return the word of a code (`stray`, `why`, `doubt`, `link`, `broken`, `table`); an unknown one as it is."""
    return words(f"{kind}.{code}") if code else ""


def term(vocabulary: str, code: str) -> str:
    """Return a word of a vocabulary in the language of the moment."""
    found = regulation.term(vocabulary, code)
    return found.en if text.current() == "en" else found.zh


def pair(both: tuple[str, str]) -> str:
    """Return the one of (Chinese, English) that is spoken now."""
    return both[1] if text.current() == "en" else both[0]


def short(number: str) -> str:
    """Return the end of a sample number, as hands look for it on a bag."""
    return f"…{number[-6:]}" if number else ""


def item(said: str) -> str:
    """Name what a device says it measured; what no analyte or method is called by stays as the device said it."""
    try:
        found = analytes.analyte(said)
    except NotFound:
        measured = next((one.item for one in methods.shipped().every if said in one.device_items), None)
        return pair(measured) if measured and said else said
    return pair((found.zh, found.en))


_titles: dict[str, tuple[str, str]] = {}


def learn(titles: Mapping[str, tuple[str, str]]) -> None:
    """Know the methods of this laboratory by their titles, its own and those it changed."""
    _titles.update(titles)


def method(code: str) -> str:
    """Name a method by its title; an unknown one stands for itself."""
    return pair(methods.titled(code, _titles))


def bands(of: Method) -> str:
    """Say how a strip's T/C is judged by a method: by its bands, or by the difference of the lines."""
    positive, negative = t("word.call.positive"), t("word.call.negative")
    if of.difference_above is not None:
        return f"|C−T| > {of.difference_above} {t(f'word.call.{of.difference_word}')}"
    if of.format == "sandwich":
        return f"T/C ≥ {of.positive_from} {positive}, < {of.negative_below} {negative}"
    return f"T/C ≥ {of.negative_from} {negative}, < {of.positive_below} {positive}"


def case_state(code: str) -> str:
    """Name a state of a positive case; a code that is not known stands for itself."""
    found = cases.states().get(code)
    return pair((found.zh, found.en)) if found else code


def run_why(why: str) -> str:
    """Say why a run is invalid: `blank_out_of_limits 1` becomes a sentence with the position."""
    code, _, position = why.partition(" ")
    said = coded("run_why", code)
    role, _, rest = code.partition("_")
    if said == code and rest:
        said = f"{term('position_role', role)}: {coded('why', rest)}"
    return t("{reason} (position {position})", reason=said, position=position) if position else said


def link_reason(reason: str, values: Mapping[str, object]) -> str:
    """Say why a line stands as it does; an unknown code is shown as it is."""
    if not reason:
        return ""
    key = f"error.{reason}"
    said = t(key, **dict(values))
    return reason if said == key else said


def number(written: str) -> Decimal | None:
    """Read a decimal back; None when it is none."""
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def today() -> date:
    """Return the day on the laboratory's wall clock."""
    return clock.local(clock.now()).date()


def curve_of(extra: Mapping[str, str]) -> tuple[float, ...]:
    """Return the scanned curve of a strip, empty when there is none or it holds something else than numbers."""
    try:
        return tuple(float(each) for each in extra.get("samples", "").split())
    except ValueError:
        return ()


def place_of(extra: Mapping[str, str], name: str) -> float | None:
    """Return where a line of a strip was found (`c_index`, `t_index`), or None."""
    found = number(extra.get(name, ""))
    return None if found is None else float(found)


def day_of(moment: datetime) -> date:
    """Return the day of an aware moment on the laboratory's wall clock."""
    return clock.local(moment).date()


def unverified(source: str, *, verified: bool) -> str:
    """Return a source, with the word 未核实 where nobody has checked it."""
    said = terms.cited(source)
    return said if verified else f"{said} ({t('unverified')})"


def hex_lines(written: str) -> str:
    """Lay bytes in hex out in rows of sixteen with their offset and what can be read of them."""
    pairs = written.split()
    lines = []
    for at in range(0, len(pairs), 16):
        row = pairs[at : at + 16]
        seen = "".join(chr(int(each, 16)) if 32 <= int(each, 16) < 127 else "·" for each in row)
        lines.append(f"{at:04X}  {' '.join(row):<47}  {seen}")
    return "\n".join(lines)


def moment(written: str) -> datetime:
    """Read a moment as the log writes it."""
    return datetime.fromisoformat(written)
