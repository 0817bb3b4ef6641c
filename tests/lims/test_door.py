"""What the door refuses is told in a person's own words."""

from pathlib import Path

import pytest

from lims import text
from lims.errors import NotAllowed
from lims.queries import oversight
from lims.services import plan
from tests.laboratory import found_lab


def test_a_missing_role_is_told_by_the_words_of_the_act_and_the_roles(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    try:
        with pytest.raises(NotAllowed) as refused:
            lab.as_("chen").do(plan.population, township="350122100", year=2026, people=5, source="a")
        with pytest.raises(NotAllowed) as unseen:
            lab.as_("lin").ask(oversight.queue)
    finally:
        lab.close()
    zh, en = text.tongue("zh_CN"), text.tongue("en")
    assert (
        zh.sentence(refused.value)
        == "您没有权限办理“录入人口”，需要的角色：质量负责人。请由有权限的人员登录操作。"
    )
    assert "enters a population" in en.sentence(refused.value)
    assert "Quality manager" in en.sentence(refused.value)
    assert "质量负责人" in zh.sentence(unseen.value)
