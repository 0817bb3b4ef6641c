"""What may go to an authority's platform: approved verdicts as neutral records; the outbox and its receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries import methods
from lims.queries.people import names
from lims.records.equipment import Instrument
from lims.records.results import Result, Verdict
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.records.uploads import Upload, UploadReceipt
from lims.rules import regulation
from lims.storage.unit import View

_FORM = (
    "task_source", "task_kind", "credit_code", "business_address", "stall", "area_kind", "place_kind", "brand",
    "specification", "batch", "dated_on", "shelf_life", "base_quantity", "quantity", "retained_quantity", "origin",
    "producer_name", "producer_address", "trace_code",
)  # fmt: skip
FIELDS = (
    *_FORM, "key", "number", "food", "group", "group_word", "stage_word", "township", "business", "drawn_at", "item",
    "method", "format", "standard", "clause", "threshold", "value", "unit", "word", "word_zh", "tested_at", "tester",
    "lot", "model", "serial",
)  # fmt: skip
"""Names of a record's fields."""
_TIME = "%Y-%m-%d %H:%M:%S"


def _shown(moment: datetime) -> str:
    return clock.local(moment).strftime(_TIME)


@question()
def records(view: View, first: date, last: date) -> list[dict[str, str]]:
    """Return every approved verdict of samples drawn between two days as a neutral record, by its id.

    A field with nothing to say holds "/"; nothing is filled in. Times are the laboratory's own clock.
    """
    query = (
        select(Verdict, Sample, Run, Instrument)
        .join(Sample, (Sample.site == Verdict.site) & (Sample.id == Verdict.sample))
        .join(Result, (Result.site == Verdict.site) & (Result.id == Verdict.result))
        .join(Run, (Run.site == Result.site) & (Run.id == Result.run))
        .join(Instrument, (Instrument.site == Run.site) & (Instrument.id == Run.instrument))
        .where(
            Verdict.site == view.site,
            Verdict.state == "approved",
            Sample.state != "void",
            Sample.drawn_on >= first,
            Sample.drawn_on <= last,
        )
        .order_by(Verdict.id)
    )
    called, known = names(view), methods.book(view)
    return [
        _record(verdict, sample, run, instrument)
        | {"tester": called(verdict.tester), "format": known.method(verdict.method).format}
        for verdict, sample, run, instrument in view.rows(query)
    ]


def _record(verdict: Verdict, sample: Sample, run: Run, instrument: Instrument) -> dict[str, str]:
    """Return what its rows alone say of a verdict."""
    return {
        **{name: str(sample.form.get(name, "/")) for name in _FORM},
        "key": verdict.id,
        "number": sample.id,
        "food": sample.food,
        "group": sample.product_group,
        "group_word": regulation.term("product_group", sample.product_group).zh,
        "stage_word": regulation.term("stage", sample.stage).zh,
        "township": sample.township,
        "business": sample.business_name,
        "drawn_at": _shown(sample.drawn_at),
        "item": verdict.item,
        "method": verdict.method,
        "standard": str(verdict.basis.get("standard", "/")),
        "clause": str(verdict.basis.get("clause", "/")),
        "threshold": str(verdict.basis.get("threshold") or "/"),
        "value": "/" if verdict.value is None else str(verdict.value),
        "unit": verdict.unit or "/",
        "word": verdict.word,
        "word_zh": regulation.term("word", verdict.word).zh,
        "tested_at": _shown(verdict.at),
        "lot": run.lot,
        "model": instrument.profile,
        "serial": instrument.serial,
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record of the outbox that may be sent now."""

    id: str
    key: str
    content: dict[str, str]
    attempts: int


@question()
def due(view: View, platform: str, count: int) -> list[Waiting]:
    """Return records of a platform that wait and whose time has come, the oldest first."""
    query = select(Upload).where(
        Upload.site == view.site, Upload.platform == platform, Upload.state == "waiting"
    )
    rows = [
        one for one in view.all(query.order_by(Upload.id)) if one.next_at is None or one.next_at <= view.now
    ]
    return [Waiting(one.id, one.key, dict(one.content), one.attempts) for one in rows[:count]]


@question()
def known_keys(view: View, platform: str) -> frozenset[str]:
    """Return the keys of a platform that are in the outbox already, whatever became of them."""
    return frozenset(
        view.all(select(Upload.key).where(Upload.site == view.site, Upload.platform == platform))
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A record of the outbox in a list, with what the platform said last."""

    id: str
    platform: str
    number: str
    item: str
    word: str
    state: str
    attempts: int
    next_at: datetime | None
    said: str
    at: datetime | None


@question()
def listed(view: View, platform: str = "", *, states: Sequence[str] = ()) -> list[Line]:
    """Return the outbox, the newest first."""
    query = select(Upload).where(Upload.site == view.site)
    if platform:
        query = query.where(Upload.platform == platform)
    if states:
        query = query.where(Upload.state.in_(list(states)))
    found = view.all(query.order_by(Upload.id.desc()).limit(5000))
    last = _last(view, [one.id for one in found])
    return [
        Line(
            one.id, one.platform, one.sample, str(one.content.get("item", "")), str(one.content.get("word", "")),
            one.state, one.attempts, one.next_at, *last.get(one.id, ("", None)),
        )
        for one in found
    ]  # fmt: skip


def _last(view: View, ids: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    query = select(UploadReceipt).where(UploadReceipt.site == view.site, UploadReceipt.upload.in_(list(ids)))
    return {one.upload: (one.said, one.at) for one in view.all(query.order_by(UploadReceipt.id))}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a record once: what it meant, in whose words, the platform's own number, as it was."""

    id: str
    outcome: str
    said: str
    remote: str
    answer: str
    at: datetime


@question()
def answers(view: View, upload: str) -> list[Answer]:
    """Return every answer to one record of the outbox, the newest first."""
    query = select(UploadReceipt).where(UploadReceipt.site == view.site, UploadReceipt.upload == upload)
    return [
        Answer(one.id, one.outcome, one.said, one.remote, one.answer, one.at)
        for one in view.all(query.order_by(UploadReceipt.id.desc()))
    ]
