import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.widgets import draft
from gui.widgets.field import Field
from gui.widgets.form import Form

FIELDS = (
    Field("business", "Business", required=True),
    Field("day", "Day", "date"),
    Field("hour", "Hour", "time"),
    Field(
        "amount",
        "Amount",
        "number",
        required=True,
        check=lambda value: "" if isinstance(value, Decimal) and value > 0 else "more than nothing",
    ),
    Field("kind", "Kind", "choice", (("field", "Field"), ("market", "Market"))),
    Field("remark", "Remark", "multiline"),
    Field("retest", "Retest", "check"),
)
Settle = Callable[..., None]


@pytest.fixture
def form(desk: Desk) -> Iterator[Form]:
    assert desk.ready
    made = Form(FIELDS)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def note(form: Form, name: str) -> str:
    return form.boxes[name]._note.text()


def test_what_was_typed_is_understood_and_shown(form: Form) -> None:
    form.fill(
        {"day": "0803", "hour": "905", "amount": "3。5", "kind": "market", "retest": "1", "remark": "a\nb"}
    )
    for box in form.boxes.values():
        box.validate()
    values = form.values()
    assert isinstance(values["day"], date)
    assert (values["day"].month, values["day"].day) == (8, 3)
    assert values["hour"] == time(9, 5)
    assert values["amount"] == Decimal("3.5")
    assert values["kind"] == "market"
    assert values["retest"] is True
    assert values["business"] is None
    assert note(form, "hour") == "= 09:05"
    assert note(form, "amount") == "= 3.5"


def test_a_stroke_writes_a_stroke(form: Form) -> None:
    form.fill({"business": "/", "amount": "／"})
    assert form.values()["business"] == "/"
    assert form.values()["amount"] == "/"
    assert form.complete()


def test_errors_stand_under_their_fields_and_the_first_gets_the_cursor(form: Form) -> None:
    form.activateWindow()
    form.fill({"hour": "2579", "amount": "-1"})
    assert not form.complete()
    assert "fill this in" in note(form, "business")
    assert "no time of day" in note(form, "hour")
    assert note(form, "amount") == "more than nothing"
    assert form.missing() == ["Business", "Hour", "Amount"]
    form.fill({"hour": "2259"})
    assert "no time of day" not in note(form, "hour")


def test_progress_counts_right_answers(form: Form) -> None:
    assert form.progress() == (0, 6)
    form.fill({"business": "市场", "hour": "2579", "amount": "1"})
    assert form.progress() == (2, 6)


def test_a_draft_survives_the_program(desk: Desk, form: Form, tmp_path: Path, settle: Settle,
                                      hand: Callable[[QWidget, str], None]) -> None:  # fmt: skip
    path = tmp_path / "drafts" / "form.json"
    form.keep_draft(path, desk.work)
    hand(form.boxes["business"]._input, "连江县凤城市场 😀")
    settle(path.exists)
    second = Form(FIELDS)
    restored: list[int] = []
    second.restored.connect(restored.append)
    second.keep_draft(path, desk.work)
    settle(lambda: restored)
    assert second.raw() == {"business": "连江县凤城市场 😀"}
    second.clear(keep=["business"])
    settle(lambda: not path.exists())
    assert second.raw() == {"business": "连江县凤城市场 😀"}
    second.deleteLater()


@pytest.mark.parametrize("found", ["", "{", "[]", '{"business": 3}', "\x00\xff"])
def test_a_broken_draft_is_an_empty_one(tmp_path: Path, found: str) -> None:
    path = tmp_path / "form.json"
    path.write_text(found, encoding="latin-1")
    assert draft.read(path) == {}


def test_a_draft_is_whole_after_every_write(tmp_path: Path) -> None:
    path = tmp_path / "new" / "form.json"
    with ThreadPoolExecutor(1) as worker:
        for value in "12":
            worker.submit(draft.write, path, {"a": value}).result()
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": "2"}
    assert list(path.parent.iterdir()) == [path]


def test_undo_takes_back_one_answer_at_a_time(form: Form, hand: Callable[[QWidget, str], None]) -> None:
    for letter in ("市", "场"):
        hand(form.boxes["business"]._input, letter)
    hand(form.boxes["day"]._input, "0803")
    assert form.undo()
    assert form.raw() == {"business": "市场"}
    assert form.undo()
    assert form.raw() == {}
    assert not form.undo()


def test_a_pasted_sheet_stays_one_line(form: Form) -> None:
    form.fill({"business": "豇豆\t0.6\n韭菜\t0.4"})
    assert "\n" not in form.raw()["business"]
    assert "豇豆" in form.raw()["business"]
