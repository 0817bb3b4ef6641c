"""The one writer: many callers, few commits; a refused act harms no other; whatever happens, callers are told."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, OperationalError

from lims.app import open_laboratory
from lims.errors import Conflict, LimsError, NotFound, RuleBroken, StorageUnfit
from lims.services import plan
from lims.storage.log import place_of
from lims.storage.store import found
from lims.storage.writer import Writer
from tests.laboratory import Lab
from tests.lims.storage.meddling import is_postgres, run, told, verified

THREADS, ACTS = 6, 40
PATIENCE = 60.0


def setting(name: str, value: str = "1") -> Callable[[Connection], int]:
    """Return work that writes a row and tells which connection it was given."""

    def work(connection: Connection) -> int:
        row = {"name": name, "value": value}
        connection.execute(
            text(
                "INSERT INTO setting (site, name, value, \"by\", at) VALUES ('LJ', :name, :value, 'me', 'now')"
            ),
            row,
        )
        return id(connection)

    return work


def together(writer: Writer, *works: Callable[[Connection], Any]) -> list[Future[Any]]:
    """Hand works over while the writer is busy, so that they share the next transaction."""
    busy, go = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        busy.set()
        go.wait(PATIENCE)

    with ThreadPoolExecutor(len(works) + 1) as pool:
        first = pool.submit(writer.submit, hold)
        assert busy.wait(PATIENCE)
        rest = []
        for work in works:
            rest.append(pool.submit(writer.submit, work))
            while writer._jobs.qsize() < len(rest):
                threading.Event().wait(0.001)
        go.set()
        first.result(PATIENCE)
    return rest


def names(lab: Lab) -> list[str]:
    return [name for (name,) in told(lab, "SELECT name FROM setting ORDER BY name")]


def refuse(_connection: Connection) -> None:
    raise RuleBroken("sample.reason", number="N")


def stumble(_connection: Connection) -> None:
    raise ZeroDivisionError


def test_many_acts_share_one_commit(lab: Lab) -> None:
    done = together(lab.station.store.writer, *(setting(f"s{n}") for n in range(8)))
    assert len({one.result() for one in done}) == 1
    assert names(lab) == [f"s{n}" for n in range(8)]


def test_a_refused_act_harms_no_other(lab: Lab) -> None:
    done = together(
        lab.station.store.writer, setting("a"), refuse, setting("b"), setting("a"), stumble, setting("c")
    )
    assert isinstance(done[1].exception(), RuleBroken)
    assert isinstance(done[3].exception(), Conflict)
    assert isinstance(done[4].exception(), ZeroDivisionError)
    assert [done[n].exception() for n in (0, 2, 5)] == [None, None, None]
    assert names(lab) == ["a", "b", "c"]


def test_a_value_that_the_database_cannot_hold_harms_no_other(lab: Lab) -> None:
    done = together(lab.station.store.writer, setting("a"), setting("n" * 65), setting("b"))
    assert [done[n].exception() for n in (0, 2)] == [None, None]
    if is_postgres(lab):
        assert getattr(done[1].exception(), "code", "") == "storage.failed"
        assert names(lab) == ["a", "b"]
    else:
        assert names(lab) == ["a", "b", "n" * 65]


def broken(connection: Connection) -> None:
    connection.execute(text("SELECT * FROM no_such_table"))


def test_a_fault_of_the_database_is_told_to_all_who_shared_it(lab: Lab) -> None:
    done = together(lab.station.store.writer, setting("a"), refuse, broken, setting("b"))
    assert [getattr(one.exception(), "code", "") for one in done] == [
        "storage.failed", "sample.reason", "storage.failed", "storage.failed",
    ]  # fmt: skip
    assert names(lab) == []
    lab.station.store.writer.submit(setting("c"))
    assert names(lab) == ["c"]


def test_after_a_disk_that_failed_nothing_more_is_written_until_a_restart(lab: Lab) -> None:
    def failing(_: Connection) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    writer = lab.station.store.writer
    for _ in range(2):
        with pytest.raises(StorageUnfit, match=r"storage\.disk_failed"):
            writer.submit(failing)
    with pytest.raises(StorageUnfit, match=r"storage\.disk_failed"):
        lab.draw()
    assert lab.laboratory.barred is not None
    assert verified(lab).ok, "reading goes on"


def test_a_medium_that_became_read_only_is_said_and_reading_goes_on(lab: Lab) -> None:
    only = (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        if is_postgres(lab)
        else "PRAGMA query_only = ON"
    )
    lab.station.store.writer.submit(lambda connection: connection.exec_driver_sql(only).close())
    for _ in range(2):
        with pytest.raises(StorageUnfit, match=r"storage\.readonly_now"):
            lab.draw()
    assert verified(lab).ok


def test_the_writer_outlives_whatever_happens_to_its_transaction(lab: Lab) -> None:
    arrival = told(lab, "SELECT arrival FROM site_head")[0][0]
    run(lab, "DELETE FROM site_head")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lab.draw)
        assert isinstance(waiting.exception(PATIENCE), NotFound)
    run(lab, f"INSERT INTO site_head (site, arrival) VALUES ('LJ', {arrival})")
    lab.draw()
    assert verified(lab).ok


def test_six_threads_make_one_unbroken_chain(lab: Lab) -> None:
    before = verified(lab).logs[0].size

    def work(thread: int) -> list[str]:
        made = []
        for n in range(ACTS):
            if n % 8 == 0:
                made.append(lab.draw())
            else:
                year = 2001 + thread
                lab.as_("zheng").do(plan.population, township="350122100", year=year, people=n, source="a")
        return made

    with ThreadPoolExecutor(THREADS) as pool:
        numbers = [number for made in pool.map(work, range(THREADS)) for number in made]
    assert len(set(numbers)) == len(numbers) == THREADS * ACTS // 8
    assert sorted(number for (number,) in told(lab, "SELECT id FROM sample")) == sorted(numbers)
    assert told(lab, "SELECT people FROM population") == [(ACTS - 1,)] * THREADS
    found_ = verified(lab)
    assert found_.ok
    assert found_.logs[0].size == before + THREADS * ACTS
    assert told(lab, "SELECT count(*), max(arrival), max(seq) FROM log_entry") == [
        (found_.logs[0].size, found_.logs[0].size - 1, found_.logs[0].size - 1)
    ]


def test_two_copies_of_the_program_never_fork_the_log(lab: Lab) -> None:
    url = lab.station.store.engine.url
    database = url.render_as_string(hide_password=False) if is_postgres(lab) else ""
    second = Lab(open_laboratory(lab.laboratory.folder.root, database), lab.accounts)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda one: [one.draw() for _ in range(15)], (lab, second)))
    second.close()
    assert len({number for numbers in both for number in numbers}) == 30
    assert verified(lab).ok


def test_a_second_laboratory_is_not_founded_over_the_first(lab: Lab) -> None:
    root, url = lab.laboratory.folder, lab.station.store.engine.url
    where = url.render_as_string(hide_password=False) if is_postgres(lab) else root.database
    before = verified(lab).logs
    for place in (place_of("LJ", "LJ01", "sha256"), place_of("ZZ", "ZZ01", "sm3")):
        with pytest.raises(StorageUnfit, match=r"storage\.founded"):
            found(where, place)
    assert verified(lab).logs == before


def test_a_closed_writer_says_so_and_closing_twice_is_closing_once(lab: Lab) -> None:
    lab.laboratory.close()
    lab.laboratory.close()
    with pytest.raises(StorageUnfit, match=r"storage\.closed"):
        lab.draw()


@pytest.mark.parametrize("seed", range(4))
def test_who_comes_while_it_closes_is_served_or_told_and_never_left_waiting(lab: Lab, seed: int) -> None:
    started = threading.Barrier(5)

    def work(n: int) -> str:
        started.wait(PATIENCE)
        try:
            lab.station.store.writer.submit(setting(f"{seed}-{n}"))
        except LimsError as fault:
            return fault.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(work, n) for n in range(4)]
        started.wait(PATIENCE)
        lab.station.store.writer.close()
        said = [one.result(PATIENCE) for one in waiting]
    assert set(said) <= {"done", "storage.closed"}
    assert len(names(lab)) == said.count("done")


def test_a_value_too_long_is_a_data_error_and_nothing_worse(lab: Lab) -> None:
    """What the writer relies on to hold such an act apart from the others."""
    if is_postgres(lab):
        with pytest.raises(DataError):
            run(lab, f"INSERT INTO setting VALUES ('LJ', '{'n' * 65}', '1', 'me', 'now')")
    assert names(lab) == []
