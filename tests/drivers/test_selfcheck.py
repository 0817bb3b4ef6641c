"""A killed capture loses nothing that it acknowledged."""

from pathlib import Path

from drivers import selfcheck


def test_twenty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    done: list[int] = []
    outcome = selfcheck.kill(20, tmp_path / "check", 7, done.append)
    assert done == list(range(1, 21))
    assert (outcome.kills, outcome.lost, outcome.doubled) == (20, 0, 0)
    assert outcome.kept >= outcome.acknowledged > 20


def test_a_loss_and_a_double_would_be_seen(tmp_path: Path) -> None:
    selfcheck.kill(1, tmp_path, 1)
    sender = selfcheck._Sender()
    sender.delivered = {"M000001", "M999999"}
    sender.sent["M000001"] = 1
    table = selfcheck._Table(tmp_path)
    with table._table:
        table._table.execute(
            "INSERT INTO taken SELECT name, entry + 100000, place, sample, item, value FROM taken"
        )
    table.close()
    outcome = selfcheck._counted(1, tmp_path, sender)
    assert outcome.lost == selfcheck.RECORDS
    assert outcome.doubled >= selfcheck.RECORDS
