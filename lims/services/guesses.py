"""Wrong passwords given while nothing may be written to the database: in a file, so that a restart forgets none."""

import os
from datetime import datetime
from pathlib import Path

from lims import clock
from lims.clock import Tick
from lims.errors import NotAllowed, StorageUnfit
from lims.services import enrol


class Guesses:
    """The wrong passwords of one ceremony; a line each, only ever added to: moment, steady seconds, boot.

    Whoever may change the files of the computer may take the lines away; this stops whoever sits before the screen.

    Args:
        path: of the file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def admit(self) -> None:
        """Pass while fewer than five wrong passwords lie within the last quarter of an hour.

        Raises:
            NotAllowed: there are five, with the time at which one more is allowed.
            StorageUnfit: the file cannot be read.
        """
        window, now = enrol.LOCKED_FOR.total_seconds(), clock.tick()
        ages = sorted(age for one in self._known() if (age := _age(one, now)) < window)
        if len(ages) >= enrol.TRIES:
            left = window - ages[enrol.TRIES - 1]
            until = datetime.fromtimestamp(now.wall.timestamp() + left, clock.ZONE)
            raise NotAllowed("sign_in.locked", until=until.strftime("%H:%M"))

    def add(self) -> None:
        """Put down one wrong password, on the disk before this returns.

        Raises:
            StorageUnfit: it could not be written.
        """
        now = clock.tick()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(f"{now.wall.isoformat()} {now.steady!r} {now.boot}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as fault:
            raise StorageUnfit("guesses.unusable", file=str(self.path), reason=str(fault)) from None

    def _known(self) -> list[Tick]:
        try:
            lines = self.path.read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise StorageUnfit("guesses.unusable", file=str(self.path), reason=str(fault)) from None
        return [tick for line in lines if (tick := _tick(line)) is not None]


def _tick(line: str) -> Tick | None:
    """Read a line; None for one that a power cut tore, whose wrong password was never answered."""
    try:
        wall, steady, boot = line.split(" ", 2)
        moment = datetime.fromisoformat(wall)
        return Tick(moment, float(steady), boot) if moment.tzinfo else None
    except ValueError:
        return None


def _age(one: Tick, now: Tick) -> float:
    """Return seconds since; across a start of the computer by the wall clock, whichever way it was moved."""
    if one.boot == now.boot:
        return now.steady - one.steady
    return abs((now.wall - one.wall).total_seconds())
