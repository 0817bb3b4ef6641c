"""A codec of the device's side put behind a real PTY or TCP port, for tests that steer its faults."""

import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from protocols.codec import Codec
from tests.drivers.terminals import Terminal


def _step(codec: Codec[Any], data: bytes) -> bytes:
    now = time.monotonic()
    if data:
        codec.receive(data, now)
    if codec.deadline is not None and codec.deadline <= now:
        codec.expire(now)
    return codec.to_send()


@contextmanager
def on_pty(codec: Codec[Any]) -> Iterator[str]:
    """Serve `codec` on a PTY and yield the name of the port that a host opens."""
    stop, line = threading.Event(), Terminal()

    def serve() -> None:
        while not stop.is_set():
            ready, _, _ = select.select([line.device], [], [], 0.002)
            out = _step(codec, os.read(line.device, 4096) if ready else b"")
            if out:
                line.say(out)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield line.port
    finally:
        stop.set()
        thread.join()
        line.unplug()


@contextmanager
def on_tcp(codec: Codec[Any]) -> Iterator[int]:
    """Serve `codec` on a TCP port of this computer, one connection after another, and yield the port."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                _talk(codec, connection, stop)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join()
        listener.close()


def _talk(codec: Codec[Any], connection: socket.socket, stop: threading.Event) -> None:
    while not stop.is_set():
        ready, _, _ = select.select([connection], [], [], 0.002)
        try:
            data = connection.recv(4096) if ready else b""
            if ready and not data:
                return
            if out := _step(codec, data):
                connection.sendall(out)
        except ConnectionError:
            return


@contextmanager
def serial_pair() -> Iterator[tuple[str, str]]:
    """Two serial ports joined by a null modem."""
    ends = [Terminal(), Terminal()]
    masters = [end.device for end in ends]
    stop = threading.Event()

    def carry() -> None:
        while not stop.is_set():
            for master in select.select(masters, [], [], 0.01)[0]:
                os.write(masters[1 - masters.index(master)], os.read(master, 4096))

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield ends[0].port, ends[1].port
    finally:
        stop.set()
        thread.join()
        for end in ends:
            end.unplug()
