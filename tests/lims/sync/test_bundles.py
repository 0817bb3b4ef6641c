"""A bundle's way: made on a van, taken at the county once, proved by a receipt; nothing lost, nothing twice."""

import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from lims.actor import Actor
from lims.errors import Invalid, NotAllowed, Tampered
from lims.queries import audit, people
from lims.records.log import Personal
from lims.services import attach, sample
from lims.services.attach import Subject
from lims.storage.rebuild import differences
from lims.sync import members, outbox, sets
from tests.laboratory import Lab, filled, found_lab
from tests.lims.sync.vans import Van, county_and_van, found_van, issue


@pytest.fixture
def van(tmp_path: Path) -> Iterator[Van]:
    made = county_and_van(tmp_path)
    yield made
    made.laboratory.close()
    made.county.close()


def test_a_county_on_a_server_takes_bundles_too(lab: Lab, tmp_path: Path) -> None:
    issue(lab, "people")
    van = found_van(lab, tmp_path)
    van.act(3)
    assert van.sync().receipt
    assert whole(van)
    van.laboratory.close()


def held(van: Van) -> int:
    return next(one.held for one in van.county.station.ask(members.members))


def whole(van: Van) -> bool:
    """The county's copy of the van is what the van's log tells, and the county's own log is whole."""
    with van.county.station.store.engine.connect() as connection:
        strange = list(differences(connection, "LV"))
    return not strange and van.county.station.ask(audit.verify).ok


def test_what_a_van_did_is_at_the_county_and_its_receipt_holds(van: Van) -> None:
    van.act(1200)
    before = van.lims.ask(outbox.waiting)
    assert before.entries > 0
    assert before.county == "LJ/LJ01/sha256"
    (taken,) = van.send(van.make())
    assert (taken.word, taken.quarantined) == ("taken", 0)
    accepted = van.accept(van.reply())
    assert accepted.receipt
    assert accepted.state == "admitted"
    assert van.lims.ask(outbox.waiting).entries == 0
    assert held(van) == taken.last
    assert whole(van)
    assert van.lims.ask(audit.verify).ok


def test_people_of_the_county_are_people_of_the_van(van: Van) -> None:
    assert {one.kind for one in van.lims.ask(sets.in_force)} == {"people", "plan"}
    assert van.laboratory.sign_in("lin", "Kuai-jian-2026").actor.name == "林检测"


def test_the_same_bundle_again_gives_the_same_receipt(van: Van) -> None:
    van.act(1)
    made = van.make(entries=6)
    assert van.make(entries=6).id == made.id
    van.send(made)
    first = van.accept(van.reply(made.id))
    van.county.draw()
    (again,) = van.send(made)
    assert again.word == "again"
    second = van.accept(van.reply(made.id))
    assert (first.receipt, second.receipt) == (True, False)
    assert second.held == first.held


def test_a_bundle_that_comes_too_early_waits_and_is_asked_for(van: Van) -> None:
    van.act(1)
    first = van.make(entries=4)
    van.send(first)
    van.accept(van.reply())
    van.act(2)
    second = van.make(entries=3)
    # the second is lost on its way, the third is made after a receipt the county never gave
    third = outbox.make(
        van.lims,
        van.laboratory.sealing,
        van.out,
        since=outbox.Known(second.last, 0, 0, {}),
    )
    (early,) = van.send(third)
    assert (early.word, early.wanted) == ("gap", second.first)
    outcomes = van.send(second)
    assert [one.word for one in outcomes] == ["taken", "taken"]
    assert outcomes[-1].last == third.last == held(van)
    assert whole(van)


def test_damage_is_refused_whole(van: Van) -> None:
    van.act(1)
    made = van.make()
    data = made.file.read_bytes()
    for place in range(0, len(data), max(1, len(data) // 40)):
        made.file.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        with pytest.raises((Tampered, Invalid)):
            van.send(made)
    for cut in (0, 10, len(data) // 2, len(data) - 1):
        made.file.write_bytes(data[:cut])
        with pytest.raises((Tampered, Invalid)):
            van.send(made)
    assert held(van) == 0
    made.file.write_bytes(data)
    assert van.send(made)[0].word == "taken"


def test_nothing_is_taken_from_a_station_that_was_revoked(van: Van) -> None:
    van.sync()
    van.act(5)
    made = van.make()
    van.county.as_("zheng").do(members.revoke, "LV01", reason="车辆被盗")
    with pytest.raises(NotAllowed, match=r"sync\.revoked"):
        van.send(made)


def test_nothing_is_taken_from_a_station_that_nobody_founded(van: Van, tmp_path: Path) -> None:
    elsewhere = found_lab(tmp_path / "elsewhere")
    stranger = found_van(elsewhere, tmp_path / "strange", "LX", "LX01")
    stranger.act(1)
    made = stranger.make()
    with pytest.raises((Invalid, Tampered), match=r"sync\.not_for_us|sync\.damaged"):
        Van(stranger.laboratory, van.county, stranger.out).send(made)
    assert held(van) == 0
    stranger.laboratory.close()
    elsewhere.close()


def photo(van: Van, folder: Path) -> bytes:
    data = BytesIO()
    noise = random.Random(7).randbytes(200 * 150 * 3)
    Image.frombytes("RGB", (200, 150), noise).save(data, "PNG")
    path = folder / "seal.png"
    path.write_bytes(data.getvalue())
    chen = next(one for one in van.lims.ask(people.people) if one.login == "chen")
    sampler = van.lims.acting(Actor(chen.id, chen.name, frozenset(chen.roles)))
    number = sampler.do(sample.draw, filled())
    attach.file(sampler, van.laboratory.folder, path, Subject("sample", number, "seal_photo"))
    return data.getvalue()


def test_photographs_come_in_pieces_and_whole(van: Van, tmp_path: Path) -> None:
    data = photo(van, tmp_path)
    van.send(van.make(photo_bytes=30_000))
    folder = van.county.laboratory.folder
    assert list(folder.attachments.iterdir()) == []
    for _ in range(8):
        van.accept(van.reply())
        if van.lims.ask(outbox.waiting).photos == 0:
            break
        van.send(van.make(photo_bytes=30_000))
    assert van.lims.ask(outbox.waiting).photos == 0
    (kept,) = folder.attachments.iterdir()
    assert kept.read_bytes() == data
    assert whole(van)


def test_names_of_persons_come_with_their_commitments(van: Van, tmp_path: Path) -> None:
    photo(van, tmp_path)
    van.sync()
    with van.county.station.store.engine.connect() as connection:
        found = set(connection.scalars(select(Personal.text).where(Personal.site == "LV")))
    assert {"陈某", "13800000000"} <= found
