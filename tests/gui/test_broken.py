"""Why bytes were given up is said in the language of the moment, whatever the codec filled in."""

import ast
from pathlib import Path

import pytest

from gui.screens import _broken
from lims import text

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("sum8 of the frame is 3A, it carries 3B", "按 sum8 算应为 3A，帧里是 3B"),
        ("no answer within 2.5 s", "2.5 秒内没有应答"),
        ("4 fields, not 5", "有 4 个字段，应为 5 个"),
        ("3 of 7 records came", "7 条记录只收到 3 条"),
        ("3 of 7 strip records came", "7 条 strip 记录只收到 3 条"),
        ("what nobody knows {x}", "what nobody knows {x}"),
        ("", ""),
    ],
)
def test_a_detail_is_said_in_chinese(said: str, shown: str) -> None:
    text.use("zh_CN")
    try:
        assert _broken.detail(said) == shown
        text.use("en")
        assert _broken.detail(said) == said
    finally:
        text.use("zh_CN")


def sentences(file: Path) -> list[str]:
    """What a codec's file says of lost bytes, with a figure where it fills something in."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        place = {"Broken": 3, "Lost": 1, "Fault": 1}.get(node.func.id) if named else None  # type: ignore[attr-defined]
        said = node.args[place] if place is not None and len(node.args) > place else None  # type: ignore[attr-defined]
        if isinstance(said, ast.JoinedStr):
            found.append(
                "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in said.values)
            )
        elif isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value:
            found.append(said.value)
    return found


def test_what_the_wires_say_is_known() -> None:
    said = {one for file in (ROOT / "protocols").glob("*.py") for one in sentences(file)}
    unknown = {one for one in said if not any(pattern.fullmatch(one) for _, pattern in _broken._patterns())}
    assert len(said) > 30
    assert unknown == set()
