"""A codec of the device's side put behind a real PTY or TCP port, for tests that steer its faults."""

import os
import select
import socket
import termios
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from protocols.codec import Codec


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
    master, slave = os.openpty()
    tty.setraw(slave, termios.TCSANOW)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            ready, _, _ = select.select([master], [], [], 0.002)
            out = _step(codec, os.read(master, 4096) if ready else b"")
            if out:
                os.write(master, out)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        stop.set()
        thread.join()
        os.close(master)
        os.close(slave)


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
    ends = [os.openpty(), os.openpty()]
    for _, slave in ends:
        tty.setraw(slave, termios.TCSANOW)
    masters = [master for master, _ in ends]
    stop = threading.Event()

    def carry() -> None:
        while not stop.is_set():
            for master in select.select(masters, [], [], 0.01)[0]:
                os.write(masters[1 - masters.index(master)], os.read(master, 4096))

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        stop.set()
        thread.join()
        for pair in ends:
            for descriptor in pair:
                os.close(descriptor)
