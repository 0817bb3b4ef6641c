import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QImage, QPainter

from gui import fonts, theme


def drawn(family: str, character: str) -> bytes:
    image = QImage(40, 40, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    font = QFont(family)
    font.setPixelSize(28)
    painter.setFont(font)
    painter.drawText(QRect(0, 0, 40, 40), Qt.AlignmentFlag.AlignCenter, character)
    painter.end()
    return bytes(image.constBits())


@pytest.mark.usefixtures("dressed")
def test_a_chinese_character_is_no_box() -> None:
    family = fonts.family()
    assert fonts.writes(family)
    box = drawn(family, "\U0010fffd")
    assert len({drawn(family, character) for character in "豇豆阴性阳"} | {box}) == 6


@pytest.mark.usefixtures("dressed")
def test_the_bundled_font_is_there_and_writes_the_words_of_the_trade() -> None:
    number = QFontDatabase.addApplicationFont(str(fonts.BUNDLED))
    loaded = QFontDatabase.applicationFontFamilies(number)
    assert any(fonts.writes(family) for family in loaded)


def test_the_preferred_family_is_chosen_by_name() -> None:
    assert fonts.choose(["DejaVu Sans", "WenQuanYi Micro Hei", "Noto Sans CJK SC"]) == "Noto Sans CJK SC"
    assert fonts.choose(["DejaVu Sans"]) is None


@pytest.mark.usefixtures("dressed")
def test_no_font_at_all_is_an_error_and_no_box(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "PREFERRED", ())
    shutil.copy(__file__, tmp_path / "broken.ttc")
    with pytest.raises(FileNotFoundError, match="cannot be loaded"):
        fonts.family(tmp_path / "broken.ttc")


@pytest.mark.usefixtures("dressed")
def test_a_degree_is_never_lost() -> None:
    worn = theme.current()
    shown = worn.readable("4.2 ℃ ℉ Å")
    white = drawn(worn.family, " ")
    assert all(drawn(worn.family, character) != white for character in shown if character != " ")


@pytest.mark.usefixtures("dressed")
def test_figures_stand_under_one_another() -> None:
    metrics = QFontMetrics(theme.current().font("table"))
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1
