import re
from pathlib import Path

import pytest

from gui import gallery, theme

GUI = Path(theme.__file__).parent


def test_every_text_has_a_contrast_of_four_and_a_half() -> None:
    assert gallery.contrast_faults() == []


@pytest.mark.parametrize("name", list(theme.COLOURS))
def test_lines_that_mean_something_have_a_contrast_of_three(name: str) -> None:
    colours = theme.COLOURS[name]
    for ground in theme.GROUNDS:
        assert theme.contrast(colours.edge, getattr(colours, ground)) >= 3.0


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("layout", list(theme.LAYOUTS))
@pytest.mark.parametrize("name", list(theme.COLOURS))
def test_the_sheet_is_whole_in_every_look(name: str, layout: str, scale: float) -> None:
    sheet = theme.Theme(name, layout, scale, "WenQuanYi Micro Hei").sheet()
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


@pytest.mark.parametrize("scale", [0.5, 2.1])
def test_a_scale_outside_one_to_two_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="outside"):
        theme.Theme(scale=scale)


def test_a_van_has_controls_for_gloves() -> None:
    assert theme.Theme(layout="touch").size("control") == 48
    assert theme.Theme().size("control") == 32
    assert theme.Theme(scale=2.0).size("control") == 64


def test_verdicts_differ_without_colour() -> None:
    assert len(set(theme.VERDICTS.values())) == len(theme.VERDICTS)


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_nothing_else_names_a_colour() -> None:
    named = [
        f"{path.name}: {found[0]}"
        for path in GUI.rglob("*.py")
        if path.name not in {"theme.py", "icon.py"}
        for found in [re.search(r"#[0-9A-Fa-f]{6}\b|QColor\(\s*[\d\"']", path.read_text(encoding="utf-8"))]
        if found
    ]
    assert named == []
