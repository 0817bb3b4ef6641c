"""The Taiyang key-type download (family H): two-byte control words and groups of 73 bytes, no check at all."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from protocols.codec import Broken, ProtocolError
from protocols.losses import NOISE, Losses
from protocols.waits import Wait, earliest

GROUP = 73
ESC = 0x1B
MODELS = frozenset(
    bytes.fromhex("01 02 03 04 05 11 12 13 14 15 21 22 23 24 31 32 33"),
)
_COMMANDS = {"link": 0xBF, "results": 0xB1, "end": 0xFF, "clear": 0xB9}
_FINISHED = (b"\x1b\xfe", b"\x1b\xfb")
_CANCELLED = (b"\x1b\xff", b"\xb1\xff")
_BEGIN = b"\x1b\xc1"
_ANSWER = 10.0
_BETWEEN = 2.0


@dataclass(frozen=True, slots=True)
class ModelCode:
    """The instrument answered the link request with its model's code."""

    code: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it came, of key-type models nine bytes of information and eight pairs of floats.

    Attributes:
        raw: its bytes.
        model: the model code that came before it, or None.
        number: which group of this download, from 1.
        offset: position of the group in the stream.
    """

    raw: bytes
    model: int | None
    number: int
    offset: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The instrument said that all groups are sent."""

    groups: int


Event = ModelCode | Group | Finished


class _State(Enum):
    REST = "rest"  # anything may come: a control word, or a group that looks like one
    LINK = "link"  # asked for the model code
    GROUPS = "groups"  # a group or the end comes next


def plausible(raw: bytes) -> bool:
    """Say whether 73 bytes can be a group.

    Either the clock is possible, or exactly the masked slots are in use and hold absorbances that a photometer can
    have: a group whose clock was never set is still a group, and a group out of step is none.
    """
    second, minute, hour, day, month = raw[:5]
    clock = second < 60 and minute < 60 and hour < 24 and 1 <= day <= 31 and 1 <= month <= 12
    return clock or (slots_in_use(raw) == raw[7] and all(_possible(value) for value in _absorbances(raw)))


def _absorbances(raw: bytes) -> Iterator[float]:
    return (struct.unpack_from(">f", raw, 9 + 8 * slot)[0] for slot in range(8))


def _possible(absorbance: float) -> bool:
    return absorbance == 0 or 1e-6 <= abs(absorbance) < 1e3


def slots_in_use(raw: bytes) -> int:
    """Bit n is set where slot n of the group, counted from 0, holds anything but zeros."""
    return sum(1 << slot for slot in range(8) if any(raw[9 + 8 * slot : 17 + 8 * slot]))


@dataclass(frozen=True, slots=True)
class GroupForm:
    """What a model's groups look like.

    Attributes:
        size: bytes of a group.
        plausible: whether that many bytes can be a group where one is due.
        sure: whether they can also be one where nothing announced it.
    """

    size: int
    plausible: Callable[[bytes], bool]
    sure: Callable[[bytes], bool]


KEY_TYPE = GroupForm(GROUP, plausible, lambda raw: bool(raw[7]))


class TtnjDownload:
    """Host side: `link`, then `results`, then `end`; `clear` erases the instrument and is only for a person's order.

    The `24` that fetches the next group is in `to_send` only after `receive` has returned. Where nobody asked, for
    example in a recording, the same bytes give the same events and nothing is sent.
    """

    def __init__(self, form: GroupForm = KEY_TYPE) -> None:
        """Make a line at rest to a model whose groups have this form."""
        self._form = form
        self._state = _State.REST
        self._live = False  # our `24` keeps this download going
        self._owed = False  # silence is an error, because somebody asked
        self._model: int | None = None
        self._number = 0
        self._buffer = bytearray()
        self._offset = 0
        self._last = 0.0
        self._losses = Losses()
        self._wait = Wait()
        self._out = b""

    def ask(self, command: str) -> None:
        """Ask for `link` or `results`, or order `end` or `clear`, which nothing answers.

        Raises:
            ProtocolError: the command is unknown.
        """
        if command not in _COMMANDS:
            raise ProtocolError(f"this instrument knows {', '.join(_COMMANDS)}, not {command!r}")
        self._out += bytes((ESC, _COMMANDS[command]))
        self._live = command == "results"
        self._state = _State.LINK if command == "link" else _State.REST
        self._owed = command in {"link", "results"}
        if self._owed:
            self._wait.start(_ANSWER)
        else:
            self._leave()

    def to_send(self) -> bytes:
        """Hand over commands and the call for the next group, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """Two seconds between bytes; ten for an answer, after which the instrument has left its sending mode."""
        rest = self._last + _BETWEEN if self._buffer or self._losses.held else None
        return earliest(rest, self._wait.deadline)

    @property
    def idle(self) -> bool:
        """True when nothing is half-received and no download is under way."""
        return not (self._buffer or self._losses.held or self._wait.running)

    def receive(self, data: bytes, now: float) -> list[Event | Broken]:
        """Take bytes and return what they complete."""
        self._wait.see(now)
        if data:
            self._buffer += data
            self._last = now
            if self._wait.running:
                self._wait.start(_ANSWER, now)
        return self._parse(final=False)

    def expire(self, now: float) -> list[Event | Broken]:
        """Give up a rest that stood still for two seconds, and an answer that did not come in ten."""
        events: list[Event | Broken] = []
        if (self._buffer or self._losses.held) and now >= self._last + _BETWEEN:
            events += [*self._parse(final=True), *self._losses.close()]
        if self._wait.lapsed(now):
            lost = Broken(self._offset, b"", "timeout", f"no answer within {_ANSWER:g} s")
            events += [lost] if self._owed else []
            self._leave()
        return events

    def _leave(self) -> None:
        self._state = _State.REST
        self._live = self._owed = False
        self._model, self._number = None, 0
        self._wait.stop()

    def _window(self, *, owed: bool) -> None:
        """Begin the ten seconds that the instrument stays in its sending mode."""
        self._owed = owed
        self._wait.start(_ANSWER, self._last)

    def _parse(self, *, final: bool) -> list[Event | Broken]:
        events: list[Event | Broken] = []
        while self._buffer:
            size = self._size(final=final)
            if size is None:
                break
            if size == 0:
                events += self._lose(final=final)
                continue
            events += self._losses.close()
            events += self._act(bytes(self._buffer[:size]))
            del self._buffer[:size]
            self._offset += size
        return events

    def _lose(self, *, final: bool) -> list[Broken]:
        reason, detail, span = NOISE, "", 1
        if len(self._buffer) >= self._form.size and self._state is _State.GROUPS:
            reason, detail, span = "content", "neither the clock nor the mask fits a group", self._form.size
        elif final and len(self._buffer) < self._form.size:
            reason, detail, span = "timeout", "the group stopped half-way", len(self._buffer)
        lost = self._losses.add(self._offset, self._buffer.pop(0), reason, detail, span)
        self._offset += 1
        return lost

    def _size(self, *, final: bool) -> int | None:
        """How many bytes at the front belong together: 2, a group's, 0 for none, None when more are needed."""
        if len(self._buffer) < 2:
            return 0 if final else None
        word = bytes(self._buffer[:2])
        if word == _BEGIN or word in _FINISHED or word in _CANCELLED:
            return 2
        if self._state is _State.LINK:
            return 2 if word[0] == ESC and word[1] < 0xB0 else 0
        return self._model_or_group(final=final)

    def _model_or_group(self, *, final: bool) -> int | None:
        could_be_model = self._buffer[0] == ESC and self._buffer[1] in MODELS
        if could_be_model and self._buffer[2:4] == _BEGIN:
            return 2
        if len(self._buffer) >= self._form.size:
            return self._group_size(could_be_model=could_be_model)
        if not final:
            return None
        return 2 if could_be_model and self._state is _State.REST else 0

    def _group_size(self, *, could_be_model: bool) -> int:
        raw = bytes(self._buffer[: self._form.size])
        if self._form.plausible(raw) and (self._state is _State.GROUPS or self._form.sure(raw)):
            return self._form.size
        return 2 if could_be_model and self._state is _State.REST else 0

    def _act(self, piece: bytes) -> list[Event | Broken]:
        if len(piece) == self._form.size:
            return self._group(piece)
        if piece in _CANCELLED:
            self._leave()
            return [Broken(self._offset, piece, "cancelled", "the instrument ended the link")]
        if piece in _FINISHED:
            finished = Finished(self._number)
            self._state, self._live, self._number = _State.REST, False, 0
            self._window(owed=False)
            return [finished]
        if piece == _BEGIN:
            self._state, self._number = _State.GROUPS, 0
            self._window(owed=self._live)
            return []
        self._state, self._model = _State.REST, piece[1]
        self._window(owed=self._live)
        return [ModelCode(piece[1])]

    def _group(self, raw: bytes) -> list[Event | Broken]:
        self._number += 1
        self._state = _State.GROUPS
        if self._live:
            self._out += b"\x24"
        self._window(owed=self._live)
        return [Group(raw, self._model, self._number, self._offset)]
