"""The screen of a department: the only one its account is shown, with its own samples."""

from gui.world import World
from lims.services import enrol, passwords
from tests.gui.lab import Lab, press, settle, window
from tests.laboratory import PASSWORD


def test_a_department_is_shown_its_own_screen_alone(lab: Lab) -> None:
    fish = lab.draw(product_group="aquatic", food="大黄鱼")
    lab.accounts["sea"] = lab.as_("admin").do(
        enrol.person,
        login="sea",
        name="渔业科",
        roles="office_fisheries",
        password_hash=passwords.hash_password(PASSWORD),
    )
    with window(lab, "sea", "department") as shell:
        screen = shell.shown
        assert [place.name for place in shell.places()] == ["department"]
        press(shell, "2")
        settle(shell, lambda: screen.tables["samples"].model().rowCount() == 1)
        assert screen.key == fish
        assert screen.acts() == []
        assert not screen._panel.isVisible()
        found: list[object] = []
        shell.desk.find("大黄鱼", found.append)
        World(shell.desk).look()
        settle(shell)
        assert (found, shell.banners.sentences()) == ([()], [])
