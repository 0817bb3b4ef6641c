"""Sampling: a form filled by hand and keys, its problems under its fields, its draft, and the next one."""

from datetime import datetime

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from gui import moments
from gui.widgets.paperform import check_moment
from lims import clock
from lims.queries import samples
from tests.gui import lab as own

NOW = datetime(2026, 8, 4, 10, 30, tzinfo=clock.ZONE)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("905", "2026-08-04T09:05:00+08:00"),
        ("9：05", "2026-08-04T09:05:00+08:00"),
        ("8-3 2110", "2026-08-03T21:10:00+08:00"),
        ("0803 下午3:20", "2026-08-03T15:20:00+08:00"),
        ("2026-08-03 09:05:31 +08:00", "2026-08-03T09:05:31+08:00"),
    ],
)
def test_moments_are_read_as_hands_type_them(typed: str, meant: str) -> None:
    found = moments.read(typed, NOW)
    assert found is not None
    assert found.isoformat() == meant
    assert moments.read(moments.shown(found), NOW) == found


@pytest.mark.parametrize("typed", ["", "morning", "2590", "13-40 905", "09:05:99"])
def test_what_is_no_moment_is_not_guessed(typed: str) -> None:
    assert moments.read(typed, NOW) is None


def fill(shell: own.Shell, **over: str) -> None:
    answers = {**own.filled(**over), "drawn_at": ""}
    shell.shown.form.fill({name: text for name, text in answers.items() if text})


def numbers(lab: own.Lab) -> list[str]:
    return [row.number for row in lab.as_("chen").ask(samples.page)]


def note(shell: own.Shell, field: str) -> str:
    labels = [
        label.text() for label in shell.shown.form.boxes[field].findChildren(QLabel) if label.isVisible()
    ]
    return str(labels[-1])


def test_no_time_is_invented_and_f4_is_now(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        form = shell.shown.form
        assert form.boxes["drawn_at"].raw() == ""
        own.press(shell, "F4")
        moment = moments.read(form.boxes["drawn_at"].raw(), clock.local(clock.now()))
        assert moment is not None
        assert abs((clock.now() - moment).total_seconds()) < 5
        assert form.boxes["drawn_at"].raw().endswith("+08:00")


def test_a_typed_time_is_written_out_with_its_day_when_the_cursor_leaves(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        box = shell.shown.form.boxes["drawn_at"]
        box.setFocus()
        QTest.keyClicks(own.focused(), "0:01", delay=35)
        own.press(shell, "Tab")
        assert box.raw() == f"{clock.local(clock.now()).date()} 00:01 +08:00"


@pytest.mark.usefixtures("dressed")
def test_a_time_to_come_is_refused_in_words() -> None:
    later = moments.shown(clock.local(clock.now()).replace(year=2099))
    assert "still to come" in check_moment(later)
    assert "no time" in check_moment("soon")


def test_a_full_form_is_saved_and_the_next_one_keeps_the_business(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        fill(shell)
        own.press(shell, "F4")
        assert shell.shown.form.progress() == (40, 40)
        assert "40/40" in shell.shown.sentence()
        own.press(shell, "Ctrl+Return")
        (number,) = numbers(lab)
        raw = shell.shown.form.raw()
        assert number[-5:-1] in shell.shown.side._number.text()
        assert raw["business_name"] == own.filled()["business_name"]
        assert not {"food", "seal", "drawn_at", "quantity"} & set(raw)
        assert shell.shown.sentence().startswith("Saved.")
        own.press(shell, "F9")
        assert shell.shown.form.raw() == {}


def test_what_the_rules_find_wrong_stands_under_its_field(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        fill(shell)
        form = shell.shown.form
        form.fill({"brand": "", "seal": "/", "dated_on": "soon"})
        own.press(shell, "F4", "Ctrl+Return")
        assert numbers(lab) == []
        assert "/" in note(shell, "brand")
        assert "no date" in note(shell, "dated_on")
        assert note(shell, "seal")
        assert form.boxes["brand"].focusProxy().hasFocus()


def test_f6_writes_a_slash_only_where_nothing_may_stand(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        own.press(shell, "F6")
        raw = shell.shown.form.raw()
        assert raw["brand"] == "/"
        assert raw["date_kind"] == "/"
        assert "seal" not in raw
        assert "food" not in raw


def test_a_business_is_found_by_pinyin_and_goods_by_a_key(lab: own.Lab) -> None:
    own.drawn(lab, food="韭菜")
    with own.window(lab, "chen", "sampling") as shell:
        own.press(shell, "F2")
        QTest.keyClicks(own.focused(), "cjsc", delay=35)
        own.settle(shell)
        own.press(shell, "Return", "Ctrl+1")
        raw = shell.shown.form.raw()
        assert raw["business_name"] == "凤城农贸市场陈记蔬菜"
        assert raw["phone"] == "13800000000"
        assert raw["food"] == "韭菜"


def test_a_form_half_filled_is_there_again_after_the_window_is_gone(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        shell.shown.form.boxes["food"].setFocus()
        own.write("豇豆")
    with own.window(lab, "chen", "sampling") as shell:
        own.settle(shell, shell.shown.form.raw)
        assert shell.shown.form.raw() == {"food": "豇豆"}


def test_f9_empties_an_unsaved_form_only_when_pressed_twice(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        fill(shell)
        own.press(shell, "F9")
        assert shell.shown.form.raw()["food"] == "豇豆"
        own.press(shell, "F9")
        assert shell.shown.form.raw() == {}


def test_a_scanned_seal_goes_to_its_field_and_our_number_is_refused(lab: own.Lab) -> None:
    (number,) = own.drawn(lab)
    with own.window(lab, "chen", "sampling") as shell:
        own.scan(shell, "F000412")
        assert shell.shown.form.raw() == {"seal": "F000412"}
        own.scan(shell, number)
        assert shell.shown.form.raw() == {"seal": "F000412"}
        assert "gets its own" in shell.toast._label.text()


def test_enter_goes_on_to_the_next_field(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        form = shell.shown.form
        form.boxes["brand"].setFocus()
        own.press(shell, "/", "Return")
        assert form.raw() == {"brand": "/"}
        assert form.boxes["specification"].focusProxy().hasFocus()


def test_the_form_speaks_both_languages_and_keeps_what_was_typed(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        fill(shell)
        heads = {label.text() for label in shell.shown.form.findChildren(QLabel)}
        assert {"Business", "Kind of place"} & heads
        before = shell.shown.form.raw()
        shell.speak("zh_CN")
        heads = {label.text() for label in shell.shown.form.findChildren(QLabel)}
        assert {"被抽样单位", "抽样地点"} <= heads
        assert shell.shown.form.raw() == before
        assert isinstance(shell.shown.form.boxes["food"].focusProxy(), QLineEdit)


def test_the_same_food_of_the_same_business_drawn_lately_warns_and_may_be_saved(lab: own.Lab) -> None:
    number = lab.draw(business_name="店甲", food="豇豆")
    with own.window(lab, "chen", "sampling") as shell:
        shell.shown.form.fill({"business_name": "店甲", "food": "豇豆"})
        own.settle(shell, lambda: number in shell.shown.sentence())
        shell.shown.form.fill({"food": "鲫鱼"})
        own.settle(shell, lambda: number not in shell.shown.sentence())
        assert shell.shown.drawn_before == []
