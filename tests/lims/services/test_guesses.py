"""Wrong passwords of a ceremony: how many are let pass, when the door opens again, what a line may look like."""

from datetime import timedelta
from pathlib import Path

import pytest

from lims import clock
from lims.errors import NotAllowed, StorageUnfit
from lims.services import enrol
from lims.services.guesses import Guesses


def line(wall: float, steady: float, boot: str = "") -> str:
    """Return a line of so many seconds ago by the two clocks."""
    now = clock.tick()
    return f"{(now.wall - timedelta(seconds=wall)).isoformat()} {now.steady - steady} {boot or now.boot}\n"


def test_five_close_the_door_for_every_process_and_the_sixth_opens_when_the_first_is_old(
    tmp_path: Path,
) -> None:
    path = tmp_path / "not" / "there" / "wrong.txt"
    for _ in range(enrol.TRIES):
        Guesses(path).admit()
        Guesses(path).add()
    with pytest.raises(NotAllowed, match=r"sign_in\.locked") as shut:
        Guesses(path).admit()
    soonest = clock.local(clock.now() + enrol.LOCKED_FOR - timedelta(minutes=1))
    assert shut.value.values["until"] in {f"{soonest + timedelta(minutes=n):%H:%M}" for n in (0, 1)}
    path.write_text(line(901, 901) + path.read_text("utf-8").partition("\n")[2], "utf-8")
    Guesses(path).admit()


@pytest.mark.parametrize(
    ("wall", "steady", "boot", "counts"),
    [
        (10, 10, "", True),
        (99_999, 10, "", True),  # the wall clock was moved; within one boot the steady one counts
        (10, 901, "", False),
        (10, -5000, "another", True),  # the computer was started anew
        (-10, 0, "another", True),  # and its clock set back a little
        (901, 10, "another", False),
        (-99_999, 0, "another", False),  # a clock that was years ahead closes no door for years
    ],
)
def test_what_counts_within_the_quarter_of_an_hour(
    wall: float, steady: float, boot: str, counts: bool, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text(line(wall, steady, boot) * enrol.TRIES, "utf-8")
    try:
        Guesses(path).admit()
        shut = False
    except NotAllowed:
        shut = True
    assert shut is counts


def test_torn_lines_count_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    whole = line(1, 1)
    torn = [
        "\n",
        "x\n",
        "2026-01-01T00:00:00 1.0 boot\n",
        "2026 1 2 3\n",
        whole[:30] + "\n",
        "\x00 \ufffd a\n",
    ]
    path.write_bytes("".join(torn).encode() + b"\xff\xfe\n" + (whole * (enrol.TRIES - 1)).encode())
    Guesses(path).admit()
    Guesses(path).add()
    with pytest.raises(NotAllowed, match=r"sign_in\.locked"):
        Guesses(path).admit()


def test_a_file_that_cannot_be_used_is_told_and_lets_nobody_pass(tmp_path: Path) -> None:
    (tmp_path / "wrong.txt").mkdir()
    with pytest.raises(StorageUnfit, match=r"guesses\.unusable"):
        Guesses(tmp_path / "wrong.txt").admit()
    with pytest.raises(StorageUnfit, match=r"guesses\.unusable"):
        Guesses(tmp_path / "wrong.txt").add()
