"""A database that was changed past the door: the first bad entry or the row is named, on both databases."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from lims.evidence.canonical import PREFIX, encode
from lims.evidence.hashing import algorithm
from lims.evidence.tree import leaf_hash
from lims.services import plan
from tests.counts import Counts
from tests.laboratory import Lab
from tests.lims.storage.meddling import differences, drop_guards, first_bad, run, told, verified


def entries(lab: Lab) -> list[tuple[int, int, bytes]]:
    return [(seq, arrival, bytes(data)) for seq, arrival, data in
            told(lab, "SELECT seq, arrival, data FROM log_entry ORDER BY seq")]  # fmt: skip


def forged(data: bytes, **changed: Any) -> tuple[bytes, bytes]:
    """Return another entry with its own right leaf."""
    body = {**json.loads(data[len(PREFIX) :]), **changed}
    made = PREFIX + encode(body)
    return made, leaf_hash(algorithm("sha256"), made)


def insert(lab: Lab, station: str, place: tuple[int, int], entry: tuple[bytes, bytes]) -> None:
    run(
        lab,
        "INSERT INTO log_entry (site, station, seq, arrival, data, leaf, root) "
        "VALUES ('LJ', :station, :seq, :arrival, :data, :leaf, :leaf)",
        values={"station": station, "seq": place[0], "arrival": place[1], "data": entry[0], "leaf": entry[1]},
    )


def put(lab: Lab, seq: int, entry: tuple[bytes, bytes]) -> None:
    values = {"seq": seq, "data": entry[0], "leaf": entry[1]}
    run(lab, "UPDATE log_entry SET data = :data, leaf = :leaf WHERE seq = :seq", values=values)


def test_an_honest_laboratory_is_whole(lab: Lab) -> None:
    lab.received(2)
    assert differences(lab) == []
    assert verified(lab).logs[0].size == len(entries(lab))


def test_a_changed_entry_is_named(lab: Lab) -> None:
    lab.draw()
    log = entries(lab)
    drop_guards(lab)
    run(
        lab, "UPDATE log_entry SET data = :data WHERE seq = 3", values={"data": forged(log[3][2], why="x")[0]}
    )
    assert first_bad(lab) == (3, "leaf")
    put(lab, 3, forged(log[3][2], why="x"))
    assert first_bad(lab) == (4, "prev")
    run(lab, "UPDATE log_entry SET leaf = :leaf WHERE seq = 2", values={"leaf": bytes(32)})
    assert first_bad(lab) == (2, "leaf")


def test_a_deleted_entry_is_named(lab: Lab) -> None:
    lab.draw()
    drop_guards(lab)
    run(lab, "DELETE FROM log_entry WHERE seq = 2")
    assert first_bad(lab) == (2, "seq")


@pytest.mark.parametrize("count", [1, 3])
def test_a_log_whose_end_was_cut_off_is_named(lab: Lab, count: int) -> None:
    lab.received(2)
    size = len(entries(lab))
    drop_guards(lab)
    run(lab, f"DELETE FROM log_entry WHERE seq >= {size - count}")
    assert first_bad(lab) == (size - count, "truncated")


def test_an_inserted_entry_is_named(lab: Lab) -> None:
    lab.draw()
    log = entries(lab)
    drop_guards(lab)
    for seq, arrival, _ in reversed(log[3:]):
        run(lab, f"UPDATE log_entry SET seq = {seq + 1}, arrival = {arrival + 1} WHERE seq = {seq}")
    insert(lab, "LJ01", (3, 3), forged(log[3][2], why="never happened"))
    assert first_bad(lab) == (4, "seq")


def test_swapped_entries_are_named(lab: Lab) -> None:
    lab.draw()
    drop_guards(lab)
    run(
        lab,
        *(f"UPDATE log_entry SET seq = {to} WHERE seq = {seq}" for seq, to in ((2, 900), (3, 2), (900, 3))),
    )
    assert first_bad(lab) == (2, "seq")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an entry",
        PREFIX + b"[" * 100_000,
        PREFIX + b'{"origin":"LJ/LJ01/sha256","prev":"","seq":0,"seq":0}',
    ],
    ids=["nothing", "noise", "deep", "twice"],
)
def test_bytes_that_are_no_entry_are_named(lab: Lab, data: bytes) -> None:
    drop_guards(lab)
    put(lab, 0, (data, leaf_hash(algorithm("sha256"), data)))
    assert first_bad(lab) == (0, "form")


def test_an_entry_of_a_log_that_nobody_founded_is_named(lab: Lab) -> None:
    lab.draw()
    seq, arrival, data = entries(lab)[-1]
    change = json.loads(data[len(PREFIX) :])["changes"][1]
    change["row"]["food"] = "黄瓜"
    insert(lab, "ZZ99", (0, arrival + 1), forged(data, changes=[change]))
    run(lab, "UPDATE sample SET food = '黄瓜'")
    assert differences(lab) == [("log_entry", "LJ/ZZ99/0", "extra")]
    assert seq == verified(lab).logs[0].size - 1


def test_an_old_value_cannot_come_back_by_another_order_of_arrival(lab: Lab) -> None:
    for people in (92_136, 50_000):
        lab.as_("zheng").do(plan.population, township="350122100", year=2026, people=people, source="a")
    first, last = entries(lab)[-2:]
    was = json.loads(first[2][len(PREFIX) :])["changes"][0]["row"]
    drop_guards(lab)
    run(lab, *(f"UPDATE log_entry SET arrival = {to} WHERE arrival = {at}"
               for at, to in ((first[1], 9000), (last[1], first[1]), (9000, last[1]))),
        "UPDATE population SET people = 92136, entered_at = :at", values={"at": was["entered_at"]})  # fmt: skip
    assert [one for one in differences(lab) if one[0] == "log_entry"] == [
        ("log_entry", f"LJ/LJ01/{last[0]}", "changed"),
        ("log_entry", f"LJ/LJ01/{first[0]}", "changed"),
    ]


def test_an_entry_that_cannot_be_applied_is_named(lab: Lab) -> None:
    seq, _, data = entries(lab)[-1]
    drop_guards(lab)
    rows = (
        [{"table": "log_head", "row": {"site": "LJ"}}],
        [{"table": "setting", "row": {"colour": "green"}}],
    )
    for changes in rows:
        put(lab, seq, forged(data, changes=changes))
        assert ("log_entry", f"LJ/LJ01/{seq}", "changed") in differences(lab)


def key_of(lab: Lab, table: str, key: str) -> str:
    return str(told(lab, f"SELECT {key} FROM {table} ORDER BY {key}")[0][0])


@pytest.mark.parametrize(
    ("statement", "table", "how"),
    [
        ("UPDATE sample SET food = '黄瓜'", "sample", "changed"),
        ("UPDATE sample SET drawn_at = 'yesterday'", "sample", "changed"),
        ("UPDATE sample SET drawn_on = '1999-01-01'", "sample", "changed"),
        ("UPDATE sample SET form = 'no object'", "sample", "changed"),
        ("UPDATE sample SET form = form || ' '", "sample", "changed"),
        ("UPDATE sample SET version = 7", "sample", "changed"),
        ("UPDATE sample SET business = NULL", "sample", "changed"),
        ("UPDATE business SET pinyin = ''", "business", "changed"),
        ("DELETE FROM business", "business", "missing"),
        ("DELETE FROM receipt", "receipt", "missing"),
        ("UPDATE receipt SET reason = 'None'", "receipt", "changed"),
        ("INSERT INTO setting (site, name, value, by, at) VALUES ('LJ', 'x', '1', 'me', '2026-11-24T00:00:00.000Z')",
         "setting", "extra"),
    ],
)  # fmt: skip
def test_a_row_that_the_log_did_not_write_is_named(lab: Lab, statement: str, table: str, how: str) -> None:
    lab.received()
    ids = {"sample": "id", "business": "id", "receipt": "id"}
    key = key_of(lab, table, ids[table]) if table in ids else "x"
    run(lab, statement.replace(" by,", ' "by",'))
    assert differences(lab) == [(table, f"LJ/{key}", how)]


def test_nothing_and_the_word_for_it_are_told_apart(lab: Lab) -> None:
    station = lab.station.store.place.station
    run(lab, "UPDATE township SET since = NULL")
    assert differences(lab) == []
    lab.draw()
    run(lab, "UPDATE sample SET business = 'None'")
    (one,) = differences(lab)
    assert (one[0], one[2], station) == ("sample", "changed", "LJ01")


def test_a_flag_that_was_turned_is_named(lab: Lab) -> None:
    run(lab, "UPDATE role_grant SET active = NOT active WHERE role = 'reviewer'")
    ((table, key, how),) = differences(lab)
    assert (table, key.rsplit("/", 1)[-1], how) == ("role_grant", "reviewer", "changed")


def test_the_progress_of_a_long_check_is_told_and_may_stop_it(lab: Lab, counts: Counts) -> None:
    from lims.queries import audit  # noqa: PLC0415 - one test asks it with an argument

    manager = lab.as_("zheng")
    for n in range(counts.logged_acts):
        manager.do(plan.population, township="350122100", year=2026, people=n + 1, source="a")
    seen: list[int] = []
    assert manager.ask(audit.verify, progress=seen.append).ok
    assert seen == list(range(100, counts.logged_acts + 1, 100))
    with pytest.raises(InterruptedError):
        manager.ask(audit.verify, progress=stop)


def stop(_count: int) -> None:
    raise InterruptedError


def test_personal_texts_are_outside_the_log_and_may_be_erased(lab: Lab) -> None:
    lab.draw(contact="陈大文", phone="13811112222")
    for word in ("陈大文", "13811112222"):
        assert all(word.encode() not in data for _, _, data in entries(lab))
    with lab.station.store.engine.connect() as connection:
        kept = connection.execute(text("SELECT commitment, salt, text FROM personal")).all()
    assert sorted(row.text for row in kept) == ["13811112222", "陈大文"]
    for row in kept:
        own = algorithm("sha256")(bytes.fromhex(row.salt) + row.text.encode()).hex()
        assert own == row.commitment
        assert any(own.encode() in data for _, _, data in entries(lab))
    run(lab, "DELETE FROM personal")
    assert differences(lab) == []
