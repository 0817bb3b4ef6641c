"""Evidence that leaves: a bundle for some samples, a whole log, the page of a shift's end."""

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from lims import clock
from lims.app import Laboratory
from lims.bench import raw
from lims.door import Lims
from lims.errors import Invalid, LimsError
from lims.evidence import bundle, checkpoint
from lims.evidence.bundle import Dossier
from lims.evidence.notes import Note
from lims.queries import dossier, gone, proofs, trace
from lims.queries.dossier import Found, Raw
from lims.reports import dossier as page
from lims.reports.shift import Shift, render
from lims.services import attach
from lims.storage.log import place_of


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written: its head, and codes of what could not be put into it."""

    path: Path
    note: Note
    missing: tuple[str, ...]


def export(laboratory: Laboratory, lims: Lims, samples: Sequence[str], target: Path) -> Bundle:
    """Write a bundle of evidence about some samples; the log's head leaves with it.

    Args:
        laboratory: whose samples they are.
        lims: the door of whoever exports.
        samples: their numbers.
        target: the zip file; an existing one is not overwritten.

    Raises:
        Invalid: no sample is named, or the file is there already or cannot be written.
        NotFound: there is no such sample.
        RuleBroken: another station's log has to be sealed first.
    """
    if not samples:
        raise Invalid("bundle.nothing")
    if target.exists():
        raise Invalid("bundle.exists", file=str(target))
    sealing = laboratory.sealing
    found = lims.ask(dossier.gather, samples)
    note = sealing.leave("export", " ".join(samples)[:200], by=lims)
    parts = lims.ask(dossier.parts, found, note)
    missing: list[str] = []
    origins = {part.origin.split("/")[1]: part.origin for part in parts}
    dossiers = [_dossier(laboratory, one, origins, missing) for one in found.samples]
    others = {"page.html": _page(lims, (found.samples, dossiers), note, missing)}
    _write(target, bundle.contents(parts, dossiers, others, sealing.signer()))
    return Bundle(target, note, tuple(missing))


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    draft = target.with_name(target.name + ".new")
    try:
        bundle.write(draft, files)
        draft.replace(target)
    except OSError as fault:
        raise Invalid("bundle.unwritable", file=str(target), reason=fault.strerror or "") from None
    finally:
        draft.unlink(missing_ok=True)


def _dossier(laboratory: Laboratory, one: Found, origins: Mapping[str, str], missing: list[str]) -> Dossier:
    files = {f"slips/{id_}.json": content for id_, content in one.slips.items()}
    files |= _raw(laboratory, one.raws, missing)
    for id_ in one.attachments:
        data = _attachment(laboratory, origins, id_)
        if data is None:
            missing.append(_missed(f"attachment {id_}", laboratory.lims.ask(gone.where_file, id_)))
        else:
            files[f"attachments/{id_}"] = data
    return Dossier(one.number, {origins[station]: seqs for station, seqs in one.entries.items()}, files)


def _attachment(laboratory: Laboratory, origins: Mapping[str, str], id_: str) -> bytes | None:
    """Return a file of any of the logs that is whole in this folder, or None; a van's came with its bundles."""
    lims = laboratory.lims
    for origin in origins.values():
        there = replace(lims.store, place=place_of(*origin.split("/")))
        with suppress(LimsError, ValueError):
            return attach.read(replace(lims, store=there), laboratory.folder, id_)
    return None


def _raw(laboratory: Laboratory, raws: Sequence[Raw], missing: list[str]) -> dict[str, bytes]:
    files = {}
    for one in raws:
        data = b""
        if one.station == laboratory.lims.store.place.station:
            profile, after = laboratory.lims.ask(dossier.journal_before, one.instrument, one.entry)
            data = raw.wire(laboratory.folder.journal, one.instrument, profile, one.entry, after)
        if data:
            files[f"raw/{one.reading}.wire"] = data
        else:
            where = laboratory.lims.ask(gone.where_raw, one.instrument, one.entry)
            missing.append(_missed(f"raw {one.instrument} {one.entry}", where))
    return files


def _missed(what: str, where: str) -> str:
    """Return a line about what could not be put into the bundle; what left for the county says where it is."""
    return f"{what}: 在县里 / at the county, {where}" if where else what


def _page(
    lims: Lims,
    found: tuple[Sequence[Found], Sequence[Dossier]],
    note: Note,
    missing: Sequence[str],
) -> bytes:
    seen = []
    for one, told in zip(*found, strict=True):
        trail = lims.ask(trace.sample, one.number)
        facts = [page.Line(fact.at, fact.what, fact.who, fact.where, fact.detail) for fact in trail.facts]
        entries = [(origin, seq) for origin, seqs in told.entries.items() for seq in seqs]
        files = sorted(told.files)
        seen.append(page.Seen(one.number, trail.food, trail.form, facts, entries, files, trail.titles))
    key = lims.ask(proofs.present_key)
    name = lims.ask(proofs.laboratory)
    return page.page(name, note.text(), key.text() if key else "", seen, missing)


def _line(file: BinaryIO, data: bytes) -> None:
    file.write(base64.b64encode(data) + b"\n")


def log_export(laboratory: Laboratory, lims: Lims, target: Path) -> Note:
    """Write the whole log of this station with its signed head, which leaves with it; return that head.

    The file is text: a line with form, origin and size, a line of base64 for each entry, an empty line, the head.

    Raises:
        Invalid: the file is there already or cannot be written.
    """
    if target.exists():
        raise Invalid("bundle.exists", file=str(target))
    note = laboratory.sealing.leave("export", "log", by=lims)
    head = checkpoint.parse(note.body)
    draft = target.with_name(target.name + ".new")
    try:
        with draft.open("wb") as file:
            file.write(f"{bundle.LOG} {head.origin} {head.size}\n".encode())
            lims.ask(proofs.each_entry, head.size, lambda data: _line(file, data))
            file.write(b"\n" + note.text().encode())
        draft.replace(target)
    except OSError as fault:
        raise Invalid("bundle.unwritable", file=str(target), reason=fault.strerror or "") from None
    finally:
        draft.unlink(missing_ok=True)
    return note


def shift(laboratory: Laboratory, lims: Lims) -> bytes:
    """End a shift: the log's head leaves, on one page to print, sign and file; return the page as PDF.

    Raises:
        LimsError: the head could not leave.
    """
    sealing = laboratory.sealing
    last = next((one.size for one in lims.ask(proofs.left) if one.way == "shift"), 0)
    note = sealing.leave("shift", by=lims)
    key = lims.ask(proofs.present_key)
    head = checkpoint.parse(note.body)
    told = Shift(
        laboratory=lims.ask(proofs.laboratory),
        station=lims.store.place.station,
        by=lims.actor.name,
        at=clock.now(),
        size=head.size,
        note=note.text(),
        key=key.text() if key else "",
        slips=lims.ask(proofs.slips_since, last),
    )
    return render(told)
