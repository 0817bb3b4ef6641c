"""A file the desktop was opened with: offered to whom it concerns, taken in once, told in words."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from gui.desk import Desk
from gui.doorstep import Doorstep
from gui.shell import Shell
from lims.errors import Tampered
from tests.gui.conftest import LIN, Person

Settle = Callable[..., None]
FILE = Path("LV01.kjbundle")
BOSS = Person("a9", "郑质量", frozenset({"manager"}))


@dataclass
class Refused:
    error: Exception


@dataclass
class Taken:
    outcomes: Sequence["Became"] = ()
    accepted: object = None
    refused: Sequence[Refused] = ()


@dataclass
class Became:
    word: str
    of: str = "LV"
    first: int = 0
    last: int = 7
    wanted: int = 7


def enter(desk: Desk, person: Person) -> None:
    desk.session = person
    desk.signed.emit(person)


def button(shell: Shell) -> list[QPushButton]:
    QApplication.processEvents()
    return [
        one
        for one in shell.banners.findChildren(QPushButton)
        if one.isVisible() and one.text() == "Take it in"
    ]


def test_only_who_is_entitled_gets_the_button(shell: Shell, desk: Desk) -> None:
    Doorstep(desk, [FILE]).open(lambda *_: Taken([Became("taken")]))
    assert shell.banners.sentences() == ["LV01.kjbundle was opened: an administrator or manager takes it in."]
    assert button(shell) == []
    enter(desk, BOSS)
    assert len(button(shell)) == 1
    enter(desk, LIN)
    assert button(shell) == []


@pytest.mark.parametrize(
    ("word", "said", "lasts"),
    [
        ("taken", "taken in, from LV", False),
        ("again", "taken in before", False),
        ("fork", "second history", True),
    ],
)
def test_it_is_taken_in_off_the_window_and_told(
    shell: Shell, desk: Desk, settle: Settle, word: str, said: str, *, lasts: bool
) -> None:
    threads = list[threading.Thread]()

    def take(file: str, step: Callable[[int, int], None]) -> Taken:
        threads.append(threading.current_thread())
        step(0, 1)
        return Taken([Became(word)] if file == str(FILE) else [])

    Doorstep(desk, [FILE]).open(take)
    enter(desk, BOSS)
    button(shell)[0].click()
    settle(lambda: said in " ".join([shell.toast.words(), *shell.banners.sentences()]))
    assert threads != [threading.main_thread()]
    assert button(shell) == []
    assert bool(shell.banners.sentences()) is lasts


def test_a_refusal_is_told_and_the_file_stays_on_offer(shell: Shell, desk: Desk, settle: Settle) -> None:
    def refuse(*_: object) -> Taken:
        return Taken(refused=[Refused(Tampered("sync.damaged", file=FILE.name))])

    Doorstep(desk, [FILE]).open(refuse)
    enter(desk, BOSS)
    button(shell)[0].click()
    settle(lambda: len(shell.banners.sentences()) == 2)
    assert len(button(shell)) == 1
