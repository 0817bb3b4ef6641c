import threading
from collections.abc import Callable

import pytest

from gui import bridge
from gui.bridge import Bridge


class Notices:
    """Who wants to hear, and nothing else."""

    def __init__(self) -> None:
        self.listener: Callable[[object], None] | None = None

    def listen(self, listener: Callable[[object], None]) -> Callable[[], None]:
        self.listener = listener
        return lambda: setattr(self, "listener", None)


@pytest.mark.usefixtures("dressed")
def test_notices_of_any_thread_arrive_in_the_gui_thread(settle: Callable[..., None]) -> None:
    notices, heard = Notices(), []
    made = Bridge(notices.listen)
    made.noticed.connect(lambda notice: heard.append((notice, threading.current_thread())))
    tell = notices.listener
    assert tell is not None
    threads = [threading.Thread(target=tell, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(lambda: len(heard) == 20)
    assert {thread for _, thread in heard} == {threading.main_thread()}
    assert {notice for notice, _ in heard} == set(range(20))
    made.close()
    assert notices.listener is None


@pytest.mark.usefixtures("dressed")
def test_equal_notices_of_one_moment_are_told_once(settle: Callable[..., None]) -> None:
    notices, heard = Notices(), list[object]()
    made = Bridge(notices.listen)
    made.noticed.connect(heard.append)
    assert notices.listener is not None
    for _ in range(200):
        notices.listener("reading")
    settle(lambda: heard)
    assert heard == ["reading"]
    made.close()


@pytest.mark.usefixtures("dressed")
def test_a_flood_is_told_as_such(settle: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "KEPT", 5)
    notices, flooded = Notices(), []
    made = Bridge(notices.listen)
    made.flooded.connect(lambda: flooded.append(True))
    assert notices.listener is not None
    for number in range(9):
        notices.listener(number)
    settle(lambda: flooded)
    assert flooded == [True]
    made.close()
