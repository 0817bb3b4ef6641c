"""The repairman's file says how everything stands and names nobody."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from drivers.reading import Reading
from lims import clock, config
from lims.bench import diagnosis
from lims.config import Config
from lims.errors import Invalid
from lims.records.log import Personal
from lims.services import measure
from lims.services.measure import Source
from tests.laboratory import PEOPLE, Lab, filled, found_lab

SAMPLE = ("business_name", "business_address", "contact", "phone", "stall", "second_sampler")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path / "lab")
    yield made
    made.close()


def told(path: Path) -> dict[str, Any]:
    with ZipFile(path) as packed:
        return {Path(name).stem: json.loads(packed.read(name)) for name in packed.namelist()}


def test_it_names_no_person_no_business_and_no_sample(lab: Lab, tmp_path: Path) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    lab.reads(
        instrument,
        Reading(position="1", sample="陈记蔬菜 13800000000", item="x", value=Decimal(1), record="1"),
    )
    source = Source(instrument, 99, 0, clock.now())
    lab.station.do(measure.hold_broken, source, reason="checksum", detail="林检测", data="AA BB CC")
    config.save(lab.laboratory.folder, Config(database="postgresql://chen:geheim@127.0.0.1/lab"))
    out = diagnosis.write(lab.laboratory, tmp_path / "diagnosis.zip", verify=True)
    with ZipFile(out) as packed:
        words = "\n".join(packed.read(name).decode() for name in packed.namelist())
    with lab.station.store.engine.connect() as connection:
        personal = set(connection.scalars(select(Personal.text)))
    form = filled()
    secret = (
        {name for name, _ in PEOPLE.values()} | personal | {form[key] for key in SAMPLE} | {number, "geheim"}
    )
    assert personal
    assert [text for text in secret if text in words] == []
    assert "陈记" not in words


def test_it_says_how_everything_stands(lab: Lab, tmp_path: Path) -> None:
    lab.received()
    lab.instrument()
    found = told(diagnosis.write(lab.laboratory, tmp_path / "diagnosis.zip", verify=True))
    assert found["program"]["version"]
    assert found["database"]["revision"] == found["database"]["newest revision"]
    assert found["database"]["rows"]["sample"] == 1
    assert found["database"]["deeds"][0]["verb"]
    assert found["log"]["whole"] is True
    assert found["disk"]["free"] > 0
    assert [one["profile"] for one in found["instruments"]] == ["dayuan_tl310"]


def test_a_file_that_cannot_be_written_is_said(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"bundle\.unwritable"):
        diagnosis.write(lab.laboratory, tmp_path / "gone" / "diagnosis.zip")
