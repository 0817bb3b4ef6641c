"""Papers as text: all that ship can be read, and what cannot be printed is named with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.errors import Invalid, NotFound
from lims.rules import template


@pytest.mark.parametrize("paper", template.papers())
def test_every_shipped_paper_is_without_fault(paper: str) -> None:
    found = template.read(paper, template.shipped(paper))
    assert found.title
    assert found.blocks


def test_the_national_form_has_five_copies() -> None:
    assert len(template.read("sampling_form", template.shipped("sampling_form")).copies) == 5


HEAD = 'title = "单"\n[[block]]\n'


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title = ", "edition.text"),
        ('title = "单"', "template.empty"),
        ('size = "A4"\n[[block]]\nkind = "line"', "edition.field"),
        (f'{HEAD}kind = "video"', "template.block"),
        (f'{HEAD}kind = "text"', "template.holds"),
        (f'{HEAD}kind = "line"\ntext = "x"', "template.holds"),
        (f'{HEAD}kind = "text"\ntext = "{{colour}}"', "template.unknown"),
        (f'{HEAD}kind = "text"\ntext = "{{food"', "template.braces"),
        (f'{HEAD}kind = "text"\ntext = "本检验报告"', "template.forbidden"),
        (f'{HEAD}kind = "text"\ntext = "结论：合格"', "template.forbidden"),
        (f'{HEAD}kind = "table"\nof = "wishes"\nhead = []\ncolumns = []\nshares = []', "template.table"),
        (
            f'{HEAD}kind = "table"\nof = "results"\nhead = ["a"]\ncolumns = []\nshares = [1]',
            "template.columns",
        ),
        (
            f'{HEAD}kind = "table"\nof = "results"\nhead = ["a"]\ncolumns = ["{{food}}"]\nshares = [1]',
            "template.unknown",
        ),
        (f'size = "B5"\n{HEAD}kind = "line"', "template.size"),
        (f'{HEAD}kind = "text"\ntext = "{{notice_at}}"', "template.unknown"),  # no field of a slip
    ],
)
def test_what_cannot_be_printed_is_named(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        template.read("result_slip", text)
    assert code in {refused.value.code, *(problem.code for problem in refused.value.problems)}


def test_a_disclaimer_may_say_what_the_paper_is_not() -> None:
    found = template.read("result_slip", f'{HEAD}kind = "text"\ntext = "本单不是检验报告"')
    assert len(found.blocks) == 1


def test_an_unknown_paper_is_not_found() -> None:
    with pytest.raises(NotFound, match=r"paper\.unknown"):
        template.shipped("invoice")


@given(st.text(), st.dictionaries(st.sampled_from(["food", "seal"]), st.text()))
def test_filling_prints_what_is_said_or_a_slash(literal: str, said: dict[str, str]) -> None:
    plain = literal.replace("{", "").replace("}", "")
    expected = f"{plain}{said.get('food') or '/'}{said.get('seal') or '/'}"
    assert template.filled(plain + "{food}{seal}", said) == expected
