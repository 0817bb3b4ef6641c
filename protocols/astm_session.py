"""What one ENQ..EOT session has brought so far: good frames in order, cut into messages at their L records."""

from dataclasses import dataclass, replace

from protocols.astm_frames import BadFrame, GoodFrame
from protocols.codec import Broken


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message.

    Attributes:
        text: the text of its frames joined; records end with CR.
        frames: how many frames it took.
        offset: where its first frame began in the stream.
        ended: `eot`, or `enq` / `silence` where the sender never closed the session.
    """

    text: bytes
    frames: int
    offset: int
    ended: str = "eot"


class Session:
    """Frames of one session; the sender learns `Session.take`'s answer, the laboratory learns `Session.end`'s."""

    def __init__(self, header: bytes = b"H", terminator: bytes = b"L") -> None:
        """Begin; a message's first and last record begin like this.

        An empty terminator means that only the end of the session ends a message.
        """
        self._first_record, self._last_record = header, terminator
        self._closed: list[Message | Broken] = []
        self._frames: list[GoodFrame] = []
        self._part = bytearray()
        self._last: GoodFrame | None = None
        self._lost = False
        self.damaged = False
        """True while the newest frame is one that could not be taken."""

    def take(self, good: GoodFrame) -> BadFrame | None:
        """Keep the next frame or recognise a repeated one; anything else is returned as out of sequence.

        A sender that goes on without our answer cannot be followed: numbers come round after eight frames.
        """
        expected = (self._last.number + 1) % 8 if self._last else 1
        repeat = self._last is not None and good.same_as(self._last)
        if self._lost or not (repeat or good.number == expected):
            self._lost = True
            detail = f"frame {good.number} came, {expected} was next"
            return BadFrame(good.offset, good.raw, "sequence", detail, answer=True)
        if not repeat:
            self._last = good
            self._frames.append(good)
            self._cut()
        self.damaged = False
        return None

    def begins_anew(self, good: GoodFrame) -> bool:
        """Say whether this frame is the first of a message and none that this session has brought already."""
        repeat = self._last is not None and good.same_as(self._last)
        return good.number == 1 and not repeat and good.text.startswith(self._first_record)

    def _cut(self) -> None:
        newest = self._frames[-1]
        self._part += newest.text
        if newest.final:
            record = self._part.rstrip(b"\r").rpartition(b"\r")[2]
            self._part.clear()
            if self._last_record and record.startswith(self._last_record):
                self._close()

    def _close(self) -> None:
        text = b"".join(one.text for one in self._frames)
        if text.startswith(self._first_record):
            self._closed.append(Message(text, len(self._frames), self._frames[0].offset))
            self._frames.clear()
        else:
            self._closed.append(self._incomplete(f"the message does not begin with {self._first_record!r}"))

    def _incomplete(self, detail: str, offset: int = 0) -> Broken:
        began = self._frames[0].offset if self._frames else offset
        broken = Broken(began, b"".join(one.raw for one in self._frames), "incomplete", detail)
        self._frames.clear()
        return broken

    def end(self, ended: str, offset: int) -> list[Message | Broken]:
        """Give out the whole messages and report the rest; `offset` is where the session ended."""
        if (
            not self._last_record
            and ended == "eot"
            and not self.damaged
            and self._frames
            and self._frames[-1].final
        ):
            self._close()
        events = [replace(one, ended=ended) if isinstance(one, Message) else one for one in self._closed]
        if self._frames or self.damaged:
            detail = f"the session ended by {ended}; its last message had {len(self._frames)} good frames"
            events.append(self._incomplete(detail, offset))
        return events
