import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.tables import decimal_comma, delimiter_of, rows, text_of

TEXT = "样品;β-内酰胺;1,5\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_an_encoding_is_told_by_its_mark_or_tried(encoding: str) -> None:
    assert text_of(TEXT.encode(encoding)) == TEXT


def test_a_named_encoding_is_the_only_one() -> None:
    assert text_of("é".encode("latin-1"), "latin-1") == "é"
    assert text_of(b"\xe9", "utf-8") == "\\xe9"
    assert text_of(b"abc", "no-such-encoding") == "abc"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [("a;b\n1,5;2\n", ";"), ("a,b\n1,2\n", ","), ("a\tb;c\n1\t2,5\n", "\t"), ("plain\n", "\t"), ("", "\t")],
)
def test_the_delimiter_is_the_one_in_most_lines(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_what_is_no_table_is_still_rows() -> None:
    assert rows("x" * 200_000 + "\nb", ",") == [["x" * 200_000], ["b"]]


@pytest.mark.parametrize(
    ("cells", "comma"),
    [(["1,5", "A"], True), (["1,5", "1.5"], False), (["1"], False), (["<0,5"], True), ([], False)],
)
def test_a_decimal_comma_is_believed_only_where_no_point_stands(cells: list[str], comma: bool) -> None:
    assert decimal_comma(cells) is comma


@given(
    st.lists(st.lists(st.text('ab1,;\t"表 ', max_size=5).map(str.strip), min_size=2, max_size=4), max_size=5),
    st.sampled_from("\t;,"),
)
def test_a_written_table_reads_as_it_was(table: list[list[str]], delimiter: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(table)
    assert [list(row) for row in rows(file.getvalue(), delimiter)] == table
