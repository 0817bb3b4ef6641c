"""The link to a Modbus reader: looks again and again, and hands over one snapshot for each finished run."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.errors import LinkLost, Refused
from drivers.links.link import Identity
from drivers.links.modbus_port import Line, ModbusPort, NoAnswer, SerialLine
from drivers.register_map import Field, RegisterMap, Window
from drivers.register_values import STALE, whole_of
from protocols.snapshot import Block, Snapshot, Table, encode

POLL = b"poll\n"
PATIENCE = 5  # requests in a row without a usable answer before the link is called lost
BUSY = (5, 6)  # exception codes of a device that works and will answer later
FORGET = 10  # quiet times after which no device answers any more, where no other proof is left


@dataclass(slots=True)
class Stats:
    """What a link has met since it opened, counted apart."""

    asked: int = 0
    silent: int = 0  # no byte came in time
    late: int = 0  # bytes that came after their time, or the answer to another request
    crc: int = 0  # bytes came in time, but no whole frame
    short: int = 0  # fewer or more registers than asked for
    refused: int = 0  # the device answered with an exception
    torn: int = 0  # run number, status or block changed while it was read
    stale: int = 0  # the device worked and finished without a new run number
    failed: int = 0  # the device reports its own fault
    runs: int = 0  # snapshots handed over


class RegistersLink:
    """A polled device in the shape of a link: `read` returns the bytes of a snapshot, or nothing.

    After any request without its answer the line is settled before a register is believed again: quiet for the
    longest latency, everything late thrown away, then proof that the next answer belongs to its question - an
    echo of a random number where the device can, else a window of a length that no open request has. A run is
    handed over when the header (status and run number) is the same before, between and after two equal reads of
    all blocks, and its number is not the one before. A device without runs (`every` in its map) is handed over
    after that time instead.
    """

    def __init__(
        self, line: Line, register_map: RegisterMap, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Open the line; raises `LinkLost` where it cannot be opened."""
        self.stats = Stats()
        self._line = line
        self._map = register_map
        self._clock = clock
        self._port = ModbusPort(line, register_map)
        self._echo = register_map.echo
        self._open: set[int] = set()  # lengths of windows asked for and not answered since the last proof
        self._nonces: set[bytes] = set()
        self._quiet_until: float | None = None
        self._doubt = False
        self._next = clock()
        self._misses = 0
        self._run: int | None = None
        self._worked = False
        self._taken: float | None = None  # when a device without runs was read last

    @property
    def identity(self) -> Identity:
        """The port or address and the unit on it; a Modbus device names itself no further."""
        line = self._line
        port = line.port if isinstance(line, SerialLine) else f"{line.host}:{line.port}"
        return {"port": port, "unit": str(self._map.unit_id)}

    @property
    def notes(self) -> tuple[str, ...]:
        """Codes of what differs from what was asked for: `no_echo` where the device cannot return a number."""
        return ("no_echo",) if self._map.echo and not self._echo else ()

    def read(self, timeout: float) -> bytes:
        """Look once if it is time to, else wait up to `timeout` seconds; returns a snapshot or nothing.

        Raises:
            LinkLost: the line is gone, or the device has not answered for some time.
        """
        now = self._clock()
        if self._quiet_until is not None:
            return self._stay_quiet(now, timeout)
        if now < self._next:
            time.sleep(min(timeout, self._next - now))
            return b""
        self._next = now + self._map.poll
        try:
            if self._doubt:
                self._settle()
            found = self._look()
        except NoAnswer as problem:
            self._missed(problem)
            return b""
        self._misses = 0
        return found

    def write(self, data: bytes) -> None:
        """Look at once when `poll` and a line feed come; nothing else can be sent.

        Raises:
            Refused: the link sends nothing but its own requests.
        """
        if data not in (b"", POLL):
            raise Refused("registers_only_poll", data=data.hex(" "))
        self._next = min(self._next, self._clock()) if data else self._next

    def close(self) -> None:
        """Close the line."""
        self._port.close()

    def _look(self) -> bytes:
        if self._map.every and self._taken is not None and self._clock() < self._taken + self._map.every:
            return b""
        before = self._ask(self._map.header)
        status, run = self._in_header(self._map.status, before), self._in_header(self._map.run_number, before)
        if status not in self._map.ready:
            self._worked = True
            self.stats.failed += status in self._map.error
            return b""
        stale = run == self._run and not self._map.every
        if stale and not self._worked:
            return b""
        blocks = self._blocks()
        between = self._ask(self._map.header)
        again = self._blocks()
        after = self._ask(self._map.header)
        if not before == between == after or blocks != again or not self._agree(before, blocks):
            self.stats.torn += 1
            self._next = self._clock()
            return b""
        self._run, self._worked, self._taken = run, False, self._clock()
        self.stats.stale += stale
        self.stats.runs += 1
        return encode(Snapshot((STALE, *blocks) if stale else blocks))

    def _blocks(self) -> tuple[Block, ...]:
        table = Table(self._map.function)
        return tuple(Block(table, one.address, self._ask(one)) for one in self._map.blocks)

    def _agree(self, header: tuple[int, ...], blocks: tuple[Block, ...]) -> bool:
        window = self._map.header
        return Snapshot(blocks).words(Table(self._map.function), window.address, window.count) == header

    def _in_header(self, one: Field, header: tuple[int, ...]) -> int | None:
        first = one.window.address - self._map.header.address
        return whole_of(self._map, one, header[first : first + one.window.count])

    def _ask(self, window: Window) -> tuple[int, ...]:
        self.stats.asked += 1
        self._open.add(window.count)
        registers = self._port.read(window)
        self._open.discard(window.count)
        return registers

    def _missed(self, problem: NoAnswer) -> None:
        """Count what happened and, unless the device answered by an exception, doubt all that comes next."""
        stats = self.stats
        stats.silent += problem.reason == "timeout"
        stats.crc += problem.reason == "crc"
        stats.short += problem.reason == "short"
        stats.late += problem.reason == "foreign"
        stats.refused += problem.reason == "exception"
        self._misses += problem.code not in BUSY
        if self._misses >= PATIENCE:
            self._port.close()
            raise LinkLost("no_answer", line=str(self._line), tries=PATIENCE, last=str(problem))
        if problem.reason == "exception" and not self._doubt:
            return
        self._doubt = True
        self._quiet_until = self._clock() + self._map.latency
        if self._port.numbered:
            self._port.reopen()
            self._quiet_until, self._doubt = None, False
            self._open.clear()

    def _stay_quiet(self, now: float, timeout: float) -> bytes:
        """Listen and throw away until nothing has come for the longest latency."""
        end = self._quiet_until or now
        time.sleep(max(0.0, min(timeout, 0.02, end - now)))
        if self._port.drain():
            self.stats.late += 1
            self._quiet_until = max(end, self._clock() + self._map.latency)
        elif now >= end:
            self._quiet_until = None
            self._next = now
        return b""

    def _settle(self) -> None:
        """Prove that the next answer belongs to its question; raises `NoAnswer` when it does not."""
        self.stats.asked += 1
        if self._echo:
            self._settle_by_echo()
        else:
            self._settle_by_length()
        self._open.clear()
        self._nonces.clear()
        self._doubt = False

    def _settle_by_echo(self) -> None:
        nonce = secrets.token_bytes(2)
        while nonce in self._nonces:
            nonce = secrets.token_bytes(2)
        self._nonces.add(nonce)
        try:
            self._port.echo(nonce)
        except NoAnswer as problem:
            self._echo = self._echo and problem.reason != "exception"  # it cannot: go by length from now on
            raise

    def _settle_by_length(self) -> None:
        widest = max(self._map.blocks, key=lambda one: one.count)
        free = [count for count in range(1, widest.count + 1) if count not in self._open]
        if not free:
            time.sleep(FORGET * self._map.latency)
            self._port.reopen()
            self._open.clear()
            free = [1]
        count = free[-1]
        self._open.add(count)
        self._port.read(Window(widest.address, count))
