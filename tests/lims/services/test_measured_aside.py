"""Weights and temperatures are kept, and are neither results nor strays; a logger's degrees go to its place."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from drivers.reading import Call, Flag, Reading
from lims.records.readings import Reading as Kept
from lims.records.readings import Stray
from lims.records.storerooms import Temperature
from lims.services import equip, store_room
from lims.services.equip import Device
from lims.services.store_room import Room
from tests.laboratory import Lab


def rows(lab: Lab, kind: Any) -> list[Any]:
    with Session(lab.station.store.engine) as session:
        return list(session.scalars(select(kind)))


def test_a_weight_is_kept_and_is_no_stray(lab: Lab) -> None:
    balance = lab.instrument("B1", "mt_sics", "DOCUMENT")
    for _ in range(2):
        lab.reads(balance, Reading(item="mass", value=Decimal("25.13"), unit="g"))
    assert [str(row.value) for row in rows(lab, Kept)] == ["25.13", "25.13"]
    assert rows(lab, Stray) == []


def test_a_loggers_degrees_stand_in_the_record_of_its_place(lab: Lab) -> None:
    lab.as_("zheng").do(store_room.place, Room("F1", "fridge", "冷藏柜", high=Decimal(8), every_minutes=10))
    settings = {"store_places": {"1": "F1", "2": "nowhere"}}
    device = Device("L1", "L1", "modbus_logger", "SN1", "127.0.0.1:1", "DOCUMENT", settings)
    logger = lab.station.do(equip.instrument, device)
    lab.reads(logger, Reading(position="1", item="temperature", value=Decimal("4.2"), unit="℃"))
    lab.reads(logger, Reading(position="1H", item="humidity", value=Decimal(45), unit="%RH"))
    lab.reads(logger, Reading(position="2", item="temperature", value=Decimal("5.0"), unit="℃"))
    broken = Reading(
        position="1", item="temperature", unit="℃", call=Call.INVALID, flags=(Flag.NOT_A_NUMBER,)
    )
    lab.reads(logger, broken)
    (kept,) = rows(lab, Temperature)
    assert (kept.place, str(kept.value)) == ("F1", "4.2")
    assert kept.source in {row.id for row in rows(lab, Kept)}
    assert rows(lab, Stray) == []
