"""A sample goes from a van to its county: one act there, one here, and one writer at a time."""

from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from lims import clock
from lims.bench import dossier
from lims.cli import main
from lims.errors import NotFound, RuleBroken
from lims.evidence import verify
from lims.queries import (
    audit,
    figures,
    ledger,
    office,
    receipts,
    register,
    reviews,
    samples,
    statistics,
    trace,
    worklist,
)
from lims.queries import custody as asked
from lims.rules.amount import Amount
from lims.services import attach, custody, measure, portion, review, sample
from lims.services.attach import Subject
from lims.services.portion import Part
from lims.services.sample import Seen
from tests.custody import between, codes, proof
from tests.laboratory import PASSWORD, Lab, account
from tests.lims.sync.vans import Van, county_and_van

WHOLE = Seen("good", "intact", "F0001", "5 ℃", "1.9 kg")


def on_board(van: Van) -> Lab:
    return Lab(van.laboratory, dict(van.county.accounts))


def given(board: Lab, number: str, **other: object) -> str:
    """Hand a sample over to the county's technician, cool and under its seal."""
    warm, much = Decimal("4.5"), Amount(Decimal("1.9"), "kg")
    told = between(proof(board, "chen"), proof(board, "lin"), temperature=warm, quantity=much, **other)
    return board.as_("chen").do(custody.to_county, number, told)


def test_a_handed_over_sample_has_one_writer_at_a_time_and_counts_once(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    board, county = on_board(van), van.county
    lin, zheng, year = county.as_("lin"), county.as_("zheng"), clock.local(clock.now()).year
    number = board.draw(food="韭菜", contact="林女士", batch="B1")
    parts = [Part("test", Amount(Decimal(1), "kg")), Part("retained", Amount(Decimal(900), "g"))]
    test, retained = board.as_("chen").do(portion.divide, number, parts)
    van.sync()
    with pytest.raises(RuleBroken, match=r"custody\.not_handed.*快检车 LV01"):
        lin.do(sample.receive, number, WHOLE)
    with pytest.raises(RuleBroken, match=r"custody\.whole"):
        given(board, number, portion=test)
    given(board, number)
    for again in (
        partial(board.as_("zheng").do, sample.void, number, reason="试验"),
        partial(board.as_("lin").do, sample.receive, number, WHOLE),
        partial(board.as_("lin").do, portion.use_up, test, reason="试验"),
        partial(board.as_("zheng").do, portion.lock, retained, dispute="D1", reason="试验"),
        partial(given, board, number),
    ):
        with pytest.raises(RuleBroken, match=r"sample\.handed"):
            again()
    van.sync()
    with pytest.raises(RuleBroken, match=r"site\.elsewhere"):
        zheng.do(sample.void, number, reason="试验")
    came = lin.ask(receipts.arrival, number)
    assert came.sample
    assert came.handover
    assert (came.sample.van, came.handover.temperature, came.handover.quantity) == (
        "快检车 LV01", "4.5 ℃", "1.9 kg",
    )  # fmt: skip
    lin.do(sample.receive, number, WHOLE, version=came.sample.version)
    with pytest.raises(RuleBroken, match=r"sample\.state"):
        lin.do(sample.receive, number, WHOLE)
    assert [(row.number, row.state, row.van) for row in lin.ask(samples.page)] == [(number, "received", "")]
    trail = lin.ask(trace.sample, number)
    assert [fact.what for fact in trail.facts] == ["drawn", "divided", "divided", "handed_over", "received"]
    assert "林女士" in {said for *_, said in trail.form}
    assert (codes(county, number), len(lin.ask(asked.handovers, number))) == ([], 1)
    lin.do(portion.use_up, test, reason="试验")
    day, station = clock.local(clock.now()).date(), county.station
    assert station.ask(figures.quota, year).total.rapid == 1
    assert [row.number for row in station.ask(figures.behind, year)] == [number]
    assert [line.number for line in station.ask(register.lines, year)] == [number]
    assert sum(line.counted for line in station.ask(ledger.ledger, year)) == 1
    assert station.ask(statistics.statistics, day, day).drawn == 1
    assert zheng.ask(audit.verify).ok
    van.laboratory.close()
    van.county.close()


def evidence(county: Lab, number: str, target: Path) -> str:
    """Let the stand-alone verifier accept what the county hands out about a sample; return all its texts.

    The van's file is in it.
    """
    made = dossier.export(county.laboratory, county.as_("zheng"), [number], target)
    report = verify.check_bundle(target, [made.note.text()])
    assert report.ok, report
    held = [data.decode("utf-8", "replace") for data in verify.read_zip(target).values()]
    assert "棚外所见" in held
    return "\n".join(held)


def test_what_a_van_found_stays_the_vans_and_what_the_county_finds_stands_beside_it(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    board = on_board(van)
    board.ready()
    board.instrument()
    (number,) = board.received()
    run = board.run("TL310-1", [number])
    with pytest.raises(RuleBroken, match=r"custody\.running"):
        given(board, number)
    board.value("TL310-1", "1", "2.0")
    board.value("TL310-1", "2", "88.0")
    assert board.as_("lin").do(measure.close_run, run) == "valid"
    photo = tmp_path / "photo.txt"
    photo.write_text("棚外所见", "utf-8")
    attach.file(board.as_("lin"), van.laboratory.folder, photo, Subject("sample", number, "other"))
    van.sync()
    county = van.county
    wang = county.as_("wang")
    (listed,) = wang.ask(reviews.listed)
    assert (listed.number, listed.van, listed.finding.word) == (number, "快检车 LV01", "positive")
    assert wang.ask(reviews.waiting) == []
    farm = account(county, "office_agriculture")
    cases = farm.ask(office.cases, clock.local(clock.now()).year)
    assert [(one.number, one.word, one.food) for one in cases] == [(number, "positive", listed.food)]
    today = wang.ask(worklist.today)
    assert (today.away, today.newest_away, today.to_review) == (1, number, 0)
    with pytest.raises(RuleBroken, match=r"site\.elsewhere"):
        wang.do(review.approve, listed.finding.verdict)
    given(board, number)
    (waiting,) = board.as_("wang").ask(reviews.waiting)
    board.as_("wang").do(review.approve, waiting.finding.verdict)
    van.sync()
    assert "LV/LV01/sha256" in evidence(county, number, tmp_path / "before.zip")
    assert (wang.ask(reviews.listed), wang.ask(worklist.today).away) == ([], 0)
    county.instrument()
    county.as_("lin").do(sample.receive, number, WHOLE)
    run = county.run("TL310-1", [number])
    county.value("TL310-1", "1", "2.0")
    county.value("TL310-1", "2", "12.5")
    assert county.as_("lin").do(measure.close_run, run) == "valid"
    trail = county.as_("lin").ask(trace.sample, number)
    assert [(one.word, one.state) for one in trail.findings] == [
        ("positive", "approved"), ("negative", "to_review"),
    ]  # fmt: skip
    assert len(trail.runs) == 2
    evidence(county, number, tmp_path / "after.zip")
    assert board.as_("zheng").ask(audit.verify).ok
    assert county.as_("zheng").ask(audit.verify).ok
    van.laboratory.close()
    county.close()


def test_by_hand_a_bag_is_handed_over_and_received(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    van = county_and_van(tmp_path)
    number, own = on_board(van).draw(), van.county.draw()
    with pytest.raises(NotFound, match=r"sync\.no_home"):
        given(van.county, own)
    van.laboratory.close()
    monkeypatch.setenv("KUAIJIAN_PASSWORD", PASSWORD)
    monkeypatch.setenv("KUAIJIAN_SECOND_PASSWORD", PASSWORD)
    seen = ["--seal", "F0001", "--seal-state", "intact", "--condition", "good"]
    hand = [
        "hand-over",
        number,
        "--place",
        "窗口",
        *seen,
        "--second",
        "lin",
        "--temperature",
        "4",
        "--to-county",
    ]
    assert main.run([*hand, "--as", "chen", "--dir", str(tmp_path / "LV01")]) == 0
    assert main.run([*hand, "--as", "chen", "--dir", str(tmp_path / "LV01")]) == 1
    assert "已移交县里" in capsys.readouterr().err
    van.county.close()
    take = ["receive", own, *seen, "--as", "lin", "--dir", str(tmp_path / "county")]
    assert main.run(take) == 0
    assert main.run(take) == 1
