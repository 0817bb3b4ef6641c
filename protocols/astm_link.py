"""The ASTM E1381 (LIS01) link: both sides of one line, frames checked and numbered, messages kept whole."""

from collections import deque
from dataclasses import dataclass
from enum import Enum

from protocols.astm_frames import ACK, ENQ, EOT, NAK, STX, BadFrame, FrameParts, GoodFrame, frame, split
from protocols.astm_session import Message, Session
from protocols.codec import Broken, ProtocolError
from protocols.losses import NOISE, Losses
from protocols.waits import Wait, earliest

__all__ = ["AstmLink", "Delivered", "Event", "Message", "Refused"]

ANSWER = 15.0
SILENCE = 30.0
BUSY = 10.0
HOST_BACKS_OFF = 20.0
INSTRUMENT_BACKS_OFF = 1.0
ATTEMPTS = 6
_NOISE_REST = 2.0
_ENQUIRY_REST = 0.3
"""Seconds of silence that make an enquiry inside a session one: who asks waits for the answer, noise does not."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has acknowledged every frame of this message of ours."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side did not take this message of ours; it is not kept for another try."""

    text: bytes
    reason: str


Event = Message | Delivered | Refused


class _State(Enum):
    NEUTRAL = "neutral"
    RECEIVING = "receiving"
    ASKING = "asking"  # our ENQ is out
    SENDING = "sending"  # a frame of ours is out


class AstmLink:
    """One line, both directions; the host by default, the instrument's side with `instrument=True`.

    The acknowledgement of a frame is in `to_send` only after `receive` has returned, so bytes that were
    journalled before `receive` are kept before they are acknowledged. The same bytes rebuild the same state.
    """

    def __init__(
        self,
        *,
        instrument: bool = False,
        limit: int = 64_000,
        header: bytes = b"H",
        terminator: bytes = b"L",
        heartbeat: bytes = b"",
    ) -> None:
        """Make a line at rest.

        Args:
            instrument: play the instrument, which wins when both sides begin at once.
            limit: most characters of one frame's text; 240 in E1381-95, 64,000 in LIS01.
            header: how a message's first record begins; a message without it is incomplete. Empty: any will do.
            terminator: how its last record begins. Empty: the end of the session alone ends a message.
            heartbeat: bytes that mean nothing outside a session, for example 02 of some TCP instruments.
        """
        self.busy = False
        """While True, ENQ is answered NAK."""
        self._instrument = instrument
        self._limit = limit
        self._bounds = (header, terminator)
        self._heartbeat = heartbeat
        self._state = _State.NEUTRAL
        self._frame = FrameParts(limit)
        self._offset = 0
        self._losses = Losses()
        self._out = bytearray()
        self._silence, self._noise, self._enquired = Wait(), Wait(), Wait()
        self._enquiry: int | None = None  # where one inside a session came that the next frame explains
        self._queue: deque[bytes] = deque()
        self._pending: tuple[tuple[bytes, bool], ...] = ()
        self._place = self._attempts = self._enquiries = 0
        self._session = Session(header, terminator)

    def ask(self, command: str) -> None:
        """Refuse: this wire listens, and sends whole messages by `send`."""
        raise ProtocolError(f"an ASTM line takes messages to send, not commands such as {command!r}")

    def send(self, text: bytes, now: float) -> None:
        """Queue a message, records ended by CR; it goes out when the line is free and ends in an event.

        Raises:
            ProtocolError: the text is empty or holds a character that the link reserves.
        """
        split(text, self._limit)
        self._queue.append(text)
        if self._state is _State.NEUTRAL and not self._silence.running:
            self._enquire(now)

    def _enquire(self, now: float) -> None:
        self._state = _State.ASKING
        self._enquiries += 1
        self._out.append(ENQ)
        self._silence.start(ANSWER, now)

    def to_send(self) -> bytes:
        """Hand over acknowledgements, enquiries and frames, once."""
        out = bytes(self._out)
        self._out.clear()
        return out

    @property
    def deadline(self) -> float | None:
        """When silence means something: an answer's 15 s, a session's 30, a back-off, a rest of noise, an enquiry."""
        return earliest(self._silence.deadline, self._noise.deadline, self._enquired.deadline)

    @property
    def idle(self) -> bool:
        """True when the line is neutral, nothing waits to be sent and no byte is unreported."""
        return self._state is _State.NEUTRAL and not self._queue and not self._losses.held

    def receive(self, data: bytes, now: float) -> list[Event | Broken]:
        """Take bytes and return the messages and losses that they complete."""
        events: list[Event | Broken] = []
        place = 0
        while place < len(data):
            plain = self._frame.swallow(data, place)
            if not plain:
                events += self._take(data[place], now)
            place += plain or 1
            self._offset += plain or 1
        if data and self._state is _State.RECEIVING:
            self._silence.start(SILENCE, now)
        return events

    def _take(self, byte: int, now: float) -> list[Event | Broken]:
        if self._state is _State.RECEIVING:
            return self._listen(byte, now)
        if self._state is _State.NEUTRAL:
            return self._rest(byte, now)
        return self._answered(byte, now)

    def _lose(self, byte: int, now: float, before: int = 0) -> list[Event | Broken]:
        lost = self._losses.add(self._offset - before, byte)
        if self._losses.held:
            self._noise.start(_NOISE_REST, now)
        return [*lost]

    def _quiet(self) -> list[Event | Broken]:
        self._noise.stop()
        return [*self._losses.close()]

    # -- neutral ------------------------------------------------------------------------------------------------

    def _rest(self, byte: int, now: float) -> list[Event | Broken]:
        if byte == ENQ:
            self._out.append(NAK if self.busy else ACK)
            if not self.busy:
                self._open()
            return self._quiet()
        if byte == EOT:
            return self._quiet()
        return [] if byte in self._heartbeat else self._lose(byte, now)

    def _open(self) -> None:
        self._state = _State.RECEIVING
        self._session = Session(*self._bounds)

    # -- receiving ----------------------------------------------------------------------------------------------

    def _listen(self, byte: int, now: float) -> list[Event | Broken]:
        events = self._overruled(byte, now)
        inside = self._frame.open
        outcome = self._frame.take(byte, self._offset)
        if isinstance(outcome, BadFrame):
            events += self._bad(outcome)
        elif isinstance(outcome, GoodFrame):
            events += self._good(outcome)
        if not inside and self._frame.open:
            events += self._quiet()
        if self._frame.took:
            return events
        if byte == ENQ:
            self._enquired.start(_ENQUIRY_REST, now)
            return events
        if byte == EOT:
            return [*events, *self._quiet(), *self._end("eot", now)]
        return [*events, *self._lose(byte, now)]

    def _overruled(self, byte: int, now: float) -> list[Event | Broken]:
        """Answer no enquiry behind which the line goes on: the sender would take it for a frame's own answer."""
        if not self._enquired.running:
            return []
        self._enquired.stop()
        if byte != STX:
            return self._lose(ENQ, now, before=1)
        self._enquiry = self._offset - 1
        return []

    def _explained(self, good: GoodFrame | None) -> list[Event | Broken]:
        """Say what an enquiry right before a frame was: a new session where that frame begins one, else noise."""
        at, self._enquiry = self._enquiry, None
        if at is None:
            return []
        if good is None or not self._session.begins_anew(good):
            return [Broken(at, bytes([ENQ]), NOISE, "")]
        ended = self._session.end("enq", at)
        self._session = Session(*self._bounds)
        return [*ended]

    def _begin_again(self, now: float) -> list[Event | Broken]:
        self._enquired.stop()
        return [*self._quiet(), *self._end("enq", now), *self._rest(ENQ, now)]

    def _bad(self, bad: BadFrame) -> list[Event | Broken]:
        explained = self._explained(None)
        self._session.damaged = True
        if bad.answer:
            self._out.append(NAK)
        return [*explained, Broken(bad.offset, bad.raw, bad.reason, bad.detail)]

    def _good(self, good: GoodFrame) -> list[Event | Broken]:
        explained = self._explained(good)
        refused = self._session.take(good)
        if refused is not None:
            return [*explained, *self._bad(refused)]
        self._out.append(ACK)
        return explained

    def _end(self, ended: str, now: float) -> list[Event | Broken]:
        self._state = _State.NEUTRAL
        self._silence.stop()
        if self._queue:
            self._silence.start(INSTRUMENT_BACKS_OFF, now)
        return [*self._session.end(ended, self._offset)]

    # -- sending ------------------------------------------------------------------------------------------------

    def _answered(self, byte: int, now: float) -> list[Event | Broken]:
        if byte == ACK or (byte == EOT and self._state is _State.SENDING):
            return [*self._quiet(), *self._advance(now)]
        if byte == NAK:
            return [*self._quiet(), *self._again(now)]
        if byte == ENQ and self._state is _State.ASKING:
            return [*self._quiet(), *self._contend(now)]
        return self._lose(byte, now)

    def _contend(self, now: float) -> list[Event | Broken]:
        """Both sides began at once: the instrument soon tries again, the host stays back and listens."""
        self._state = _State.NEUTRAL
        self._enquiries -= 1
        self._silence.start(INSTRUMENT_BACKS_OFF if self._instrument else HOST_BACKS_OFF, now)
        return []

    def _advance(self, now: float) -> list[Event | Broken]:
        if self._state is _State.ASKING:
            self._state = _State.SENDING
            self._pending = tuple(split(self._queue[0], self._limit))
            self._place = 0
        else:
            self._place += 1
        self._attempts = 0
        if self._place == len(self._pending):
            return self._done(Delivered(self._queue[0]), now)
        self._transmit(now)
        return []

    def _transmit(self, now: float) -> None:
        text, final = self._pending[self._place]
        self._attempts += 1
        self._out += frame((self._place + 1) % 8, text, final=final)
        self._silence.start(ANSWER, now)

    def _again(self, now: float) -> list[Event | Broken]:
        if self._state is _State.ASKING:
            if self._enquiries >= ATTEMPTS:
                return self._done(Refused(self._queue[0], "busy"), now)
            self._state = _State.NEUTRAL
            self._silence.start(BUSY, now)
            return []
        if self._attempts >= ATTEMPTS:
            return self._done(Refused(self._queue[0], "six attempts"), now)
        self._transmit(now)
        return []

    def _done(self, event: Delivered | Refused, now: float) -> list[Event | Broken]:
        self._out.append(EOT)
        self._queue.popleft()
        self._state = _State.NEUTRAL
        self._enquiries = 0
        self._silence.stop()
        if self._queue:
            self._silence.start(INSTRUMENT_BACKS_OFF, now)  # the other side may want the line first
        return [event]

    # -- time ---------------------------------------------------------------------------------------------------

    def expire(self, now: float) -> list[Event | Broken]:
        """Act on silence: report noise, drop a session after 30 s, give up or try again after an answer's time."""
        events: list[Event | Broken] = self._quiet() if self._noise.lapsed(now) else []
        if self._enquired.lapsed(now):
            events += self._begin_again(now)
        if not self._silence.lapsed(now):
            return events
        self._silence.stop()
        if self._state is _State.RECEIVING:
            bad = self._frame.abandon("timeout", "the frame stopped half-way")
            events += [*(self._bad(bad) if bad else []), *self._quiet(), *self._end("silence", now)]
        elif self._state is not _State.NEUTRAL:
            events += self._done(Refused(self._queue[0], "no answer"), now)
        else:
            self._enquire(now)
        return events
