"""An Aoben board: it answers each word after a while, and takes two words sent close together for nonsense."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from drivers.profile import Record, Settings
from drivers.simulators.optics import Optics, optics_of
from protocols.aoben import Scan
from protocols.codec import Broken, ProtocolError
from protocols.waits import Wait

_SILENT = b"Light"
_DONE = frozenset({b"OpenOrCloseLid", b"CardOutOrIn", b"FYTest", b"BSTest", b"LightSame", b"BALA"})
CHANNELS = 20


class Board:
    """The device's side; `delay` is how many seconds it thinks."""

    def __init__(
        self, optics: Optics, answers: Mapping[bytes, bytes], *, channels: int, delay: float
    ) -> None:
        """Look at `optics`; `answers` are its ready replies to cards, swab and strip."""
        self.optics = optics
        self._channels, self._delay = channels, delay
        self._answers = answers
        self._word, self._out = b"", b""
        self._thinks = Wait()

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take a word; one that comes while it thinks spoils both."""
        self._word += data
        if data:
            self._thinks.start(self._delay, now)
        return []

    def expire(self, now: float) -> list[Broken]:
        """Answer when it has thought."""
        if self._thinks.lapsed(now):
            self._thinks.stop()
            word, self._word = self._word, b""
            self._out += self._answer(word, now)
        return []

    def to_send(self) -> bytes:
        """Hand over the answer, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When it has thought."""
        return self._thinks.deadline

    @property
    def idle(self) -> bool:
        """True when no word is being thought about."""
        return not self._word

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"this board cannot ask {command}")

    def _answer(self, word: bytes, now: float) -> bytes:
        made: Mapping[bytes, Callable[[], bytes]] = {b"GetAllData": lambda: self._lights(now)}
        if word in made:
            return made[word]()
        if word in _DONE:
            return b"OK\n"
        if word.startswith(_SILENT):
            return b""
        return self._answers.get(word.partition(b",")[0], b"error\n")

    def _lights(self, now: float) -> bytes:
        lights = (self.optics.lights(str(at), 1, now)[0] for at in range(1, self._channels + 1))
        return b"OK" + ",".join(map(str, lights)).encode("ascii") + b"\n"


def simulator(settings: Settings, records: Sequence[Record]) -> Board:
    """A board with these cuvettes, cards (`red` `green` `blue`), swab (unit RLU) and strip (`samples`)."""
    cards = [one.fields for one in records if "red" in one.fields]
    swabs = [one.value for one in records if one.fields.get("unit") == "RLU"]
    strips = [one.fields for one in records if "device_word" in one.fields]
    answers = {
        b"GETTEMP": b"36.1\n",
        b"Test": "|".join(f"{one['red']},{one['green']},{one['blue']}" for one in cards).encode() + b"\n",
        b"GetATPData": f"OK{swabs[0] if swabs else '0.3'}\n".encode(),
        b"GetData": _scanned(strips[0], settings) if strips else b"No signal\n",
    }
    lit = [one for one in records if "light_410" in one.fields or "a" in one.fields]
    channels = max((int(one.fields.get("holes_sent", "0")) for one in lit), default=0) or CHANNELS
    return Board(
        optics_of(lit, (410,)),
        MappingProxyType(answers),
        channels=channels,
        delay=float(settings.get("delay", 0.05)),
    )


def _scanned(fields: Mapping[str, str], settings: Settings) -> bytes:
    if "samples" not in fields:
        return fields["device_word"].encode("ascii") + b"\n"
    width = int(settings.get("point_bytes", Scan().width))
    curve = b"".join(int(each).to_bytes(width, "big") for each in fields["samples"].split())
    return b"OK" + fields["device_word"].encode("ascii") + b"," + curve + b"\n"
