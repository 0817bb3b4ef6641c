"""What is given to a person beside the list of people: a signing key, a password for one use, the rules for all."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui import typed
from gui.desk import Desk
from gui.screens import _access
from gui.screens._asking import Asked, Asking
from lims import text
from lims.evidence.signing import LONG_ENOUGH
from lims.queries.people import Person
from lims.services import passwords
from lims.services.passwords import Policy
from lims.text import mark, t


class Granting(Asking):
    """Asks for what is given and gives it off the GUI thread; a refusal is said where it was typed.

    Signals:
        granted: it was given; takes the sentence to tell.
    """

    granted = Signal(str)

    def __init__(self, desk: Desk, back: QWidget | None = None) -> None:
        super().__init__(desk)
        self._to = back

    def return_to(self, widget: QWidget) -> None:
        """Say what gets the cursor when the asking ends."""
        self._to = widget

    def key(self, person: Person, *, anew: bool) -> None:
        """Have the person type a passphrase; a key anew needs a second person beside."""
        note = t(_access.KEY_NOTE, name=person.name, least=LONG_ENOUGH)
        told = t("{name} has a signing key now.", name=person.name)
        door, wrong = self._desk.door, ("password",) if anew else ("pin", "again")
        self._ask(
            t("Signing key of {name}", name=person.name),
            f"{note}\n{t(_access.ANEW_NOTE, name=person.name)}" if anew else note,
            (*_access.PASSPHRASE, *_access.SECOND) if anew else _access.PASSPHRASE,
            mark("Issue the key"),
            lambda found: self._do(_access.issue, self._desk, door, person, found, told=told, wrong=wrong),
        )

    def password(self, person: Person) -> None:
        """Set a password for one use."""
        door, told = self._desk.door, t("Tell {name} the password; it works once.", name=person.name)
        self._ask(
            t("Password of {name} for one use", name=person.name),
            t(_access.RESET_NOTE, name=person.name),
            _access.RESET,
            mark("Set it"),
            lambda found: self._do(
                _access.reset, door, person, found["new"], told=told, wrong=("new", "again")
            ),
        )

    def own(self) -> None:
        """Change the password of the person signed in."""
        door, told = self._desk.door, t("Your password is changed.")
        self._ask(
            t("Your password"),
            t(_access.CHANGE_NOTE),
            _access.CHANGE,
            mark("Change it"),
            lambda found: self._do(_access.change, self._desk, door, found["old"], found["new"], told=told,
                                   wrong=("old", "new", "again")),
        )  # fmt: skip

    def rules(self, policy: Policy) -> None:
        """Change the rules for passwords and the idle lock."""
        self._ask(t("Rules for passwords and the idle lock"), t(_access.RULES_NOTE), _access.rules(policy),
                  mark("Save the rules"), self._set_rules)  # fmt: skip

    def _set_rules(self, found: dict[str, str]) -> None:
        figures = {name: _whole(words) for name, words in found.items()}
        wrong = [name for name, figure in figures.items() if figure is None]
        if wrong:
            self.refuse(t("Only whole numbers can stand here."), wrong)
            return
        door = self._desk.door
        self._do(
            lambda: door.do(passwords.set_policy, **figures), told=t("The rules are in force."), wrong=()
        )

    def _ask(
        self, head: str, note: str, asked: Sequence[Asked], word: str, act: Callable[[dict[str, str]], None]
    ) -> None:
        self.begin(head, note, asked, word, act, self._to or self)

    def _do(self, function: Callable[..., object], *args: object, told: str, wrong: Sequence[str]) -> None:
        def done(_: object) -> None:
            self.done()
            self.granted.emit(told)

        self._desk.work.run(function, *args, then=done, owner=self, in_order=True,
                            failed=lambda error: self.refuse(text.sentence(error), wrong))  # fmt: skip


def _whole(words: str) -> int | None:
    """Read a whole number as hands type it; None when it is none."""
    found = typed.read_number(words)
    return int(found) if found is not None and found == int(found) else None
