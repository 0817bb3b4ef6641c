"""Signing, banners, countdown, timeline, verdicts, labels."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QWidget

from gui import theme
from gui.widgets import icon
from gui.widgets.banner import Banners
from gui.widgets.countdown import Countdown, written
from gui.widgets.curve import NAMED, Curve
from gui.widgets.label import Elided, Label
from gui.widgets.sign import SignDialog
from gui.widgets.tile import Channel, Tile
from gui.widgets.timeline import Fact, Timeline
from gui.widgets.verdict import VerdictMark, shape
from lims.errors import NotAllowed

GUI = Path(theme.__file__).parent
Settle = Callable[..., None]


@pytest.mark.usefixtures("dressed")
def test_signing_shows_each_record_and_keeps_the_dialog_when_refused() -> None:
    def attempt(
        secret: str, done: Callable[[object], None], refused: Callable[[BaseException], None]
    ) -> None:
        done("signed") if secret == "2468" else refused(NotAllowed("door.role", verb="x", needs="y"))

    parent = QWidget()
    dialog = SignDialog(parent, "林秀英", "Approve", ["FY1 豇豆", "FY2 <b>韭菜</b>"], attempt)
    dialog.show()
    records = dialog.findChild(QListWidget)
    assert records is not None
    assert records.item(1).text() == "FY2 <b>韭菜</b>"
    secret = dialog.findChild(QLineEdit)
    assert secret is not None
    QTest.keyClick(secret, Qt.Key.Key_Return)
    assert dialog.isVisible()
    secret.setText("1111")
    QTest.keyClick(secret, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert secret.text() == ""
    assert any(label.property("role") == "wrong" and label.text() for label in dialog.findChildren(QLabel))
    secret.setText("2468")
    QTest.keyClick(secret, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert dialog.result_value == "signed"
    assert secret.text() == ""
    parent.deleteLater()


@pytest.mark.usefixtures("dressed")
def test_the_worst_banner_is_first_and_the_others_are_counted() -> None:
    banners = Banners()
    for number, tone in enumerate(("tell", "warn", "wrong", "warn")):
        banners.put(str(number), tone, f"sentence {number}")
    assert banners.sentences()[0] == "sentence 2"
    assert any(label.text() == "and 2 more" for label in banners.findChildren(QLabel))
    banners.put("2", "wrong", "")
    assert banners.sentences()[0] == "sentence 1"
    banners.deleteLater()


@pytest.mark.parametrize(
    ("left", "words"),
    [(timedelta(hours=1, minutes=12), "1:12:00"), (timedelta(seconds=65), "1:05"), (timedelta(0), "0:00"),
     (timedelta(seconds=-61), "−1:01"), (timedelta(days=2), "48:00:00")],
)  # fmt: skip
def test_time_left_is_written_as_a_clock(left: timedelta, words: str) -> None:
    assert written(left) == words


@pytest.mark.usefixtures("dressed")
def test_a_countdown_tells_once_that_it_is_over() -> None:
    moment = [datetime(2026, 11, 23, 9, tzinfo=UTC)]
    clock = Countdown("until the window closes", now=lambda: moment[0])
    over: list[bool] = []
    clock.over.connect(lambda: over.append(True))
    clock.run_until(moment[0] + timedelta(minutes=5))
    assert "5:00" in clock.accessibleName()
    moment[0] += timedelta(minutes=6)
    clock.tick()
    clock.tick()
    assert "−1:00" in clock.accessibleName()
    assert "over" in clock.accessibleName()
    assert over == [True]
    clock.deleteLater()


@pytest.mark.usefixtures("dressed")
def test_a_timeline_is_read_aloud_and_opens_its_evidence() -> None:
    line = Timeline()
    line.show_facts([Fact("1", "07:12", "sampled"), Fact("2", "", "4 h 02 min without a record", gap=True)])
    line.resize(400, 60)
    line.show()
    opened: list[str] = []
    line.opened.connect(opened.append)
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Space)
    assert opened == ["1"]
    assert "without a record" in line.accessibleName()
    line.deleteLater()


@pytest.mark.usefixtures("dressed")
def test_the_shapes_of_the_verdicts_differ_in_grey() -> None:
    seen = set()
    for verdict in theme.VERDICTS:
        image = shape(verdict, 24).toImage()
        seen.add(bytes(image.convertToFormat(image.Format.Format_Alpha8).constBits()))
    assert len(seen) == len(theme.VERDICTS)
    mark = VerdictMark("positive")
    assert mark.accessibleName() == "● Positive"
    mark.show_verdict(None)
    assert mark.accessibleName() == ""
    mark.deleteLater()


@pytest.mark.usefixtures("dressed")
def test_a_tile_says_what_it_shows() -> None:
    tile = Tile(Channel("3", "done", "FY2026112304128", "韭菜", "农残", "87.2", "%", "positive"))
    assert "● Positive" in tile.accessibleName()
    tile.show_channel(Channel("3"))
    assert "Scan to place a sample" in tile.accessibleName()
    tile.resize(148, 148)
    assert not tile.grab().isNull()
    tile.deleteLater()


@pytest.mark.usefixtures("dressed")
def test_markup_from_data_is_shown_and_not_obeyed() -> None:
    label = Label()
    label.put("<b>豇豆</b>")
    assert label.textFormat() == Qt.TextFormat.PlainText
    short = Elided()
    short.resize(60, 20)
    short.put("<img src=x> a long name of a business in a county")
    assert "&lt;img" in short.toolTip()
    assert short.whole().startswith("<img")
    label.deleteLater()
    short.deleteLater()


def test_no_label_is_made_without_being_plain() -> None:
    """Every QLabel is made by gui/widgets/label.py, and no tip or box takes text that Qt would guess about."""
    suspect = (
        "QLabel(",
        ".setToolTip(",
        "QMessageBox",
        "setHtml(",
        "RichText",
        "AutoText",
        "QToolTip.showText",
    )
    found = [
        f"{path.relative_to(GUI)}: {word}"
        for path in GUI.rglob("*.py")
        for word in suspect
        if word in path.read_text(encoding="utf-8").replace('.setToolTip("")', "") and path.name != "label.py"
    ]
    assert found == []


@pytest.mark.usefixtures("dressed")
def test_references_to_none_do_not_fall() -> None:
    """PySide 6.12 drops one at every void call on Python 3.11 and aborts after some thousands."""
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(100):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 50
    label.deleteLater()


@pytest.mark.usefixtures("dressed")
def test_every_icon_can_be_drawn() -> None:
    blank = [name for name in icon.names() if icon.picture(name, "text", 24).toImage().allGray() is None]
    empty = [
        name for name in icon.names() if not any(bytes(icon.picture(name, "text", 24).toImage().constBits()))
    ]
    assert blank == []
    assert empty == []
    assert len(icon.names()) >= 20


@pytest.mark.usefixtures("dressed")
def test_the_fonts_have_their_sizes() -> None:
    assert (
        QFontMetrics(theme.current().font("clock")).height()
        > QFontMetrics(theme.current().font("base")).height() * 2
    )


@pytest.mark.usefixtures("dressed")
def test_a_curve_of_names_bears_them_and_shows_each_value_as_a_dot() -> None:
    curve = Curve("Rate")
    axis = curve._view.getAxis("bottom")
    curve.show_named([("2026-11", 17.6)])
    assert axis._tickLevels == [[(0.0, "2026-11")]]
    assert curve._line.opts["symbol"] == "o"
    curve.show_named([(f"2026-{month:02d}", None if month == 2 else 1.0) for month in range(1, 13)])
    assert [name for _, name in axis._tickLevels[0]] == [f"2026-{month:02d}" for month in range(1, 13, 2)]
    assert len(axis._tickLevels[0]) <= NAMED
    heights = list(curve._line.getOriginalDataset()[1])
    assert len(heights) == 12
    assert heights[1] != heights[1], "a month without a rate is a gap, not nought"
    curve.show_named([])
    assert axis._tickLevels == [[]]


@pytest.mark.parametrize("words", ["F2: other figures; F6: a curve or plate; old results keep theirs.",
                                   "F2 改数值，F6 改曲线或布板，F3 加新方法；已出的结果仍按原来的版本。"])  # fmt: skip
@pytest.mark.usefixtures("dressed")
def test_a_sentence_takes_two_lines_before_it_is_cut_and_its_tip_tells_the_rest(words: str) -> None:
    label = Elided(lines=2)
    label.put(words)
    whole = label.fontMetrics().horizontalAdvance(words)
    label.resize(whole + 10, 50)
    label.show()
    assert label.text() == words
    label.resize(round(whole * 0.7), 50)
    first, second = label.text().split("\n")
    assert (first + second).replace(" ", "") == words.replace(" ", "")
    assert label.toolTip() == ""
    assert label.sizeHint().height() >= 2 * label.fontMetrics().height()
    label.resize(round(whole * 0.4), 50)
    shown = label.text().split("\n")
    assert len(shown) == 2
    assert shown[1].endswith("…")
    assert all(label.fontMetrics().horizontalAdvance(line) <= label.width() for line in shown)
    assert words in label.toolTip()
    assert label.accessibleName() == words
    label.show_lines(1)
    assert "\n" not in label.text()
