"""Three tones: short for a good scan, low double for a bad one, long for a positive. Never the only sign."""

import io
import math
import shutil
import struct
import subprocess
import sys
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

RATE = 22_050
FADE = RATE // 200
GOOD = ((1320.0, 0.09),)
BAD = ((330.0, 0.12), (0.0, 0.06), (330.0, 0.12))
POSITIVE = ((880.0, 0.7),)
PLAYERS = (("paplay",), ("pw-play", "-"), ("aplay", "-q"))


def tone(parts: tuple[tuple[float, float], ...], loudness: float = 0.4) -> bytes:
    """Return a WAV file of tones one after another: frequency in hertz (0 is silence) and seconds."""
    samples: list[int] = []
    for hertz, seconds in parts:
        count = int(RATE * seconds)
        for at in range(count):
            fade = min(1.0, at / FADE, (count - at) / FADE)
            samples.append(int(32_767 * loudness * fade * math.sin(2 * math.pi * hertz * at / RATE)))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def system_player() -> Callable[[bytes], None] | None:
    """Return what plays a WAV file on this system, or None when nothing can."""
    if sys.platform == "win32":
        import winsound  # noqa: PLC0415 - exists on Windows alone

        return lambda sound: winsound.PlaySound(sound, winsound.SND_MEMORY)
    command = next((each for each in PLAYERS if shutil.which(each[0])), None)
    if command is None:
        return None
    return lambda sound: _play(command, sound)


def _play(command: tuple[str, ...], sound: bytes) -> None:
    try:
        subprocess.run(command, input=sound, timeout=5, check=False, capture_output=True)
    except (OSError, subprocess.TimeoutExpired):
        return  # a mute computer is no fault: the screen says it too


class Sounds:
    """Plays the tones in a thread of its own; `on` is a setting of the person."""

    def __init__(self, player: Callable[[bytes], None] | None = None, *, on: bool = True) -> None:
        self.on = on
        self._player = player
        self._thread = ThreadPoolExecutor(1, "sound")
        self._made: dict[tuple[tuple[float, float], ...], bytes] = {}

    def use(self, player: Callable[[bytes], None] | None) -> None:
        """Play by this from now on."""
        self._player = player

    def good(self) -> None:
        """One short tone: the scan was taken."""
        self._start(GOOD)

    def bad(self) -> None:
        """A low double tone: the scan was refused."""
        self._start(BAD)

    def positive(self) -> None:
        """A long tone: a positive result has come."""
        self._start(POSITIVE)

    def _start(self, parts: tuple[tuple[float, float], ...]) -> None:
        if self.on and self._player is not None:
            self._thread.submit(self._sound, parts)

    def _sound(self, parts: tuple[tuple[float, float], ...]) -> None:
        if parts not in self._made:
            self._made[parts] = tone(parts)
        if self._player is not None:
            self._player(self._made[parts])

    def close(self) -> None:
        """End the thread after the tone that sounds now."""
        self._thread.shutdown(wait=True, cancel_futures=True)
