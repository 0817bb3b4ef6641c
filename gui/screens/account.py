"""My account: who I am here, what I may do, the key I sign with, and my password."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens._access import Access, access
from gui.screens._facts import Facts, Line
from gui.screens._granting import Granting
from gui.widgets import boxes, terms
from gui.widgets.label import Label
from lims.text import mark, t

TITLE = mark("My account")
ICON = "people"
ORDER = 140
NEEDS = None
WIDE = 460


class Screen(QWidget):
    """What is known of the person signed in, and beside it the change of the password."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._access: Access | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name, self.facts, self.asking = Label(role="result"), Facts(), Granting(desk)
        self.asking.return_to(self)
        self.asking.granted.connect(self._granted)
        left, right = boxes.panel(self._name, self.facts), boxes.panel(self.asking, None)
        for each in (left, right):
            each.setMaximumWidth(theme.current().px(WIDE))
        line = boxes.row(left, right, None, of=self, edge=16, gap=16)
        line.setStretch(0, WIDE)
        line.setStretch(1, WIDE)
        right.hide()
        self._right = right
        self.asking.ended.connect(right.hide)

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: object) -> None:
        """Ask what is on record."""
        self._ask()
        if not self.asking.active:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Follow keys, roles and rules."""
        if getattr(notice, "verb", "sign.").split(".")[0] in {"sign", "enrol", "passwords"}:
            self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        self._show()

    def sentence(self) -> str:
        """Say what can be done."""
        if self.asking.active:
            return t("Enter goes on, Esc leaves everything as it is.")
        return t("P changes your password.")

    def acts(self) -> list[Action]:
        """Offer the change of the password."""
        if self.asking.active:
            return self.asking.acts()
        return [Action(mark("Change my password"), "P", self.change, primary=True)]

    def change(self) -> None:
        """Ask for the present password and a new one."""
        self._right.show()
        self.asking.own()

    # Showing ----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.desk.session is not None:
            self.desk.work.run(access, self.desk.door, then=self._came, failed=self.desk.complain,
                               latest="account", owner=self)  # fmt: skip

    def _came(self, found: Access) -> None:
        self._access = found
        self._show()

    def _granted(self, told: str) -> None:
        self.desk.toast(told)
        self._ask()

    def _show(self) -> None:
        session, found = self.desk.session, self._access
        person = (
            next((one for one in found.people if session and one.id == session.account), None)
            if found
            else None
        )
        if found is None or person is None:
            return
        self._name.put(person.name)
        key = found.keys[person.id]
        policy = found.policy
        roles = t("format.comma").join(terms.term("role", code) for code in person.roles)
        lines: list[Line] = [
            (t("Login"), person.login, ""),
            (t("Roles"), roles, ""),
            (
                t("Signing key"),
                f"✓ {key}" if key else t("– none: a manager or the administrator issues one under People"),
                "",
            ),
            (t("Password"), t("Passwords: at least {least} characters.", least=policy.least), ""),
            ("", t("They change every {days} days.", days=policy.days) if policy.days else "", ""),
            (
                t("Idle lock"),
                t("The desk locks after {count} minutes untouched.", count=policy.idle_minutes),
                "",
            ),
        ]
        self.facts.show_lines(lines)
        self.desk.changed.emit()


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [("password", screen.change)]
