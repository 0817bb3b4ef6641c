import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from gui.work import Job, Work
from lims.services import watch
from tests.gui import lab as own


@pytest.fixture
def work(dressed: object, settle: Callable[..., None]) -> Iterator[Work]:
    assert isinstance(dressed, QApplication)
    made = Work()
    yield made
    made.close()
    settle()


def test_work_runs_elsewhere_and_answers_in_the_gui_thread(work: Work, settle: Callable[..., None]) -> None:
    threads: list[threading.Thread] = []
    work.run(threading.current_thread, then=lambda ran: threads.extend([ran, threading.current_thread()]))
    settle(lambda: threads)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()
    assert work.idle


def test_an_error_is_handed_over_and_never_lost(work: Work, settle: Callable[..., None]) -> None:
    errors: list[BaseException] = []
    work.run(lambda: 1 / 0, failed=errors.append)
    settle(lambda: errors)
    assert isinstance(errors[0], ZeroDivisionError)


def test_acts_keep_their_order(work: Work, settle: Callable[..., None]) -> None:
    done: list[int] = []
    for number in range(50):
        work.run(done.append, number, in_order=True)
    settle(lambda: work.idle)
    assert done == list(range(50))


def test_only_the_newest_of_a_name_is_answered(work: Work, settle: Callable[..., None]) -> None:
    gate, answers = threading.Event(), []
    work.run(gate.wait, 60, then=lambda _: answers.append("old"), latest="find")
    work.run(lambda: "new", then=answers.append, latest="find")
    settle(lambda: answers)
    gate.set()
    settle(lambda: work.idle)
    assert answers == ["new"]


def test_nobody_is_called_whose_screen_is_gone(work: Work, settle: Callable[..., None]) -> None:
    gate, answers, owner = threading.Event(), list[object](), QObject()
    work.run(gate.wait, 60, then=answers.append, owner=owner)
    owner.deleteLater()
    settle()
    gate.set()
    settle(lambda: work.idle)
    assert answers == []


def test_long_work_tells_its_progress_and_can_be_stopped(work: Work, settle: Callable[..., None]) -> None:
    steps: list[tuple[int, int, str]] = []
    answers: list[object] = []
    ended: list[bool] = []

    def long(job: Job) -> str:
        for number in range(10_000):
            job.step(number, 10_000, "row")
            threading.Event().wait(0.002)
        return "done"

    job = work.run(long, then=answers.append, failed=answers.append, steps=True)
    job.progressed.connect(lambda *step: steps.append(step))
    job.ended.connect(lambda: ended.append(True))
    settle(lambda: len(steps) > 2)
    job.cancel()
    settle(lambda: ended)
    assert steps == [(at, 10_000, "row") for at in range(steps[0][0], steps[-1][0] + 1)]
    assert answers == []


def test_a_slow_disk_never_holds_the_window(dressed: object, tmp_path: Path) -> None:
    assert isinstance(dressed, QApplication)
    lab = own.found(tmp_path)
    disk, turns, done = threading.Event(), list[int](), list[str]()
    with own.window(lab, "zheng", "today") as shell:
        stalled = threading.Thread(target=lab.station.store.writer.submit, args=(lambda _: disk.wait(60),))
        stalled.start()
        clock = QTimer()
        clock.timeout.connect(lambda: turns.append(1))
        clock.start(0)
        shell.desk.do(watch.noted, "view", "x", then=done.append)
        own.settle(shell, lambda: len(turns) > 200)
        assert done == []
        disk.set()
        own.settle(shell, lambda: done)
        stalled.join()
        clock.stop()
    lab.close()
