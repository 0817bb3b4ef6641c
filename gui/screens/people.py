"""People: who works here, what each may do, their keys and passwords, and how a new one comes in."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens._access import Access, access, hashed
from gui.screens._granting import Granting
from gui.widgets import boxes, terms
from gui.widgets.field import Field, FieldBox
from gui.widgets.label import Button, Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims import text
from lims.errors import Invalid
from lims.queries.people import Person
from lims.rules import regulation
from lims.services import enrol, sign
from lims.text import mark, t

TITLE = mark("People")
ICON = "people"
ORDER = 130
OFTEN = "administrator"
NEEDS = "administrator manager"

SIDE = 380
COLUMNS = (
    Column("login", mark("Login"), 90),
    Column("name", mark("Name"), 110),
    Column("roles", mark("Roles"), 220),
    Column("active", mark("May sign in"), 90),
    Column("key", mark("Signing key"), 150),
)
FIELDS = (
    Field("login", mark("Login"), required=True, slash=False),
    Field("name", mark("Name"), required=True, slash=False),
    Field("password", mark("First password"), required=True, slash=False,
          hint=mark("At least eight characters")),
)  # fmt: skip
YES, NO = mark("✓ yes"), mark("✗ no")
ALONE = mark("The administrator holds no other role.")


class Screen(QWidget):
    """The list, and beside it the roles of one person or the form of a new one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._people: dict[str, Person] = {}
        self._access: Access | None = None
        self._new, self._busy, self._account = False, False, ""
        self._chosen: set[str] = set()
        self.table = Table(
            COLUMNS, desk.work, TITLE, mark("Nobody is enrolled."), mark("F2 adds the first person.")
        )
        self._head, self._hint = Label(role="head"), Label(role="wrong", wrap=True)
        self.fields = {field.name: FieldBox(field) for field in FIELDS}
        line = self.fields["password"].focusProxy()
        if isinstance(line, QLineEdit):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        self.codes = [term.code for term in regulation.vocabulary("role")]
        self.chips = [Button("", key=_key(at)) for at, _ in enumerate(self.codes, start=1)]
        self.asking = Granting(desk)
        self._lay()
        self.asking.return_to(self.table)
        self.asking.granted.connect(self._granted)
        self.asking.ended.connect(self._roles.show)
        self.table.chosen.connect(self._moved)
        for box in self.fields.values():
            box.edited.connect(desk.changed)

    def _lay(self) -> None:
        grid = boxes.grid(gap=4)
        for at, chip in enumerate(self.chips):
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda *_, at=at: self.toggle(at))
            grid.addWidget(chip, at // 2, at % 2)
        self._roles, self._rules = QWidget(), Label(role="muted", wrap=True)
        boxes.column(
            self._head, *self.fields.values(), Label(mark("Roles"), "muted"), grid, self._hint, None,
            self._rules, of=self._roles,
        )  # fmt: skip
        side = boxes.panel(self._roles, self.asking)
        side.setFixedWidth(theme.current().px(SIDE))
        boxes.row(self.table, side, of=self, edge=(16, 12, 16, 12), gap=16).setStretch(0, 1)
        self._dress()

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, account: str = "", **_: object) -> None:
        """Ask who is here; `account` is shown when it is named."""
        self.table.seek(account)
        self._ask()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, _: object) -> None:
        """Follow another desk."""
        self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        self._show(list(self._people.values()))
        self._dress()

    def sentence(self) -> str:
        """Say what is being done."""
        if self.asking.active:
            return t("Enter goes on, Esc leaves everything as it is.")
        if self._new:
            return t(
                "A new account: Tab to the roles, the space bar chooses. Tell the password to that person alone."
            )
        person = self._person()
        if person and self._chosen != set(person.roles):
            return t("Enter gives {name} these roles; ended ones stay on record.", name=person.name)
        if not self._administers:
            return t("K gives the person under the cursor a signing key.")
        return t("The digits change the roles of the person under the cursor; F2 adds somebody.")

    def acts(self) -> list[Action]:
        """Offer adding and changing."""
        if self.asking.active:
            return self.asking.acts()
        if self._new:
            return [
                Action(mark("Leave it as it is"), "Escape", self._leave),
                Action(mark("Add this person"), "Return", self._add, primary=True, missing=self._missing()),
            ]
        return [*self._key_acts(), *(self._administering() if self._administers else self._managing())]

    @property
    def _administers(self) -> bool:
        return self.desk.may(["administrator"])

    def _key_acts(self) -> list[Action]:
        nobody = "" if self._person() else t("choose a person first")
        nowhere = "" if self.desk.ties.keys is not None else t("no folder for keys is set")
        anew = bool(self._key())
        return [
            Action(mark("Rules"), "G", self.ask_rules, missing="" if self._access else t("one moment")),
            Action(mark("Key anew") if anew else mark("Issue a key"), "K", self.ask_key, missing=nobody or nowhere),
        ]  # fmt: skip

    def _managing(self) -> list[Action]:
        must = self._access is not None and self._access.required
        word = mark("Signing: who has a key") if must else mark("Signing: everybody")
        return [Action(word, "Y", self._require, missing="" if self._access else t("one moment"))]

    def _administering(self) -> list[Action]:
        person = self._person()
        same = (
            t("nothing was changed") if not person or self._chosen == set(person.roles) else self._missing()
        )
        own = person is not None and self.desk.session is not None and person.id == self.desk.session.account
        refusal = t("your own is changed under My account") if own else ""
        return [
            Action(mark("Reset password"), "P", self.ask_reset,
                   missing=refusal if person else t("choose a person first")),
            Action(mark("Add a person"), "F2", self.begin),
            Action(mark("Save the roles"), "Return", self._set_roles, primary=True, missing=same),
        ]  # fmt: skip

    def back(self) -> bool:
        """Take unsaved roles back first."""
        person = self._person()
        if person is None or self._chosen == set(person.roles):
            return False
        self._take_back()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Toggle a role by its digit; in a field a digit is a digit."""
        written = event.text()
        if not self._administers or self.asking.active:
            super().keyPressEvent(event)
            return
        if written.isdigit() and 1 <= int(written) <= len(self.codes):
            self.toggle(int(written) - 1)
            return
        super().keyPressEvent(event)

    # The list ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.desk.session is not None:
            self.desk.work.run(access, self.desk.door, then=self._came, failed=self.desk.complain,
                               latest="people", owner=self)  # fmt: skip

    def _came(self, found: Access) -> None:
        self._access = found
        self._show(found.people)

    def _show(self, found: Sequence[Person]) -> None:
        self._people = {person.id: person for person in found}
        keys = self._access.keys if self._access else {}
        self.table.show_rows([
            Row(person.id, (person.login, person.name, _roles(person.roles), t(YES if person.active else NO),
                            f"✓ {keys[person.id]}" if keys.get(person.id) else t("– none")))
            for person in found
        ])  # fmt: skip
        if not self.table.current_key() and found:
            self.table.choose(found[0].id)
        if not self._new:
            self._dress()
        self.desk.changed.emit()

    def _person(self) -> Person | None:
        return self._people.get(self.table.current_key())

    def _moved(self, account: str) -> None:
        if not self._new and account != self._account:
            person = self._people.get(account)
            self._account, self._chosen = account, set(person.roles) if person else set()
            self._dress()
            self.desk.changed.emit()

    def _take_back(self) -> None:
        """Show the roles that are on record."""
        self._account = ""
        self._moved(self.table.current_key())

    def _dress(self) -> None:
        person = self._person()
        self._head.put(t("A new person") if self._new else person.name if person else "")
        for box in self.fields.values():
            box.setVisible(self._new)
        for at, (code, chip) in enumerate(zip(self.codes, self.chips, strict=True), start=1):
            word = terms.term("role", code)
            chip.say(f"✓ {word}" if code in self._chosen else word, _key(at))
            chip.setChecked(code in self._chosen)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus if self._new else Qt.FocusPolicy.NoFocus)
            chip.setEnabled(self._administers)
        self._hint.put(t(ALONE) if self._mixed() else "")
        self._rules.put(_rules(self._access) if self._access else "")

    def _mixed(self) -> bool:
        return "administrator" in self._chosen and len(self._chosen) > 1

    def toggle(self, at: int) -> None:
        """Give or take one role; nothing is saved yet."""
        self._chosen ^= {self.codes[at]}
        self._dress()
        self.desk.changed.emit()

    def _missing(self) -> str:
        if self._busy:
            return t("one moment")
        if self._mixed():
            return t(ALONE)
        gaps = [t(box.field.label) for box in self.fields.values() if self._new and not box.filled]
        gaps += [] if self._chosen or not self._new else [t("Roles")]
        return t("still missing: {fields}", fields=t("format.comma").join(gaps)) if gaps else ""

    # Changing ---------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Ask for a new person."""
        self._new, self._chosen = True, set()
        for box in self.fields.values():
            box.put("")
        self._dress()
        self.desk.changed.emit()
        self.fields["login"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        self._new, self._busy = False, False
        self.fields["password"].put("")
        self.table.setFocus()
        self._take_back()

    def _add(self) -> None:
        """Hash the password in a worker thread, then enrol the person with the hash alone."""
        self._busy = True
        self.desk.changed.emit()
        self.desk.work.run(hashed, self.desk.door, self.fields["password"].raw(), then=self._enrol,
                           failed=self._failed, owner=self)  # fmt: skip

    def _enrol(self, hashed: str) -> None:
        self.desk.do(
            enrol.person, login=self.fields["login"].raw().strip(), name=self.fields["name"].raw().strip(),
            roles=" ".join(sorted(self._chosen)), password_hash=hashed, then=self._added, failed=self._failed,
        )  # fmt: skip

    def _added(self, _: str) -> None:
        name = self.fields["name"].raw().strip()
        self._leave()
        self._ask()
        self.desk.toast(t("{name} may sign in now.", name=name))

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        if isinstance(error, Invalid) and error.code == "password.short":
            self.fields["password"].refuse(text.sentence(error))
            self.fields["password"].setFocus()
        else:
            self.desk.complain(error)
        self.desk.changed.emit()

    # Keys, passwords and rules ----------------------------------------------------------------------------

    def _key(self) -> str:
        person = self._person()
        return self._access.keys.get(person.id, "") if self._access and person else ""

    def ask_key(self) -> None:
        """Have the person under the cursor type a passphrase for a key."""
        person = self._person()
        if person is not None:
            self._roles.hide()
            self.asking.key(person, anew=bool(self._key()))

    def ask_reset(self) -> None:
        """Set a password for one use for the person under the cursor."""
        person = self._person()
        if person is not None:
            self._roles.hide()
            self.asking.password(person)

    def ask_rules(self) -> None:
        """Change the rules for passwords and the idle lock."""
        if self._access is not None:
            self._roles.hide()
            self.asking.rules(self._access.policy)

    def _granted(self, told: str) -> None:
        self.desk.toast(told)
        self._ask()

    def _require(self) -> None:
        must = self._access is not None and not self._access.required
        words = (t("Everybody must sign now; who has no key cannot act.") if must
                 else t("Only who has a key must sign."))  # fmt: skip
        self.desk.do(sign.require, "yes" if must else "no", then=lambda _: self._required(words))

    def _required(self, words: str) -> None:
        self.desk.toast(words)
        self._ask()

    def _set_roles(self) -> None:
        person = self._person()
        if person is not None:
            self.desk.do(
                enrol.set_roles, person.id, " ".join(sorted(self._chosen)), then=lambda _: self._ask()
            )


def _rules(found: Access) -> str:
    policy = found.policy
    parts = [t("Passwords: at least {least} characters.", least=policy.least)]
    parts += [t("They change every {days} days.", days=policy.days)] if policy.days else []
    parts += [t("The desk locks after {count} minutes untouched.", count=policy.idle_minutes)]
    parts += [t("Everybody must sign.") if found.required else t("Who has a key must sign.")]
    return " ".join(parts)


def _key(at: int) -> str:
    """Return the digit of a role; the roles after the ninth have none."""
    return str(at) if at < 10 else ""


def _roles(codes: Sequence[str]) -> str:
    return t("format.comma").join(terms.term("role", code) for code in codes)


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""

    def asked(begin: Callable[[], None]) -> Callable[[], None]:
        def enter() -> None:
            screen.asking.done()
            begin()

        return enter

    return [
        ("key", screen.ask_key),
        ("reset", asked(screen.ask_reset)),
        ("rules", asked(screen.ask_rules)),
        ("new", asked(screen.begin)),
    ]
