"""Wires without a laboratory: decode what a device sent, play a device on a port, capture one, kill a capture."""

import json
import re
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any, TextIO

from drivers import capture, decode, newfile, registry, selfcheck
from drivers.errors import DriverError
from drivers.faults import SWITCHES, Faults, switched
from drivers.links.far import CallingEnd, End, FolderEnd, ListeningEnd, PtyEnd
from drivers.links.opening import opener
from drivers.player import Player, TranscriptDevice
from drivers.profile import Folder, Hid, Profile, Record, Registers, Settings, Tcp, Visa
from drivers.simulators.modbus_reader import Fault, RegisterSlave
from lims import clock
from lims.errors import Invalid
from protocols import transcript
from protocols.codec import ProtocolError

_HEX = re.compile(r"[0-9A-Fa-f]{2}")
WELLS = 96
_LAST_PORT = 65535
FAULTS = SWITCHES
"""The switches of `faults`."""
BUSY, FAILED, NO_ADDRESS = 6, 4, 2
"""Exceptions of Modbus: the server is busy; it failed; it has no such register."""


def parse_hex(text: str) -> bytes:
    """Read bytes as people write them: `7E 01 ...`, with or without blanks, commas, `0x`.

    Raises:
        Invalid: naming the first piece that is no byte.
    """
    plain = re.sub(r"0[xX]", " ", text)
    for part in re.split(r"[\s,;:-]+", plain.strip()):
        if len(part) % 2 or not all(_HEX.fullmatch(part[i : i + 2]) for i in range(0, len(part), 2)):
            raise Invalid("wire.hex", part=part[:20])
    return bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", plain))


def settings_from(path: Path | None) -> Settings:
    """Read an instrument's settings from a TOML or JSON file; none gives none.

    Raises:
        Invalid: the file cannot be read.
    """
    if path is None:
        return {}
    try:
        text = path.read_text("utf-8")
        found: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as fault:
        raise Invalid("wire.settings", file=str(path), fault=str(fault)) from None
    if not isinstance(found, dict):
        raise Invalid("wire.settings", file=str(path), fault="{...}")
    return found


def read_file(name: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        Invalid: it cannot be read.
    """
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as fault:
        raise Invalid("wire.file", file=name, fault=getattr(fault, "strerror", "") or str(fault)) from None


def read_wire(data: bytes) -> bytes | transcript.Transcript:
    """Return a `.wire` transcript when the bytes are one, else the bytes as received.

    Raises:
        Invalid: a transcript with a line that cannot be read.
    """
    if not data.startswith(b"# kuaijian wire"):
        return data
    try:
        return transcript.read(data.decode("utf-8"))
    except (ProtocolError, UnicodeDecodeError) as fault:
        raise Invalid("wire.transcript", fault=str(fault)) from None


def lines(
    instrument: str, data: bytes | transcript.Transcript, settings: Settings
) -> Iterator[dict[str, Any]]:
    """Yield what an instrument's bytes say: readings, and `{"error": ..., "offset": ...}` for what is broken.

    Raises:
        DriverError: no such instrument, or settings it cannot use.
        Invalid: the transcript's own settings cannot be read.
    """
    try:
        yield from decode.decode(registry.profile(instrument), data, settings)
    except ProtocolError as fault:
        raise Invalid("wire.transcript", fault=str(fault)) from None


def _end(profile: Profile, tcp: int | None, call: str, faults: Faults) -> End:
    """Where a device is plugged in, by what its profile is wired with: its folder, a TCP port, a pseudo terminal."""
    if call:
        host, _, port = call.rpartition(":")
        return CallingEnd(host or "127.0.0.1", _port(port))
    usual = profile.wiring[0]
    if isinstance(usual, Folder):
        return FolderEnd(Path(tempfile.mkdtemp(prefix=f"{profile.id}-")))
    if isinstance(usual, Hid):
        raise DriverError("no_pseudo_usb", instrument=profile.id)
    wired = isinstance(usual, Tcp | Visa) or sys.platform == "win32"
    if tcp is not None or wired:
        return ListeningEnd(_port(str(tcp or 0)))
    return PtyEnd(baud=faults.baud)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _LAST_PORT):
        raise Invalid("wire.port", port=text[:20])
    return int(text)


def _framing(profile: Profile, end: End) -> Settings:
    """How a register reader frames what it says: as Modbus TCP on a TCP port, as RTU on a serial one."""
    if not any(isinstance(one, Registers) for one in profile.wiring):
        return {}
    return {"framing": "rtu" if isinstance(end, PtyEnd) else "tcp"}


@contextmanager
def playing(
    instrument: str,
    *,
    records: Sequence[Record] = (),
    file: Path | None = None,
    settings: Settings | None = None,
    tcp: int | None = None,
    call: str = "",
    faults: Faults | None = None,
) -> Iterator[Player]:
    """Play an instrument's side of the wire on a port that is open inside the `with` block.

    Args:
        instrument: id of the profile.
        records: what it has to report; ignored where a transcript is played.
        file: a `.wire` transcript to play word for word.
        settings: the laboratory's settings of the instrument.
        tcp: a TCP port to listen on, 0 for a free one; None for a pseudo terminal where there are any.
        call: `host:port` to call, for devices that call their host.
        faults: what goes wrong.

    Raises:
        DriverError: no such instrument, no port.
        Invalid: the transcript cannot be read, or the port is none.
    """
    profile, faults = registry.profile(instrument), faults or Faults()
    end = _end(profile, tcp, call, faults)
    chosen = {**profile.defaults, **_framing(profile, end), **(settings or {})}
    if file is not None:
        wire = read_wire(read_file(str(file)))
        if isinstance(wire, bytes):
            raise Invalid("wire.transcript", fault="no '# kuaijian wire' line")
        device: Any = TranscriptDevice(wire)
    elif profile.simulator is not None:
        device = profile.simulator(chosen, [_told(one, faults) for one in records])
    else:
        raise DriverError("no_simulator", instrument=instrument)
    _refuse(device, faults, instrument)
    with Player(device, end, faults=faults) as player:
        yield player


def _told(record: Record, faults: Faults) -> Record:
    """A record as a device tells it whose clock or unit is wrong."""
    fields = {**record.fields, "unit": faults.unit} if faults.unit else record.fields
    return replace(record, measured_at=faults.clock or record.measured_at, fields=fields)


def _refuse(device: object, faults: Faults, instrument: str) -> None:
    """Have a Modbus device answer some requests with an exception, or as another unit.

    Raises:
        DriverError: `fault_modbus`, the instrument speaks no Modbus.
    """
    wanted = [
        (every, fault)
        for every, fault in (
            (faults.busy, Fault(code=BUSY)),
            (faults.exception, Fault(code=FAILED)),
            (faults.address, Fault(code=NO_ADDRESS)),
            (faults.stranger, Fault(stranger=True)),
        )
        if every
    ]
    if not wanted:
        return
    if not isinstance(device, RegisterSlave):
        raise DriverError("fault_modbus", instrument=instrument)

    def plan(_request: bytes) -> Fault | None:
        return next((fault for every, fault in wanted if device.requests % every == 0), None)

    device.plan = plan


def captured(
    port: str,
    instrument: str,
    settings: Settings,
    *,
    seconds: float | None = None,
    ask: str = "",
    output: TextIO,
    stop: threading.Event | None = None,
) -> DriverError | None:
    """Listen to a device on a port and write the `.wire` transcript, line by line while it talks.

    Returns:
        Why the line ended before its time, or None.

    Args:
        port: as a laboratory writes it.
        instrument: id of the profile.
        settings: the laboratory's settings of the instrument.
        seconds: how long; None until `stop` or the end of the line.
        ask: a command asked once, for devices that say nothing by themselves.
        output: where the transcript goes.
        stop: ends it when it is set.

    Raises:
        DriverError: no such instrument, the port cannot be opened, the command may not be asked, or the line ended
            before a byte went either way.
    """
    profile = registry.profile(instrument)
    stop = stop or threading.Event()
    line = opener(profile, {**profile.defaults, **settings}, port)

    def written(text: str) -> None:
        output.write(text)
        output.flush()

    try:
        link = line.open(stop)
        try:
            written(transcript.write(transcript.Transcript(profile.id, capture.heading(link))))
            found = capture.record(
                link, profile, settings, seconds=seconds, stop=stop, ask=ask,
                tell=lambda entry: written(transcript.write_entry(entry) + "\n"),
            )  # fmt: skip
        finally:
            link.close()
    finally:
        line.close()
    ended = found.header.get("ended")
    fault = DriverError(ended, line=port, port=port) if ended else None
    if fault is not None and not found.entries:
        raise fault
    return fault


def kill(
    times: int, folder: Path, seed: int, progress: Callable[[int], None] | None = None
) -> selfcheck.KillOutcome:
    """Kill a capturing process at random instants and count what was lost or doubled; see `drivers.selfcheck`."""
    frozen = getattr(sys, "frozen", False)
    command = [sys.executable, "selfcheck", "capture"] if frozen else []
    return selfcheck.kill(times, folder, seed, progress, command=command)


def capture_for_kill(folder: Path, address: str) -> None:
    """Be the process that `kill` kills: capture from a port into a folder until stopped."""
    selfcheck.capture(folder, address)


def new_instrument(tree: Path, maker: str, model: str) -> list[Path]:
    """Write the first files of an instrument into a source tree; see `drivers.newfile`.

    Raises:
        DriverError: a name that cannot be one, no source tree, or the instrument is there already.
    """
    return newfile.write(tree, maker, model)


def faults(words: Sequence[str]) -> Faults:
    """Return the faults that these switches name, such as `late` or `unplug=40`.

    Raises:
        DriverError: there is no such switch, or it takes another figure.
    """
    return switched(words)


def sample_records(instrument: str) -> Sequence[Record]:
    """Return a few records of this computer's day for an instrument that is played without a laboratory."""
    profile = registry.profile(instrument)
    fields = {"c": "6000", "t": "5800", "absorbance": "0.512", "second": "12.5"}
    moment = datetime.combine(clock.now().astimezone().date(), time(9, 30)).isoformat()
    places = [place for row in profile.channels for place in row] or ["1", "2", "3", "4"]
    figures = (
        ("2.000", "0.512", "0.374", "0.071") if len(places) == WELLS else ("2.0", "12.5", "37.4", "71.2")
    )
    return profile.samples or [
        Record(place, str(n), item="item", value=value, measured_at=moment, fields=fields)
        for n, (place, value) in enumerate(zip(places, figures, strict=False), 1)
    ]
