import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.astm_records import USUAL, Delimiters, Field, Kind, Problem, build, escape, findings, parse
from protocols.codec import ProtocolError

_RECORDS = [
    "H|\\^&|||某厂^X1^2.0",
    "P|1",
    "O|1|S-7^3||^^^A\\^^^B",
    "R|1|^^^A|37.4|%|0^50|N||F",
    "C|1|I|看一看&F&再来&E&&S&&R&",
    "R|2|^^^B|<2|ug/kg",
    "P|2",
    "R|1|^^^A||%",
    "Q|1|^S-9",
    "M|1",
    "S|1",
    "L|1|N",
]
MESSAGE = "".join(record + "\r" for record in _RECORDS)


def test_fields_and_components_are_counted_as_in_the_standard() -> None:
    parsed = parse(MESSAGE.encode("gb18030"), "gb18030")
    assert parsed.problems == ()
    header, _, order, result, comment = parsed.records[:5]
    assert [record.kind for record in parsed.records] == list("HPORCRPRQMSL")
    assert (header.get(1), header.get(2), header.text(2)) == ("H", "\\^&", "\\^&")
    assert (header.get(5), header.get(5, 2), header.get(5, 9), header.get(99)) == ("某厂", "X1", "", "")
    assert (order.get(3), order.get(3, 2), order.get(5, 4, 1), order.get(5, 4, 2), order.get(5, 4, 3)) == (
        "S-7",
        "3",
        "A",
        "B",
        "",
    )
    assert order.repeats(5) == ("^^^A", "^^^B")
    assert (result.get(4), result.get(5), result.components(6), result.get(9)) == (
        "37.4",
        "%",
        ("0", "50"),
        "F",
    )
    assert (result.text(6), result.text(99)) == ("0^50", "")
    assert comment.get(4) == "看一看|再来&^\\"


def test_results_stand_under_what_they_belong_to() -> None:
    first, second, third = findings(parse(MESSAGE.encode()).records)
    assert first.header is not None
    assert first.header.kind is Kind.HEADER
    assert (first.order is not None, second.order is not None, third.order) == (True, True, None)
    assert (
        first.patient is not None and first.patient.get(2),
        third.patient is not None and third.patient.get(2),
    ) == (
        "1",
        "2",
    )
    assert [len(finding.comments) for finding in (first, second, third)] == [1, 0, 0]


def test_a_new_header_forgets_the_order_above() -> None:
    (finding,) = findings(parse(b"H|\\^&\rO|1\rL|1\rH|\\^&\rR|1\r").records)
    assert finding.order is None
    assert next(findings(parse(b"R|1\rC|1\r").records)).header is None


def test_the_header_names_the_delimiters() -> None:
    records = parse(b"H!/~$\rR!1!~~~A!1$F$2!a/b\r").records
    assert records[0].delimiters == Delimiters("!", "/", "~", "$")
    assert (records[1].get(3, 4), records[1].get(4), records[1].repeats(5)) == ("A", "1!2", ("a", "b"))


def test_a_header_of_two_delimiters_has_no_escape() -> None:
    records = parse(b"H|\\^|||name^1\rR|1|^^^A&F&\r").records
    assert records[0].delimiters == Delimiters("|", "\\", "^", "")
    assert records[1].get(3, 4) == "A&F&"


@pytest.mark.parametrize("header", [b"H", b"H|", b"H|\\", b"H|\\\\&", b"H||^&"])
def test_a_header_without_delimiters_is_a_problem(header: bytes) -> None:
    parsed = parse(header + b"\rR|1|^^^A\r")
    assert [problem.reason for problem in parsed.problems] == ["no delimiters", "no header"]
    assert parsed.records[1].get(3, 4) == "A"


def test_what_cannot_be_read_is_kept_and_reported() -> None:
    parsed = parse(b"H|\\^&\rZ|1\r\nRX|1\rR|1|\xff\xfe\r\r")
    assert [(problem.record, problem.reason) for problem in parsed.problems] == [
        (2, "unknown record"),
        (3, "unknown record"),
        (4, "undecodable"),
    ]
    assert parsed.records[1].get(3) == "\udcff\udcfe"
    assert parse(b"R|1\r").problems == (Problem(1, "no header", "R|1"),)


def test_gbk_trail_bytes_are_no_delimiters() -> None:
    text = "H|\\^&\rR|1|" + bytes.fromhex("815C 815E 817C".replace(" ", "")).decode("gb18030") + "\r"
    record = parse(text.encode("gb18030"), "gb18030").records[1]
    assert len(record.get(3)) == 3
    assert len(record.raw) == 3


def test_bytes_in_an_escape_are_of_the_encoding() -> None:
    records = parse(b"H|\\^&\rR|1|&XC7E0&|&X4&|&H&|&x41&|A&B\r", "gb18030").records
    assert [records[1].get(place) for place in (3, 4, 5, 6, 7)] == ["青", "&X4&", "&H&", "&x41&", "A&B"]


def test_a_message_is_written() -> None:
    rows: list[list[Field]] = [
        ["H", "", "", "", ["机|1", "2"]],
        ["O", "1", "S^7"],
        ["R", "1", ["", "", "", "A"], "<2"],
        ["L", "1", "N"],
    ]
    assert build(rows).decode() == "H|\\^&|||机&F&1^2\rO|1|S&S&7\rR|1|^^^A|<2\rL|1|N\r"
    assert build([["H"]]) == b"H|\\^&\r"


@given(st.text(st.characters(codec="gb18030", min_codepoint=32, exclude_categories=("Cs", "Cc"))))
@settings(max_examples=100)
def test_parse_undoes_build(text: str) -> None:
    raw = build([["H"], ["R", "1", ["", text], "x"]], "gb18030")
    parsed = parse(raw, "gb18030")
    assert parsed.problems == ()
    assert (parsed.records[1].get(3, 2), parsed.records[1].get(4)) == (text, "x")


def test_undecodable_bytes_go_out_as_they_came() -> None:
    assert build([["C", "1", "a\udcff"]], "gb18030") == b"C|1|a\xff\r"


def test_what_cannot_be_written() -> None:
    wrong: list[list[list[Field]]] = [[[]], [["Z"]], [[["R"]]], [["R", "a\rb"]]]
    for rows in wrong:
        with pytest.raises(ProtocolError):
            build(rows)
    with pytest.raises(ProtocolError, match="latin-1"):
        build([["R", "青"]], "latin-1")
    with pytest.raises(ProtocolError, match="no escape"):
        escape("a|b", Delimiters(escape=""))
    assert escape("ab", Delimiters(escape="")) == "ab"
    assert escape("a&b", USUAL) == "a&E&b"
