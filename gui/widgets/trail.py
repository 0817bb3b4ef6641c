"""A sample's trail in words: one line a fact, hatched gaps, and the evidence behind a line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from gui.widgets import terms
from gui.widgets.timeline import Fact as Line
from gui.widgets.verdict import describe
from lims import clock, text
from lims.evidence.signing import Signed
from lims.queries.fact import Fact
from lims.queries.trace import Finding, Trail
from lims.reports.words import Words
from lims.text import mark, t

SIGNED = "signed "
"""Begins the key of a line that is a signature."""
GAP = timedelta(hours=2)
"""The longest time without a record that is not drawn as a gap."""

PICTURES = {
    "drawn": "sampling", "received": "reception", "rejected": "reception", "handed_over": "place",
    "refused_handover": "place", "run_started": "bench", "run_closed": "bench", "read": "instruments",
    "verdict": "controls", "approved": "review", "repeat": "review", "slip": "slips", "sent_back": "review",
    "seal_applied": "seal", "seal_intact": "seal", "seal_found_broken": "seal", "seal_cut": "seal", "moved": "place",
    "taken_out": "place", "divided": "samples", "locked": "disputes", "released": "disputes",
    "at_county": "sync", "given_back": "place",
}  # fmt: skip
TONES = {
    "seal_found_broken": "positive",
    "sent_back": "suspect",
    "given_back": "suspect",
    "rejected": "positive",
    "refused_handover": "positive",
    "repeat": "suspect",
}
WORDS = {
    "drawn": mark("Drawn, seal {seal}"),
    "received": mark("Received: {condition}, {seal_state}, {temperature}"),
    "rejected": mark("Refused at reception: {reason}"),
    "handed_over": mark("Handed over to {taker}, seal {seal}"),
    "given_back": mark("Given back to its van: {reason}"),
    "refused_handover": mark("{taker} refused to take it over: {reason}"),
    "run_started": mark("Run begun at position {position}, lot {lot}"),
    "run_closed": mark("Run closed: {validity} {why}"),
    "read": mark("Read {value} {unit} at position {position}"),
    "verdict": mark("Judged {word}: {value}"),
    "approved": mark("Approved in review {reason}"),
    "repeat": mark("Repeat asked for: {reason}"),
    "slip": mark("Slip issued, version {version}"),
}
NAMES = {
    "seal": mark("Seal"), "seal_state": mark("State of the seal"), "condition": mark("Condition"),
    "temperature": mark("Temperature"), "quantity": mark("Quantity"), "reason": mark("Reason"),
    "taker": mark("Taken by"), "method": mark("Method"), "lot": mark("Lot"), "position": mark("Position"),
    "validity": mark("Validity"), "why": mark("Why"), "value": mark("Value"), "unit": mark("Unit"),
    "call": mark("What the device says"), "flags": mark("Doubts about the reading"), "word": mark("Verdict"),
    "item": mark("Item"), "doubts": mark("Doubts"), "display": mark("Value read from the display"),
    "version": mark("Version"), "instrument": mark("Instrument"), "device_time": mark("Time of the device"),
    "received_at": mark("Arrived"), "tester": mark("Tested by"), "reading": mark("Reading"),
}  # fmt: skip
Titles = Mapping[str, tuple[str, str]]
VALIDITY = {"valid": mark("its control is valid"), "invalid": mark("its control is not valid")}
VOCABULARIES = {"condition": "condition", "seal_state": "seal_state"}


def named(name: str) -> str:
    """Name one detail as the papers do where this page has no word of its own."""
    return t(NAMES[name]) if name in NAMES else Words(text.tongue(text.current())).coded("name", name)


def told(name: str, value: str, titles: Titles) -> str:
    """Say the value of one detail in words; `titles` are those of the laboratory's methods."""
    if name in VOCABULARIES:
        return terms.term(VOCABULARIES[name], value)
    if name in {"word", "call"} and value:
        return describe(value)
    if name == "validity" and value in VALIDITY:
        return t(VALIDITY[value])
    if name == "flags":
        return t("format.comma").join(text.words(f"flag.{flag}") for flag in value.split())
    return Words(text.tongue(text.current()), titles).told(name, value)


def _words(fact: Fact, titles: Titles) -> str:
    values = {name: told(name, value, titles) for name, value in fact.detail.items()}
    values.setdefault("position", fact.where)
    if fact.what in WORDS:
        return t(WORDS[fact.what], **values).strip(" :：")
    spoken = Words(text.tongue(text.current()), titles)
    said = spoken.detail([[name, value] for name, value in fact.detail.items()])
    return f"{spoken.coded('fact', fact.what)}  {said}".strip()


def _tone(fact: Fact) -> str:
    word = fact.detail.get("word", "")
    if fact.what == "verdict" and word in {"positive", "suspect", "invalid"}:
        return word
    return TONES.get(fact.what, "text")


def length(gap: timedelta) -> str:
    """Write how long nothing was recorded."""
    minutes = int(gap.total_seconds()) // 60
    return t("{hours} h {minutes} min without a record", hours=minutes // 60, minutes=f"{minutes % 60:02d}")


def lines(trail: Trail, signed: Sequence[Signed] = ()) -> Iterator[Line]:
    """Return the facts, oldest first, with a gap before each that comes late, what the rules miss, the signatures."""
    before: datetime | None = None
    for at, fact in enumerate(trail.facts):
        if before is not None and fact.at - before > GAP:
            yield Line("", "", length(fact.at - before), gap=True)
        before = fact.at
        written = clock.local(fact.at).strftime("%m-%d %H:%M")
        yield Line(
            str(at),
            written,
            _words(fact, trail.titles),
            fact.who,
            PICTURES.get(fact.what, "note"),
            _tone(fact),
        )
    for missing in trail.gaps:
        yield Line("", "", text.sentence(missing.reason), gap=True)
    for at, one in enumerate(signed):
        words = t("Signed: {meaning} ✓ key {key}", meaning=one.meaning, key=one.key)
        if not one.holds:
            words = t("Signed: {meaning} ╳ the signature does not hold", meaning=one.meaning)
        written = clock.local(one.at).strftime("%m-%d %H:%M")
        yield Line(f"{SIGNED}{at}", written, words, one.name, "review", "text" if one.holds else "positive")


def evidence(trail: Trail, key: str) -> list[tuple[str, str]]:
    """Return what stands behind a line, name and value, as it was recorded."""
    fact = trail.facts[int(key)]
    head = [(t("Time"), text.moment(fact.at)), (t("Who"), fact.who), (t("Where"), fact.where)]
    found = next((one for one in trail.findings if fact.id in {one.reading, one.verdict}), None)
    if fact.what == "drawn":
        zh = text.current().startswith("zh")
        return [*head, *((chinese if zh else english, shown) for _, chinese, english, shown in trail.form)]
    if fact.what == "read" and found is not None:
        return [*head, *_reading(found, trail.titles)]
    rows = [*head, *((named(name), told(name, value, trail.titles)) for name, value in fact.detail.items())]
    if fact.what == "verdict" and found is not None:
        rows += [(named(name), str(value)) for name, value in found.basis.items()]
    if fact.what == "run_started" and (behind := trail.runs.get(fact.id)):
        rows += [(t(f"life.{name}"), told_) for name, told_ in behind.pairs()]
        rows += [
            (t("Heeded at the start"), text.sentence(one)) for one in (*behind.overridden, *behind.warnings)
        ]
    return [row for row in rows if row[1]]


def signature(one: Signed) -> list[tuple[str, str]]:
    """Return one signature as it is shown: meaning, name, time, key, entry, whether it holds."""
    return [
        (t("life.meaning"), one.meaning),
        (t("Who"), one.name),
        (t("Time"), text.moment(one.at)),
        (t("life.key"), one.key),
        (t("life.log"), f"{one.station} {one.seq}"),
        (t("life.entry"), t("life.holds" if one.holds else "life.broken", seq=one.seq)),
        (t("What is not proven"), t("life.control")),
    ]


def _reading(found: Finding, titles: Titles) -> Sequence[tuple[str, str]]:
    fields = {
        "value": found.value, "unit": found.unit, "call": found.call, "flags": " ".join(found.flags),
        "item": found.item, "instrument": found.instrument, "position": found.position,
        "device_time": found.device_time, "received_at": text.moment(found.received_at), "reading": found.reading,
    }  # fmt: skip
    raw = [(named(name), told(name, value, titles)) for name, value in fields.items()]
    return [*raw, *((f"{t('raw')}: {name}", value) for name, value in found.said.items())]
