"""Custody for tests: parties that proved themselves, handovers, divided samples, a fridge."""

import io
from dataclasses import replace
from decimal import Decimal

from PIL import Image

from lims.queries import custody as asked
from lims.queries import trace
from lims.rules.amount import Amount
from lims.services import (
    attach,
    custody,
    enrol,
    measure,
    portion,
    review,
    store_room,
)
from lims.services.attach import Subject
from lims.services.custody import Handover, Outside, Stranger
from lims.services.identify import Confirmed
from lims.services.portion import Ending, Part
from lims.services.store_room import Room
from tests.laboratory import Lab

PEOPLE = Stranger("郑小小", "闽运快递", "id_card", "350122199001011234", "13912345678")


def png(size: tuple[int, int] = (40, 30), colour: str = "white") -> bytes:
    """Return a small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def proof(lab: Lab, login: str) -> Confirmed:
    """Return the proof of a person without the slow check of a password."""
    account = lab.accounts[login]
    return Confirmed(account, lab.station.do(enrol.attempt, login=login, account=account, good=True))


def outside(lab: Lab, who: str = "") -> Outside:
    """Return a party from outside, with a signature that serves as the photograph too."""
    chen = lab.as_("chen")
    person = who or chen.do(custody.outsider, PEOPLE)
    subject = Subject("outsider", person, "signature")
    drawn = attach.drawn(chen, lab.laboratory.folder, png(), "signature.png", subject)
    return Outside(person, drawn, drawn)


def between(giver: custody.Party, taker: custody.Party, **other: object) -> Handover:
    """Return a handover without a fault; `other` replaces fields."""
    handover = Handover(giver, taker, "凤城农贸市场南门", "F0001", "intact", "good")
    return replace(handover, **other)  # type: ignore[arg-type] # fields of a dataclass


def codes(lab: Lab, number: str) -> list[str]:
    """Return the reasons of a sample's gaps."""
    return [gap.reason.code.removeprefix("gap.") for gap in lab.as_("zheng").ask(asked.gaps, number)]


def divided(lab: Lab) -> tuple[str, str, str]:
    """Return a received sample divided into a test and a retained portion."""
    (number,) = lab.received()
    test, retained = lab.as_("lin").do(
        portion.divide,
        number,
        [Part("test", Amount(Decimal("1.2"), "kg")), Part("retained", Amount(Decimal(800), "g"))],
    )
    return number, test, retained


def approve(lab: Lab, number: str) -> None:
    """Test and review a sample."""
    instrument = lab.instrument()
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "2.0")
    lab.value(instrument, "2", "12.5")
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    finding = lab.as_("wang").ask(trace.sample, number).findings[0]
    lab.as_("wang").do(review.approve, finding.verdict)


def ending(lab: Lab, first: str = "lin", second: str = "zheng", **other: str) -> Ending:
    """Return an ending without a fault."""
    made = Ending(proof(lab, first), proof(lab, second), "retention_over", "destroyed")
    return replace(made, **other)  # type: ignore[arg-type] # texts alone


def fridge(lab: Lab) -> None:
    """Set up a room with a fridge and a shelf in it."""
    zheng = lab.as_("zheng")
    zheng.do(store_room.place, Room("R1", "room", "样品室"))
    zheng.do(store_room.place, Room("F1", "fridge", "一号冰箱", "R1", Decimal(0), Decimal(8), 10))
    zheng.do(store_room.place, Room("F1-2", "shelf", "二层", "F1"))
