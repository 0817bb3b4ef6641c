"""A device read by a description: requests it names, what it may not guess, fields of every type."""

from typing import Any

import pytest

from drivers.registry import profile
from protocols.codec import Broken, ProtocolError

ONE = profile("profile_file")
COLUMNS: dict[str, Any] = {
    "device": {"name": "n", "source": "s", "unit": "%"},
    "wire": {"shape": "lines", "end": "0A"},
    "fields": {"value": {"first": 0, "count": 6, "scale": "0.1"}, "time": {"first": 6, "count": 19}},
}


def said(form: object, data: bytes) -> list[Any]:
    settings = {"form": form}
    host = ONE.codec(settings)
    events = [*host.receive(data, 0.0), *host.expire(9.0)]
    return [one if isinstance(one, Broken) else ONE.read(one, settings)[0] for one in events]


def test_only_requests_that_the_form_names_are_sent() -> None:
    host = ONE.codec(ONE.defaults)
    host.ask("read")
    assert host.to_send() == b"RD\r\n"
    assert host.to_send() == b""
    with pytest.raises(ProtocolError, match="read"):
        host.ask("erase")
    with pytest.raises(ProtocolError, match="no request"):
        ONE.codec({"form": COLUMNS}).ask("read")


def test_columns_are_cut_by_bytes_and_scaled_exactly() -> None:
    (found,) = said(COLUMNS, b"   3742026-08-07T10:31:44\n")
    assert (str(found.value), found.unit, found.measured_at.hour) == ("37.4", "%", 10)
    (short,) = said(COLUMNS, b"  374\n")
    assert (short.reason, short.detail) == ("length", "5 bytes, not 25")


def test_a_figure_or_a_time_that_is_none_is_flagged_and_kept() -> None:
    (found,) = said(COLUMNS, b">100  2026-13-07T10:31:44\n")
    assert found.value is None
    assert {"above_range", "bad_clock", "unverifiable", "unknown_item"} == set(found.flags)
    assert (found.extra["value_text"], found.extra["clock"]) == (">100", "2026-13-07T10:31:44")


def test_half_a_line_is_given_up() -> None:
    (lost,) = said(COLUMNS, b"   374")
    assert isinstance(lost, Broken)
