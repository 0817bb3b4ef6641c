import io
import threading
import wave

from gui import sounds


def seconds(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as file:
        return float(file.getnframes() / file.getframerate())


def test_the_three_tones_can_be_told_apart() -> None:
    good, bad, positive = (
        seconds(sounds.tone(parts)) for parts in (sounds.GOOD, sounds.BAD, sounds.POSITIVE)
    )
    assert good < bad < positive
    assert len(sounds.BAD) == 3
    assert max(hertz for hertz, _ in sounds.BAD) < sounds.GOOD[0][0]


def test_a_tone_is_played_in_a_thread_of_its_own() -> None:
    played: list[tuple[bytes, threading.Thread]] = []
    made = sounds.Sounds(lambda sound: played.append((sound, threading.current_thread())))
    made.bad()
    made.close()
    assert played[0][0] == sounds.tone(sounds.BAD)
    assert played[0][1] is not threading.main_thread()


def test_sound_can_be_off_and_a_mute_computer_is_no_fault() -> None:
    played: list[bytes] = []
    off = sounds.Sounds(played.append, on=False)
    off.good()
    off.close()
    mute = sounds.Sounds(None)
    mute.positive()
    mute.close()
    assert played == []
