"""The practice laboratory: marked in its log, its numbers, its slips and labels, and kept out of everything real."""

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from lims.app import Founding, Laboratory, found, open_laboratory
from lims.demo import practice, script
from lims.errors import Invalid, RuleBroken
from lims.records.peers import Home
from lims.reports import label
from lims.reports.label import Label
from lims.rules import practice as marks
from lims.services import sample, upload
from lims.sync import inbox, members, outbox
from lims.sync.members import Wanted
from tests.laboratory import filled
from tests.lims.sync.vans import county_and_van

COPIED = ("id", "origin", "key", "sealing", "certificate", "url", "at")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("practice")
    practice.prepare(root)
    return root


@pytest.fixture
def laboratory(folder: Path) -> Iterator[Laboratory]:
    made = open_laboratory(folder)
    yield made
    made.close()


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "".join(page.get_textpage().get_text_range() for page in document)


def test_its_log_and_its_numbers_say_what_they_are(laboratory: Laboratory) -> None:
    assert laboratory.lims.store.place.origin == "PRACTICE/ZZ01/sha256"
    number = laboratory.sign_in("chen", script.PASSWORD).do(sample.draw, filled())
    assert marks.is_number(number)
    assert marks.MARK in words(label.sheet([Label(number, "豇豆", "陈记")]))
    practice.check(laboratory)


def test_what_is_there_is_opened_and_not_founded_anew(folder: Path, laboratory: Laboratory) -> None:
    before = laboratory.lims.ask(outbox.arrival)
    practice.prepare(folder)
    assert laboratory.lims.ask(outbox.arrival) == before


def test_nothing_of_it_is_sent_to_an_authority(laboratory: Laboratory) -> None:
    with pytest.raises(RuleBroken, match=r"practice\.upload"):
        laboratory.lims.do(upload.enqueue, "any", [])


def test_it_founds_no_van(laboratory: Laboratory) -> None:
    with pytest.raises(RuleBroken, match=r"practice\.bundle"):
        laboratory.sign_in("zheng", script.PASSWORD).do(members.charter, Wanted("LV", "LV01", "快检车"))


def test_a_bundle_of_practice_is_refused_by_the_real_laboratory(
    laboratory: Laboratory, tmp_path: Path
) -> None:
    van = county_and_van(tmp_path)
    home = van.lims.ask(members.home)
    assert home is not None
    laboratory.lims.do(members.settle, Home(**{name: getattr(home, name) for name in COPIED}))
    made = outbox.make(laboratory.lims, laboratory.sealing, tmp_path / "out")
    county = van.county.laboratory
    before = county.lims.ask(outbox.arrival)
    with pytest.raises(RuleBroken, match=r"practice\.bundle"):
        inbox.receive(county.lims, county.sealing, made.file.read_bytes(), made.file.name)
    assert county.lims.ask(outbox.arrival) == before
    with pytest.raises(RuleBroken, match=r"practice\.bundle"):
        van.county.as_("zheng").do(members.charter, Wanted(marks.SITE, marks.STATION, "练习"))
    van.laboratory.close()
    van.county.close()


@pytest.mark.parametrize(("site", "station"), [("LJ", "ZZ01"), ("PRACTICE", "LJ01")])
def test_nothing_real_is_founded_under_its_codes(tmp_path: Path, site: str, station: str) -> None:
    with pytest.raises(Invalid, match=r"practice\.code"):
        found(Founding(site, station, "连江县快检室"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_real_laboratory_is_not_opened_to_practise_in(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    with pytest.raises(RuleBroken, match=r"practice\.real"):
        practice.check(van.county.laboratory)
    van.laboratory.close()
    van.county.close()
