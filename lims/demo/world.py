"""The world outside the demonstration's laboratory: devices on real ports, and a bench that can be killed."""

import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from drivers import register_map, registry
from drivers.player import Player
from drivers.profile import Record
from drivers.simulators.modbus_reader import image_of
from lims.bench import wires
from lims.demo.script import Wired
from lims.services import equip


def free_port() -> int:
    """Return a TCP port of this computer that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def address(wired: Wired, player: Player, port: int) -> str:
    """Return how the laboratory writes the port of a playing device."""
    if wired.calls:
        return f"listen:127.0.0.1:{port}"
    return f"tcp:{player.address}" if wired.tcp or sys.platform == "win32" else player.address


def plug(stack: ExitStack, wired: Wired, records: Sequence[Record]) -> tuple[Player, str]:
    """Play one device until the stack closes; return its player and its address."""
    port = free_port() if wired.calls else 0
    settings = {**wired.settings, "framing": "tcp", "scan_seconds": "0.8"}
    player = stack.enter_context(
        wires.playing(
            wired.profile,
            records=records,
            settings=settings,
            tcp=0 if wired.tcp and not wired.calls else None,
            call=f"127.0.0.1:{port}" if wired.calls else "",
            faults=wired.faults,
        )
    )
    return player, address(wired, player, port)


def registered(wired: Wired, address: str) -> equip.Device:
    """Return a demonstration's instrument as the laboratory registers it."""
    profile = registry.profile(wired.profile)
    return equip.Device(
        wired.id,
        profile.title[0],
        wired.profile,
        "SIMULATED",
        address,
        profile.evidence.rung.value,
        {**wired.settings, "simulated": True},
    )


def next_run(player: Player, wired: Wired, records: Sequence[Record]) -> None:
    """Have the register reader finish another run."""
    image = image_of(register_map.load(wired.settings), records)
    player.do(lambda device: setattr(device, "image", image))


class BenchProcess:
    """A process of its own that runs all lines of the laboratory, as `kuaijian bench` does."""

    def __init__(self, folder: Path, database: str = "") -> None:
        start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "lims.cli"]
        where = ["--database", database] if database else []
        self._process = subprocess.Popen(
            [*start, "bench", "--dir", str(folder), *where, "--quick"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        self._process.stdout.readline()

    def ask(self, instrument: str, command: str) -> None:
        """Have a device asked for something."""
        request = json.dumps({"do": "ask", "instrument": instrument, "command": command})
        assert self._process.stdin is not None  # noqa: S101 - they were asked for
        assert self._process.stdout is not None  # noqa: S101 - the same
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self._process.kill()
        self._wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process.stdin is not None and self._process.poll() is None:
            self._process.stdin.close()
        self._wait()

    def _wait(self) -> None:
        self._process.wait(30)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
