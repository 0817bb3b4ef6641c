"""Samples in every order: pages joined together are the whole list, each sample once."""

from pathlib import Path

from lims.queries import samples
from lims.queries.samples import Order, Row
from lims.rules.spelling import place
from tests.laboratory import Lab, found_lab

KEYS = {
    "number": lambda row: (row.number,),
    "food": lambda row: (place(row.food), row.number),
    "business": lambda row: (place(row.business), row.number),
    "township": lambda row: (row.township, row.drawn_at.date(), row.number),
    "drawn": lambda row: (row.drawn_at.date(), row.number),
    "state": lambda row: (row.state, row.number),
}


def paged(lab: Lab, by: str, *, down: bool, text: str = "") -> list[Row]:
    """Return all samples, three at a time."""
    door, found = lab.as_("lin"), list[Row]()
    while True:
        order = Order(by, down, found[-1] if found else None)
        part = door.ask(samples.page, text=text, order=order, count=3)
        found += part
        if len(part) < 3:
            return found


def test_pages_of_every_order_are_the_whole_list(lab: Lab) -> None:
    for at in range(8):
        lab.draw(food=("韭菜", "豇豆", "阿胶")[at % 3], business_name=("y", "x")[at % 2], seal=f"F{at:04}",
                 township=("350122100", "350122104")[at % 2])  # fmt: skip
    lab.received(1, food="豇豆", business_name="x")
    whole = lab.as_("lin").ask(samples.page)
    for by, key in KEYS.items():
        for down in (True, False):
            assert paged(lab, by, down=down) == sorted(whole, key=key, reverse=down), by
    foods = list(dict.fromkeys(row.food for row in paged(lab, "food", down=False)))
    assert foods == ["阿胶", "豇豆", "韭菜"], "by pinyin, not by the number of the character"
    assert paged(lab, "food", down=False, text="豆") == sorted(
        (row for row in whole if row.food == "豇豆"), key=lambda row: row.number
    )


def test_a_name_that_came_meanwhile_is_in_the_next_page_and_few_fitting_ones_are_found_among_many(
    lab: Lab,
) -> None:
    for at in range(60):
        lab.draw(food=f"豆{at:02}", seal=f"G{at:04}")
    assert len(paged(lab, "food", down=False)) == 60
    (number,) = lab.received(1, food="鲍鱼")
    assert lab.as_("lin").ask(samples.page, order=Order("food", down=False))[0].number == number
    received = lab.as_("lin").ask(samples.page, states=("received",), order=Order("food", down=True))
    assert [row.number for row in received] == [number], "after many names that have none"


def test_an_order_follows_an_index_however_many_samples_there_are(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    with lab.station.store.engine.connect() as connection:
        for columns in (
            "food, id",
            "business_name, id",
            "township, drawn_on, id",
            "drawn_on, id",
            "state, id",
        ):
            sql = f"EXPLAIN QUERY PLAN SELECT id FROM sample WHERE site = 'x' ORDER BY {columns} LIMIT 3"
            plan = " ".join(row[3] for row in connection.exec_driver_sql(sql))
            assert "INDEX" in plan
            assert "TEMP B-TREE FOR ORDER BY" not in plan, columns
    lab.close()
