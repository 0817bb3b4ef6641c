"""Handovers by two identified parties, seals as objects, and the gaps that rules find."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lims import clock
from lims.actor import STATION
from lims.errors import Invalid, LimsError, NotAllowed, NotFound, RuleBroken
from lims.queries import audit, trace
from lims.queries import custody as asked
from lims.rules.amount import Amount
from lims.services import (
    custody,
    enrol,
    identify,
    sample,
    sealing,
)
from lims.services.custody import Handover, Outside, Position
from lims.services.identify import Confirmed
from lims.services.sample import Seen
from lims.services.sealing import Bag
from lims.storage.log import entries
from lims.storage.unit import Unit
from lims.text import tongue
from tests.custody import between, codes, outside, proof
from tests.laboratory import PASSWORD, Lab

# Handovers ------------------------------------------------------------------------------------------------


def test_a_bag_goes_by_a_courier_and_every_party_is_identified(lab: Lab) -> None:
    number = lab.draw()
    courier = outside(lab)
    lab.as_("chen").do(
        custody.hand_over,
        number,
        between(
            identify.confirm(lab.station, "chen", PASSWORD),
            courier,
            position=Position(Decimal("26.1975"), Decimal("119.5398"), Decimal(12)),
            temperature=Decimal("5.0"),
            quantity=Amount(Decimal("2.00"), "kg"),
        ),
    )
    lab.as_("lin").do(custody.hand_over, number, between(courier, proof(lab, "lin"), place="快检室"))
    lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0001", "5 ℃", "2 kg"))
    first, second = lab.as_("zheng").ask(asked.handovers, number)
    assert (first.giver.name, first.giver.how, first.taker.name, first.taker.how) == (
        "陈抽样", "password", "郑小小", "paper",
    )  # fmt: skip
    assert first.taker.paper == ("id_card", "350***********1234")
    assert (first.position, first.temperature, first.quantity) == (
        "26.1975, 119.5398 ±12 m", "5.0 ℃", "2.00 kg",
    )  # fmt: skip
    assert (second.giver.signature, second.taker.name) == (courier.signature, "林检测")
    assert codes(lab, number) == []
    assert lab.as_("zheng").ask(audit.verify).ok


def test_an_outsiders_name_paper_and_phone_never_enter_the_log(lab: Lab) -> None:
    number = lab.draw()
    lab.as_("chen").do(custody.hand_over, number, between(proof(lab, "chen"), outside(lab)))
    trail = lab.as_("chen").ask(trace.sample, number)
    assert [fact.detail["taker"] for fact in trail.facts if fact.what == "handed_over"] == ["郑** (闽运快递)"]
    with lab.station.store.engine.connect() as connection:
        log = b"".join(data for data, _ in entries(connection, "LJ", "LJ01"))
    for hidden in ("郑小小", "350122199001011234", "350***********1234", "13912345678", "signature.png"):
        assert hidden.encode() not in log
    (known,) = lab.as_("chen").ask(asked.outsiders)
    assert (known.name, known.organisation, known.paper_number) == (
        "郑小小", "闽运快递", "350***********1234",
    )  # fmt: skip


def test_one_of_ours_must_have_proved_himself_just_now(lab: Lab) -> None:
    number = lab.draw()
    chen, lin = proof(lab, "chen"), proof(lab, "lin")
    hand = lab.as_("chen")
    for wrong in (
        Confirmed(lin.account, ""),
        Confirmed(lin.account, chen.proof),
        Confirmed("nobody", lin.proof),
    ):
        with pytest.raises(NotAllowed, match=r"custody\.proof"):
            hand.do(custody.hand_over, number, between(chen, wrong))
    with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
        identify.confirm(lab.station, "lin", "wrong-password")
    failed = lab.station.acting(STATION).do(enrol.attempt, login="lin", account=lin.account, good=False)
    with pytest.raises(NotAllowed, match=r"custody\.proof"):
        hand.do(custody.hand_over, number, between(chen, Confirmed(lin.account, failed)))
    assert lab.as_("chen").ask(asked.handovers, number) == []


def test_a_proof_ages(lab: Lab) -> None:
    number = lab.draw()
    chen, lin = proof(lab, "chen"), proof(lab, "lin")
    later = clock.now() + identify.lasting() + timedelta(seconds=1)
    with pytest.raises(NotAllowed) as refused:
        _do_later(lab, number, between(chen, lin), later)
    assert (refused.value.code, refused.value.values["name"]) == ("custody.proof_old", "陈抽样")


def _do_later(lab: Lab, number: str, handover: Handover, later: datetime) -> None:
    """Try the act as if it were later than it is."""

    def work(connection: Connection) -> None:
        with Session(bind=connection) as session:
            unit = Unit(session, lab.station.store.place, lab.as_("chen").actor, now=later)
            custody.hand_over(unit, number, handover)

    lab.station.store.writer.submit(work)


def test_what_a_handover_must_not_be(lab: Lab) -> None:
    number = lab.draw()
    chen, lin, courier = proof(lab, "chen"), proof(lab, "lin"), outside(lab)
    bare = replace(courier, signature="")
    wrong: list[tuple[Handover, type[LimsError], str]] = [
        (between(chen, chen), RuleBroken, "custody.same_person"),
        (between(courier, courier), RuleBroken, "custody.none_of_ours"),
        (between(chen, bare), RuleBroken, "custody.unsigned"),
        (between(chen, replace(courier, photo="")), RuleBroken, "custody.unsigned"),
        (between(chen, replace(courier, photo="nothing")), NotFound, "attachment.unknown"),
        (between(chen, Outside("nobody", "a", "b")), NotFound, "outsider.unknown"),
        (between(chen, lin, photo="nothing"), NotFound, "attachment.unknown"),
        (between(chen, lin, portion="nothing"), NotFound, "portion.unknown"),
        (between(chen, lin, place=" "), Invalid, "form.problems"),
        (between(chen, lin, seal_state="fine"), Invalid, "form.problems"),
        (between(chen, lin, temperature=Decimal("NaN")), Invalid, "form.problems"),
        (between(chen, lin, position=Position(Decimal(91), Decimal(0))), Invalid, "form.problems"),
        (between(chen, lin, quantity=Amount(Decimal(-1), "kg")), Invalid, "amount.value"),
    ]
    for handover, kind, code in wrong:
        with pytest.raises(kind) as refused:
            lab.as_("chen").do(custody.hand_over, number, handover)
        assert refused.value.code == code
    with pytest.raises(NotAllowed, match=r"door\.role"):
        lab.as_("zhao").do(custody.hand_over, number, between(chen, lin))
    assert lab.as_("chen").ask(asked.handovers, number) == []


def test_a_refused_handover_is_kept_and_moves_nothing(lab: Lab) -> None:
    number = lab.draw()
    courier = outside(lab)
    refused = between(proof(lab, "chen"), replace(courier, signature="", photo=""), seal_state="intact")
    with pytest.raises(RuleBroken, match=r"custody\.reason"):
        lab.as_("chen").do(custody.hand_over, number, refused, accepted=False)
    lab.as_("chen").do(custody.hand_over, number, refused, accepted=False, reason="无冷藏箱，拒绝接收")
    (kept,) = lab.as_("zheng").ask(asked.handovers, number)
    assert (kept.accepted, kept.reason) == (False, "无冷藏箱，拒绝接收")
    lab.as_("chen").do(custody.hand_over, number, between(proof(lab, "chen"), proof(lab, "lin")))
    lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0001"))
    assert codes(lab, number) == []


def test_the_database_too_refuses_one_person_on_both_sides(lab: Lab) -> None:
    number = lab.draw()
    lab.as_("chen").do(custody.hand_over, number, between(proof(lab, "chen"), proof(lab, "lin")))
    engine = lab.station.store.engine.execution_options(writes=True)
    with engine.begin() as connection, pytest.raises(DBAPIError, match="two_parties"):
        connection.execute(text("UPDATE custody SET taker_account = giver_account"))


def test_handovers_typed_as_names_still_count_and_say_that_nobody_was_identified(lab: Lab) -> None:
    number = lab.draw()
    typed = sample.Handover("陈抽样", "林检测", "快检室", "F0001", "intact", "good")
    lab.as_("chen").do(sample.hand_over, number, typed)
    lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0001"))
    (kept,) = lab.as_("lin").ask(asked.handovers, number)
    assert (kept.giver.how, kept.taker.name) == ("typed", "林检测")
    assert codes(lab, number) == []


# Gaps -----------------------------------------------------------------------------------------------------


def test_a_receipt_without_a_handover_is_a_gap_with_a_sentence_in_both_languages(lab: Lab) -> None:
    (number,) = lab.received()
    (gap,) = lab.as_("zheng").ask(asked.gaps, number)
    assert gap.kind == "receipt_without_handover"
    assert gap.end is not None
    assert gap.start < gap.end
    for language, name in (("zh_CN", "林检测"), ("en", "林检测")):
        assert name in tongue(language).sentence(gap.reason)
    assert lab.as_("zheng").ask(trace.sample, number).gaps == (gap,)
    (lacking,) = lab.as_("zheng").ask(asked.lacking)
    assert (lacking.number, lacking.gaps) == (number, (gap,))


def test_a_giver_who_never_had_it_and_another_seal_are_gaps(lab: Lab) -> None:
    number = lab.draw()
    taken = between(proof(lab, "zheng"), proof(lab, "lin"), seal="F0009")
    lab.as_("lin").do(custody.hand_over, number, taken)
    lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0009"), reason="封条号不符")
    assert codes(lab, number) == ["no_custodian", "seal_changed"]


# Seals ----------------------------------------------------------------------------------------------------


def test_the_life_of_a_seal(lab: Lab) -> None:
    chen, zheng = lab.as_("chen"), lab.as_("zheng")
    assert zheng.do(sealing.issue, "F0001", "F0010", to=lab.accounts["chen"]) == 10
    number = lab.draw()
    chen.do(sealing.apply, "F0001", Bag(number, "凤城农贸市场"))
    chen.do(sealing.inspect, "F0001", intact=True, place="车上")
    lab.as_("chen").do(custody.hand_over, number, between(proof(lab, "chen"), proof(lab, "lin")))
    lab.as_("lin").do(sample.receive, number, Seen("good", "intact", "F0001"))
    lab.as_("lin").do(sealing.cut, "F0001", place="快检室", reason="开封取检样")
    chen.do(sealing.apply, "F0002", Bag(number, "快检室"))
    life = zheng.ask(asked.seal, "F0001")
    assert [fact[1:3] for fact in life.facts] == [
        ("applied", "陈抽样"), ("intact", "陈抽样"), ("cut", "林检测"),
    ]  # fmt: skip
    assert (life.seal.state, life.seal.sample, life.seal.issued_to) == ("broken", number, "陈抽样")
    assert codes(lab, number) == []
    assert [line.number for line in zheng.ask(asked.seals, state="issued", count=3)] == [
        "F0003", "F0004", "F0005",
    ]  # fmt: skip


def test_a_seal_goes_on_one_bag_once(lab: Lab) -> None:
    chen, zheng = lab.as_("chen"), lab.as_("zheng")
    zheng.do(sealing.issue, "F0001", "F0005", to=lab.accounts["chen"])
    one, two = lab.draw(seal="F0001"), lab.draw(seal="F0002")
    chen.do(sealing.apply, "F0001", Bag(one, "市场"))
    chen.do(sealing.lose, "F0005", reason="撕坏")
    refused = {
        ("F0001", two): "sealing.state",
        ("F0002", one): "sealing.on_form",
        ("F0003", one): "sealing.still_on",
        ("F0005", two): "sealing.state",
        ("F0099", two): "seal.unknown",
    }
    for (seal, number), code in refused.items():
        with pytest.raises(LimsError) as found:
            chen.do(sealing.apply, seal, Bag(number, "市场"))
        assert found.value.code == code
    with pytest.raises(RuleBroken, match=r"sealing\.issued"):
        zheng.do(sealing.issue, "F0005", "F0008", to=lab.accounts["chen"])
    assert [line.number for line in zheng.ask(asked.seals)] == ["F0001", "F0002", "F0003", "F0004", "F0005"]
    with pytest.raises(RuleBroken, match=r"sealing\.reason"):
        chen.do(sealing.cut, "F0001", place="市场", reason=" ")


def test_the_database_too_refuses_a_second_application(lab: Lab) -> None:
    lab.as_("zheng").do(sealing.issue, "F0001", "F0001", to=lab.accounts["chen"])
    number = lab.draw()
    lab.as_("chen").do(sealing.apply, "F0001", Bag(number, "市场"))
    engine = lab.station.store.engine.execution_options(writes=True)
    copy = (
        "INSERT INTO seal_fact (site, id, seal, what, sample, portion, place, reason, photo, by, at) "
        "SELECT site, 'again', seal, what, sample, portion, place, reason, photo, by, at FROM seal_fact"
    )
    with engine.begin() as connection, pytest.raises(DBAPIError, match=r"(?i)unique"):
        connection.execute(text(copy))


def test_a_seal_found_broken_needs_words_and_stays_a_gap(lab: Lab) -> None:
    lab.as_("zheng").do(sealing.issue, "F0001", "F0001", to=lab.accounts["chen"])
    number = lab.draw()
    lab.as_("chen").do(sealing.apply, "F0001", Bag(number, "市场"))
    with pytest.raises(RuleBroken, match=r"sealing\.reason"):
        lab.as_("lin").do(sealing.inspect, "F0001", intact=False, place="快检室")
    lab.as_("lin").do(sealing.inspect, "F0001", intact=False, place="快检室", reason="一角已揭起")
    assert codes(lab, number) == ["seal_broken"]
