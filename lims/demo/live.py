"""The demonstration's devices kept alive behind a desktop: each run that is started finds fresh results on them."""

import random
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from drivers import registry
from drivers.player import Player
from drivers.profile import Record
from lims import clock
from lims.actor import Actor
from lims.app import Laboratory
from lims.demo import script, stock
from lims.demo.script import Wired
from lims.demo.world import plug, registered
from lims.door import Notice
from lims.queries import bench, equipment, people
from lims.services import equip

_SETTINGS = {"framing": "tcp", "scan_seconds": "0.8"}


@dataclass
class Devices:
    """Five playing instruments and a bare board registered in a laboratory; `close` takes them away.

    Attributes:
        laboratory: whose bench they stand on.
        dice: of the values they show.
    """

    laboratory: Laboratory
    dice: random.Random
    _stack: ExitStack = field(default_factory=ExitStack)
    _players: dict[str, tuple[Wired, Player]] = field(default_factory=dict)
    _runs: int = 100

    def start(self) -> None:
        """Plug every device in, register its port, and watch for runs that start."""
        known = {one.id for one in self.laboratory.lims.ask(equipment.instruments)}
        for wired in (*script.instruments(1), script.LIVE):
            player, address = plug(self._stack, wired, ())
            self._players[wired.id] = (wired, player)
            self.laboratory.lims.do(equip.instrument, registered(wired, address))
            if wired.id not in known:
                self._calibrate(wired.id)
        stock.room(self.laboratory.lims)
        self._stack.callback(self.laboratory.lims.listen(self._noticed))

    def _calibrate(self, instrument: str) -> None:
        """Have the manager file a calibration of an instrument that is new here."""
        lims = self.laboratory.lims
        manager = next((one for one in lims.ask(people.people) if "manager" in one.roles), None)
        if manager is not None:
            actor = Actor(manager.id, manager.name, frozenset(manager.roles))
            stock.calibrated(lims.acting(actor), instrument)

    def close(self) -> None:
        """Take every device away."""
        self._stack.close()

    def _noticed(self, notice: Notice) -> None:
        if notice.verb == "measure.start_run":
            threading.Thread(target=self._load_all, daemon=True).start()

    def _load_all(self) -> None:
        for wired, player in self._players.values():
            run = self.laboratory.lims.ask(bench.current, wired.id)
            if run is not None and run.state == "open" and not any(place.said for place in run.places):
                self._load(wired, player, run)

    def _load(self, wired: Wired, player: Player, run: bench.RunView) -> None:
        profile = registry.profile(wired.profile)
        self._runs += 1
        if profile.simulator is not None:
            settings = {**profile.defaults, **wired.settings, **_SETTINGS}
            player.swap(profile.simulator(settings, self._records(wired, run.places)))

    def _records(self, wired: Wired, places: Sequence[bench.Place]) -> list[Record]:
        moment = clock.local(clock.now()).replace(tzinfo=None, microsecond=0).isoformat()
        return [
            self._record(wired, place, number, moment) for number, place in enumerate(places, self._runs * 20)
        ]

    def _record(self, wired: Wired, place: bench.Place, number: int, moment: str) -> Record:
        control = place.role == "blank"
        lowest = script.least(wired.profile)
        figure = self.dice.uniform(0, 5) if control else self.dice.triangular(-2, 90, 12)
        rate = script.figure(figure, lowest)
        match wired.profile:
            case "dayuan_cards":
                shallow = place.role == "control" or self.dice.random() < 0.2
                depth = self.dice.randint(200, 1500) if shallow else self.dice.randint(5600, 6200)
                return Record("1", fields={"c": "6000", "t": str(depth), "points": "90"})
            case "astm_lis2":
                return Record(
                    place.position,
                    sample=place.sample or "BLANK",
                    item="enrofloxacin",
                    value=rate,
                    measured_at=moment,
                )
            case "dayuan_bx1":
                per_minute = f"{0.75 * (1 - float(rate) / 100) if not control else 0.75:.3f}"
                return Record(place.position, fields={"a": "0.25", "per_minute": per_minute, "waits": "true"})
            case "modbus_reader":
                return Record(place.position, str(self._runs), value=rate, measured_at=moment)
            case _:
                fields = {"standard": "00", "sample_type_code": "1"}
                return Record(
                    place.position, str(number % 60000), value=rate, measured_at=moment, fields=fields
                )
