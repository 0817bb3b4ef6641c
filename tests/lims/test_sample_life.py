"""One sample from the form to the slip, with everything that must be refused on the way."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from drivers.reading import Call, Flag, Reading
from lims import clock
from lims.errors import Conflict, Invalid, NotAllowed, RuleBroken
from lims.evidence.verify import verify_log
from lims.queries import audit, bench, figures, reviews, samples, slips, trace, worklist
from lims.rules.numbering import is_number
from lims.services import certify, measure, plan, review, sample
from lims.services.measure import Binding
from lims.services.sample import Handover, Seen
from lims.storage.log import entries
from tests.laboratory import Lab, filled


def approved(lab: Lab, value: str = "12.5") -> str:
    (number,) = lab.received()
    instrument = lab.instrument()
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "2.0")
    lab.value(instrument, "2", value)
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    (waiting,) = lab.as_("wang").ask(reviews.waiting)
    lab.as_("wang").do(review.approve, waiting.finding.verdict)
    return number


def test_a_sample_goes_from_the_form_to_the_slip(lab: Lab) -> None:
    number = approved(lab)
    slip_id = lab.as_("zhao").do(certify.issue, number)
    slip = lab.as_("zhao").ask(slips.slip, slip_id)
    assert is_number(number)
    assert slip.content["number"] == number
    assert [result["word"] for result in slip.content["results"]] == ["negative"]
    assert slip.content["results"][0]["value"] == "12.5"
    trail = lab.as_("zheng").ask(trace.sample, number)
    assert [fact.what for fact in trail.facts] == [
        "drawn", "received", "run_started", "read", "run_closed", "verdict", "approved", "slip",
    ]  # fmt: skip
    assert trail.state == "certified"
    assert lab.as_("zheng").ask(audit.verify).ok


def test_the_seal_of_a_slip_stays_the_same_while_the_log_grows(lab: Lab) -> None:
    number = approved(lab)
    slip_id = lab.as_("zhao").do(certify.issue, number)
    first = lab.as_("zhao").ask(slips.slip, slip_id)
    lab.draw()
    assert lab.as_("zhao").ask(slips.slip, slip_id) == first
    with lab.station.store.engine.connect() as connection:
        log = list(entries(connection, "LJ", "LJ01"))[: first.seal.size]
    assert verify_log(first.seal.origin, log).root == first.seal.root.hex()


def test_a_second_slip_needs_a_reason_and_names_the_first(lab: Lab) -> None:
    number = approved(lab)
    lab.as_("zhao").do(certify.issue, number)
    with pytest.raises(RuleBroken, match=r"slip\.reason"):
        lab.as_("zhao").do(certify.issue, number)
    again = lab.as_("zhao").do(certify.issue, number, reason="客户名称更正")
    slip = lab.as_("zhao").ask(slips.slip, again)
    assert (slip.version, slip.content["replaces"]) == (2, 1)


def test_a_form_with_a_blank_saves_nothing_and_names_each_field(lab: Lab) -> None:
    with pytest.raises(Invalid) as refused:
        lab.as_("chen").do(sample.draw, filled(food="", brand="", township="999", dated_on="3 August"))
    found = {problem.where: problem.code for problem in refused.value.problems}
    assert found == {
        "food": "form.missing",
        "brand": "form.slash_or_value",
        "township": "form.option",
        "dated_on": "form.date",
    }
    assert lab.as_("chen").ask(samples.page) == []


def test_personal_fields_stand_in_the_log_only_as_commitments(lab: Lab) -> None:
    number = lab.draw(contact="郑小小", phone="13912345678")
    with lab.station.store.engine.connect() as connection:
        log = b"".join(data for data, _ in entries(connection, "LJ", "LJ01"))
    assert "郑小小".encode() not in log
    assert b"13912345678" not in log
    shown = {name: value for name, _, _, value in lab.as_("chen").ask(trace.sample, number).form}
    assert (shown["contact"], shown["phone"]) == ("郑小小", "13912345678")


def test_a_broken_seal_needs_a_reason(lab: Lab) -> None:
    number = lab.draw()
    lin = lab.as_("lin")
    with pytest.raises(RuleBroken, match=r"receipt\.reason"):
        lin.do(sample.receive, number, Seen("good", "intact", "F9999"))
    lin.do(sample.receive, number, Seen("good", "broken", "F0001"), reason="运输中破损，经双方确认")
    with pytest.raises(RuleBroken, match=r"sample\.state"):
        lin.do(sample.receive, number, Seen("good", "intact", "F0001"))


def test_a_refused_sample_is_not_tested(lab: Lab) -> None:
    number = lab.draw()
    lab.as_("lin").do(sample.receive, number, Seen("spoiled", "intact", "F0001"), accept=False, reason="变质")
    instrument = lab.instrument()
    with pytest.raises(RuleBroken, match=r"sample\.state"):
        lab.run(instrument, [number])


def test_two_desks_on_one_sample_give_a_conflict(lab: Lab) -> None:
    number = lab.draw()
    lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0001"), version=1)
    with pytest.raises(Conflict, match=r"sample\.changed"):
        lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0001"), version=1)


def test_handovers_are_facts_also_when_refused(lab: Lab) -> None:
    number = lab.draw()
    handover = Handover("陈抽样", "林检测", "连江县快检室", "F0001", "broken", "good")
    with pytest.raises(RuleBroken, match=r"custody\.reason"):
        lab.as_("chen").do(sample.hand_over, number, handover, accepted=False)
    lab.as_("chen").do(sample.hand_over, number, handover, accepted=False, reason="封条破损")
    facts = lab.as_("chen").ask(trace.sample, number).facts
    assert [fact.what for fact in facts] == ["drawn", "refused_handover"]


def test_a_run_without_a_valid_blank_gives_no_verdict(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "45.0")
    lab.value(instrument, "2", "88.0")
    assert lab.as_("lin").do(measure.close_run, run) == "invalid"
    assert lab.as_("wang").ask(reviews.waiting) == []
    seen = lab.as_("lin").ask(bench.current, instrument)
    assert seen is not None
    assert (seen.why, seen.places[1].said is not None) == ("blank_out_of_limits 1", True)
    found = lab.as_("lin").ask(samples.by_number, number)
    assert found is not None
    assert found.state == "received"


def test_the_tester_does_not_review_himself(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "0.0")
    lab.value(instrument, "2", "50.0")
    lab.as_("lin").do(measure.close_run, run)
    (waiting,) = lab.as_("wang").ask(reviews.waiting)
    assert waiting.finding.word == "positive"
    both = lab.station.acting(
        lab.as_("lin").actor.__class__(lab.accounts["lin"], "林", frozenset({"reviewer"}))
    )
    with pytest.raises(NotAllowed, match=r"review\.same_person"):
        both.do(review.approve, waiting.finding.verdict)
    engine = lab.station.store.engine.execution_options(writes=True)
    with engine.begin() as connection, pytest.raises(DBAPIError, match="second_person"):
        connection.execute(
            text(
                "INSERT INTO review (site, id, verdict, tester, reviewer, decision, reason, display, at) "
                "VALUES ('LJ', 'x', :verdict, 'a', 'a', 'approved', '', '', '2026-01-01T00:00:00.000Z')"
            ),
            {"verdict": waiting.finding.verdict},
        )


def test_a_profile_from_documents_needs_a_second_look_at_the_display(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument(evidence="DOCUMENT")
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "0.0")
    lab.value(instrument, "2", "37.4")
    lab.as_("lin").do(measure.close_run, run)
    (waiting,) = lab.as_("wang").ask(reviews.waiting)
    assert waiting.display_needed
    for display, code in (("", "review.display"), ("34.7", "review.display_differs")):
        with pytest.raises(RuleBroken) as refused:
            lab.as_("wang").do(review.approve, waiting.finding.verdict, display=display)
        assert refused.value.code == code
    lab.as_("wang").do(review.approve, waiting.finding.verdict, display="37.4")


def test_the_first_positive_stays_visible_after_a_repeat(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    for value in ("71.0", "10.0"):
        run = lab.run(instrument, [number])
        lab.value(instrument, "1", "1.0")
        lab.value(instrument, "2", value)
        lab.as_("lin").do(measure.close_run, run)
        (waiting,) = lab.as_("wang").ask(reviews.waiting)
        if value == "71.0":
            lab.as_("wang").do(review.repeat, waiting.finding.verdict, reason="阳性须复测")
        else:
            lab.as_("wang").do(review.approve, waiting.finding.verdict)
    slip_id = lab.as_("zhao").do(certify.issue, number)
    content = lab.as_("zhao").ask(slips.slip, slip_id).content
    assert [result["word"] for result in content["results"]] == ["negative"]
    assert [result["word"] for result in content["first_results"]] == ["positive"]
    assert content["open_cases"] == [content["results"][0]["item"]]


def test_the_same_entry_and_the_same_record_are_counted_once(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    lab.run(instrument, [number])
    one = Reading(position="2", value=Decimal("12.0"), unit="%", record="77")
    source = measure.Source(instrument, 500, 0, clock.now())
    first = lab.station.do(measure.take_in, source, one)
    assert lab.station.do(measure.take_in, source, one) == first
    again = measure.Source(instrument, 501, 0, clock.now())
    assert lab.station.do(measure.take_in, again, one) == first
    (kept,) = lab.as_("lin").ask(bench.readings)
    assert kept.repeats == 1
    other = Reading(position="2", value=Decimal("99.0"), unit="%", record="77")
    lab.station.do(measure.take_in, measure.Source(instrument, 502, 0, clock.now()), other)
    assert [stray.reason for stray in lab.as_("lin").ask(bench.strays)] == ["record_conflict"]


def test_what_cannot_be_checked_counts_after_two_equal_downloads(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    lab.run(instrument, [number])
    one = Reading(position="2", value=Decimal("12.0"), unit="%", record="5", flags=(Flag.UNVERIFIABLE,))
    lab.reads(instrument, one)
    assert [stray.reason for stray in lab.as_("lin").ask(bench.strays)] == ["needs_second_download"]
    lab.reads(instrument, one)
    assert lab.as_("lin").ask(bench.strays) == []
    run = lab.as_("lin").ask(bench.current, instrument)
    assert run is not None
    assert [place.said is not None for place in run.places] == [False, True]


def test_strays_wait_with_their_reason_and_are_assigned_by_a_person(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    reading = lab.value(instrument, "9", "30.0")
    run = lab.run(instrument, [number])
    lab.value(instrument, "9", "31.0")
    reasons = [stray.reason for stray in lab.as_("lin").ask(bench.strays)]
    assert reasons == ["position_not_bound", "no_run"]
    with pytest.raises(RuleBroken, match=r"stray\.reason"):
        lab.as_("lin").do(measure.assign, reading, run=run, position="2", reason=" ")
    lab.as_("lin").do(measure.assign, reading, run=run, position="2", reason="通道号看错")
    with pytest.raises(RuleBroken, match=r"stray\.settled"):
        lab.as_("lin").do(measure.dismiss, reading, reason="不是样品")


def test_text_of_a_device_that_may_not_stand_in_the_log_is_written_out(lab: Lab) -> None:
    instrument = lab.instrument()
    bad = Reading(position="1", sample="a\x00b\u202ec\udcff", extra={"名\x07": "e\u0301"})
    lab.reads(instrument, bad)
    (kept,) = lab.as_("lin").ask(bench.readings)
    assert kept.sample_text == "a<U+0000>b<U+202E>c<U+DCFF>"
    assert kept.extra == {"名<U+0007>": "é"}


@pytest.mark.parametrize(
    ("role", "reason"), [("administrator", "admin"), ("sampler", "chen"), ("signatory", "zhao")]
)
def test_roles_are_refused_at_the_door(lab: Lab, role: str, reason: str) -> None:
    with pytest.raises(NotAllowed, match=r"door\.role"):
        lab.as_(reason).do(
            measure.start_run,
            instrument="x",
            method="GBT5009.199-2003",
            lot="1",
            bindings=[Binding("1", "blank")],
        )
    assert role in lab.as_(reason).actor.roles


def test_the_quota_counts_real_samples_and_says_when_there_is_no_basis(lab: Lab) -> None:
    year = clock.now().year
    for _ in range(3):
        lab.draw()
    lab.draw(kind="laboratory")
    wrong = lab.draw()
    lab.as_("zheng").do(sample.void, wrong, reason="重复录入")
    lab.as_("zheng").do(plan.population, township="350122100", year=year, people=92136, source="演示数据")
    found = lab.as_("zheng").ask(figures.quota, year)
    town = next(town for town in found.towns if town.code == "350122100")
    assert (town.line.target, town.line.rapid, town.line.laboratory) == (461, 3, 1)
    assert (found.total.target, len(found.without_basis)) == (None, 21)
    lab.as_("zheng").do(plan.count_kinds, "laboratory")
    again = lab.as_("zheng").ask(figures.quota, year)
    assert next(town for town in again.towns if town.code == "350122100").line.counted == 1
    assert len(lab.as_("zheng").ask(figures.behind, year, township="350122100")) == 4


def test_today_counts_what_waits(lab: Lab) -> None:
    lab.draw()
    approved(lab)
    seen = lab.as_("lin").ask(worklist.today)
    assert (seen.to_receive, seen.to_issue, seen.to_review) == (1, 1, 0)


def test_a_device_call_never_becomes_the_verdict(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "0.0")
    lab.value(instrument, "2", "60.0", call=Call.NEGATIVE)
    lab.as_("lin").do(measure.close_run, run)
    (waiting,) = lab.as_("wang").ask(reviews.waiting)
    assert (waiting.finding.word, waiting.finding.call) == ("positive", "negative")
    assert "device_disagrees" in waiting.finding.doubts


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"flags": (Flag.UNKNOWN_ITEM,)}, "unknown_item"),
        ({"item": "formaldehyde"}, "other_item"),
        ({"measured_at": datetime(2019, 8, 7, 10, 31)}, "before_run"),  # noqa: DTZ001 - a device has no zone
        ({"measured_at": datetime(2090, 1, 1)}, "clock_ahead"),  # noqa: DTZ001 - the same
        ({"flags": (Flag.CONTROL,)}, "device_says_control"),
    ],
)
def test_a_reading_that_contradicts_its_run_is_held(lab: Lab, other: dict[str, object], reason: str) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    lab.run(instrument, [number])
    said = {"position": "2", "item": "pesticide inhibition", "value": Decimal(12), "unit": "%", "record": "9"}
    lab.reads(instrument, Reading(**{**said, **other}))  # type: ignore[arg-type] # the fields of a reading
    assert [stray.reason for stray in lab.as_("lin").ask(bench.strays)] == [reason]
