"""What the papers of a sample and its case may print: every field by its name, every table by its rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.errors import Invalid, NotFound
from lims.queries import disputes, editions, trace
from lims.queries.disputes import Fact, Whole
from lims.records.cases import Case
from lims.records.custody import Custody
from lims.records.places import Site
from lims.records.samples import Sample
from lims.rules import cases, regulation, template
from lims.rules.methods import titled
from lims.rules.template import Template
from lims.storage.unit import View

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Filling:
    """A paper with what it says; a field without an entry has nothing to say."""

    template: Template
    fields: Mapping[str, str]
    tables: Mapping[str, Rows] = field(default_factory=dict)


def _shown(moment: datetime) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


@question()
def paper(view: View, name: str, number: str, *, item: str = "") -> Filling:
    """Return a paper of a sample, ready to be drawn.

    Args:
        view: the snapshot.
        name: of the paper.
        number: of the sample.
        item: of the case, for papers of a case; empty for the sample's latest.

    Raises:
        NotFound: no such paper, no such sample, or the sample has no case.
    """
    shipped = template.shipped(name)
    found = template.read(name, editions.text(view, f"paper.{name}") or shipped)
    trail = trace.sample(view, number)
    sample = view.find(Sample, number)
    kind = sample.kind if sample else ""
    fields = {one: text for one, _, _, text in trail.form}
    fields |= {"drawn_at": _shown(sample.drawn_at)} if sample else {}
    fields |= {
        "number": number,
        "laboratory": _site(view),
        "printed_at": _shown(view.now),
        "drawn_by": next((fact.who for fact in trail.facts if fact.what == "drawn"), ""),
        "kind_word": regulation.term("kind", kind).zh,
    }
    tables: dict[str, Rows] = {
        "results": list(_results(trail)),
        "custody": list(_custody(view, number)),
    }
    if template.fields(name) >= {"case_item"}:
        whole = _case(view, number, item)
        fields |= dict(_case_fields(whole))
        tables |= _case_tables(whole)
    return Filling(found, fields, tables)


@question()
def preview(view: View, name: str, content: str, number: str) -> Filling:
    """Return a paper by a text that is not published yet, filled from a sample; for who edits it.

    Raises:
        Invalid: what is wrong in the text, one by one.
        NotFound: no such paper or sample.
    """
    found = template.read(name, content)
    filling = paper(view, name, number)
    return Filling(found, filling.fields, filling.tables)


def _site(view: View) -> str:
    site = view.find(Site)
    if site is None:
        raise Invalid("log.table", table="site")
    return site.name


def _results(trail: trace.Trail) -> Iterator[Mapping[str, str]]:
    for one in trail.findings:
        if one.state == "rejected":
            continue
        yield {
            "item": one.item,
            "method": titled(one.method, trail.titles)[0],
            "standard": str(one.basis.get("standard", one.method)),
            "clause": str(one.basis.get("clause", "")),
            "value": one.value,
            "unit": one.unit if one.value else "",
            "word": regulation.term("word", one.word).zh,
            "tested_at": _shown(one.received_at),
            "instrument": one.instrument,
        }


def _custody(view: View, number: str) -> Iterator[Mapping[str, str]]:
    query = select(Custody).where(Custody.site == view.site, Custody.sample == number).order_by(Custody.at)
    for one in view.all(query):
        yield {
            "at": _shown(one.at),
            "giver": one.giver,
            "taker": one.taker,
            "place": one.place,
            "seal": one.seal,
            "seal_state": regulation.term("seal_state", one.seal_state).zh,
            "condition": regulation.term("condition", one.condition).zh,
        }


def _case(view: View, number: str, item: str) -> Whole:
    query = select(Case).where(Case.site == view.site, Case.sample == number).order_by(Case.id.desc())
    found = [one for one in view.all(query) if item in {"", one.item}]
    if not found:
        raise NotFound("case.none", number=number)
    return disputes.case(view, found[0].id)


def _case_fields(whole: Whole) -> Iterator[tuple[str, str]]:
    line = whole.line
    regimes = {row["code"]: row["label"][0] for row in regulation.table("case")["regime"]}
    yield "case_item", line.item
    yield "case_word", regulation.term("word", line.word).zh
    yield "case_value", line.value
    yield "regime_word", regimes.get(line.regime, "")
    yield "state_word", cases.states()[line.state].zh
    yield "opened_at", _shown(line.opened_at)
    due = [one.due for one in whole.deadlines if "objection" in one.clock.ends and one.due]
    yield "deadline", _shown(due[0]) if due else ""
    for fact in whole.facts:  # the latest of a kind stands
        yield f"{fact.kind}_at", _shown(fact.at)
        yield f"{fact.kind}_by", fact.by
        yield from ((f"{fact.kind}_{name}", text) for name, text in words(fact))


def words(fact: Fact) -> Iterator[tuple[str, str]]:
    """Yield what a fact says in words: codes of a choice as people read them."""
    for one in cases.kinds()[fact.kind].fields:
        yield one.name, one.said(fact.detail.get(one.name, ""), clock.ZONE)[0]


def _case_tables(whole: Whole) -> dict[str, Rows]:
    def of(*kinds: str) -> Rows:
        return [{"at": _shown(one.at), **dict(words(one))} for one in whole.facts if one.kind in kinds]

    return {
        "measures": of("measure"),
        "disposals": of("disposed"),
        "facts": [_fact(one) for one in whole.facts],
    }


def _fact(one: Fact) -> Mapping[str, str]:
    kind = cases.kinds()[one.kind]
    labels = {field.name: field.label[0] for field in kind.fields}
    said = "；".join(f"{labels[name]} {text}" for name, text in words(one) if text)
    return {"at": _shown(one.at), "what": kind.label[0], "by": one.by, "said": said}
