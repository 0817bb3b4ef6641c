import pytest

from protocols.codec import Broken, ProtocolError
from protocols.ttnj import Finished, Group, ModelCode, TtnjDownload
from protocols.ttnj_chain import TtnjChain
from protocols.ttnj_z import SMART

H4 = bytes.fromhex("02 37 09 1D 03 01 0B 01 00 3F 18 92 8B 42 0B 32 FB") + bytes(56)


def test_one_command_is_the_whole_download() -> None:
    host = TtnjChain(TtnjDownload())
    host.ask("download")
    assert host.to_send() == b"\x1b\xbf"
    assert host.receive(b"\x1b\x01", 0.0) == [ModelCode(1)]
    assert host.to_send() == b"\x1b\xb1"
    assert host.receive(b"\x1b\xc1" + H4, 0.1) == [Group(H4, 1, 1, 4)]
    assert host.to_send() == b"\x24"
    assert host.receive(b"\x1b\xfe", 0.2) == [Finished(1)]
    assert (host.to_send(), host.idle, host.deadline) == (b"\x1b\xff", True, None)


def test_a_pause_before_the_results_and_no_end_where_the_model_wants_none() -> None:
    host = TtnjChain(TtnjDownload(SMART), pause=0.2, end=False)
    host.ask("download")
    host.receive(b"", 1.0)
    assert host.to_send() == b"\x1b\xbf"
    host.receive(b"\x1b\x05", 1.5)
    assert (host.to_send(), host.deadline, host.idle) == (b"", 1.7, False)
    assert [host.expire(now) for now in (1.6, 1.7)] == [[], []]
    assert host.to_send() == b"\x1b\xb1"
    assert host.receive(b"\x1b\xfe", 1.8) == [Finished(0)]
    assert host.to_send() == b""


def test_a_group_that_contradicts_itself_is_broken_but_fetched_past() -> None:
    host = TtnjChain(
        TtnjDownload(), check=lambda one: Broken(0, b"", "mask") if isinstance(one, Group) else one
    )
    host.ask("download")
    assert host.receive(b"\x1b\x01", 0.0) == [ModelCode(1)]
    assert host.receive(b"\x1b\xc1" + H4, 0.0) == [Broken(0, b"", "mask")]
    assert host.to_send().endswith(b"\x24")


def test_single_commands_are_passed_on_and_unknown_ones_refused() -> None:
    host = TtnjChain(TtnjDownload())
    host.ask("clear")
    assert host.to_send() == b"\x1b\xb9"
    host.ask("link")
    assert host.receive(b"\x1b\x01", 0.0) == [ModelCode(1)]
    assert host.to_send() == b"\x1b\xbf"
    with pytest.raises(ProtocolError):
        host.ask("dance")
