"""One sample's whole life gathered for its paper: trail, gaps, curves, raw bytes, signatures, places in the log."""

import hashlib
from collections.abc import Mapping, Sequence

from lims import clock
from lims.app import Laboratory
from lims.bench import raw
from lims.door import Lims
from lims.queries import dossier, gone, proofs, search, signatures
from lims.queries.run_facts import RunFacts
from lims.queries.trace import Finding, Trail
from lims.reports.timeline import Event, Life, Measured, Missing, render
from lims.rules import form
from lims.services import watch


def page(laboratory: Laboratory, lims: Lims, number: str, language: str = "zh_CN") -> bytes:
    """Return the paper of one sample as PDF; that it was made is noted.

    Raises:
        NotFound: no sample has this number.
    """
    made = render(gather(laboratory, lims, number), language)
    if laboratory.barred is None:
        lims.do(watch.noted, "print", number, "life")
    return made


def gather(laboratory: Laboratory, lims: Lims, number: str) -> Life:
    """Return everything that is known of one sample.

    Raises:
        NotFound: no sample has this number.
    """
    trail = watch.trail(lims, number)
    signed, entries = lims.ask(signatures.of_sample, number), lims.ask(search.naming, number)
    hidden = {one.name for part in form.sections() for one in part.fields if one.kind == "personal"}
    return Life(
        laboratory=lims.ask(proofs.laboratory),
        number=number,
        food=trail.food,
        form=[(zh, en, text) for name, zh, en, text in trail.form if name not in hidden],
        events=[Event(one.at, one.what, one.who, one.where, one.detail) for one in trail.facts],
        gaps=[Missing(one.start, one.end, one.reason, one.portion) for one in trail.gaps],
        measured=[_measured(laboratory, one, trail) for one in trail.findings],
        signatures=signed,
        entries="; ".join(f"{log} {_spans(seqs)}" for log, seqs in entries.items()),
        head=lims.ask(proofs.head).text(),
        at=clock.now(),
        by=lims.actor.name,
        titles=trail.titles,
    )


def _spans(seqs: Sequence[int]) -> str:
    """Return places in a log with neighbours drawn together: 3-5, 9."""
    spans: list[list[int]] = []
    for seq in sorted(seqs):
        if spans and spans[-1][1] == seq - 1:
            spans[-1][1] = seq
        else:
            spans.append([seq, seq])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def _measured(laboratory: Laboratory, one: Finding, trail: Trail) -> Measured:
    wire = _wire(laboratory, one)
    basis = {name: str(value) for name, value in one.basis.items()}
    pairs = [
        ("method", one.method),
        ("standard", basis.get("standard", "")),
        ("clause", basis.get("clause", "")),
        ("threshold", basis.get("threshold", "")),
        ("source", basis.get("source", "")),
        ("limit", limit_of(basis)),
        *trail.runs.get(one.run, RunFacts()).pairs(),
        ("instrument", f"{one.instrument} ({one.position})"),
        ("device_time", one.device_time),
        ("arrived", f"{clock.local(one.received_at):%Y-%m-%d %H:%M:%S}"),
        ("said", one.call),
        ("tester", one.tester),
        ("reviewer", one.reviewer),
        ("display", one.display),
        ("reading", one.reading),
        (
            "raw_at_county",
            "" if wire else laboratory.lims.ask(gone.where_raw, one.instrument, one.journal[1]),
        ),
    ]
    value = f"{one.value} {one.unit}".strip()
    digest = hashlib.sha256(wire).hexdigest() if wire else ""
    text = wire.decode("utf-8", "replace")
    return Measured((one.item, value, one.word), pairs, _curve(one), text, digest)


def limit_of(basis: Mapping[str, str]) -> str:
    """Return the limit that judged with its edition: standard, id, figure, the days it is in force; or nothing."""
    if not basis.get("limit"):
        return ""
    until = basis.get("limit_to") or "…"
    figure = f"{basis.get('limit_value', '')} {basis.get('limit_unit', '')}".strip()
    parts = (
        basis.get("limit_standard", ""),
        basis["limit"],
        figure,
        f"{basis.get('limit_from', '')} → {until}",
    )
    return "  ".join(part for part in parts if part)


def _curve(one: Finding) -> list[float]:
    try:
        return [float(point) for point in one.said.get("samples", "").split()]
    except ValueError:
        return []


def _wire(laboratory: Laboratory, one: Finding) -> bytes:
    station, entry = one.journal
    if station != laboratory.lims.store.place.station:
        return b""
    profile, after = laboratory.lims.ask(dossier.journal_before, one.instrument, entry)
    return raw.wire(laboratory.folder.journal, one.instrument, profile, entry, after)
