from protocols.waits import Wait, earliest


def test_a_wait_without_a_clock_starts_when_the_clock_is_seen() -> None:
    wait = Wait()
    assert not wait.lapsed(5.0)
    wait.start(2.0)
    assert wait.deadline == 0.0
    assert not wait.lapsed(5.0)
    assert wait.deadline == 7.0
    wait.see(6.0)
    assert wait.deadline == 7.0
    assert wait.lapsed(7.0)


def test_a_wait_may_know_the_time() -> None:
    wait = Wait()
    wait.start(2.0, 10.0)
    assert wait.deadline == 12.0
    assert wait.lapsed(12.0)


def test_a_stopped_wait_never_lapses() -> None:
    wait = Wait()
    wait.start(2.0, 10.0)
    wait.stop()
    wait.see(1.0)
    assert wait.deadline is None
    assert not wait.running
    assert not wait.lapsed(99.0)


def test_the_earliest_of_several() -> None:
    assert earliest(3.0, None, 2.0) == 2.0
    assert earliest(None) is None
