"""People: keys issued and issued anew by two, passwords for one use, the rules, and one's own password."""

import pytest
from PySide6.QtWidgets import QLabel

from gui.shell import Shell
from lims.evidence.signing import SoftwareKeys
from lims.services import enrol, passwords, sign
from tests.gui.lab import PASSWORD, PIN, Lab, keyed, press, settle, window, write


def key_of(lab: Lab, login: str) -> str | None:
    return lab.as_("zheng").ask(sign.present_key, lab.accounts[login])


def choose(shell: Shell, lab: Lab, login: str) -> None:
    settle(shell, lambda: shell.shown.table.choose(lab.accounts[login]))
    settle(shell)


def types(shell: Shell, *words: str) -> None:
    """Write into one field after another and give it with Enter."""
    fields = list(shell.shown.asking.fields.values())
    for field, each in zip(fields, words, strict=True):
        field.selectAll()
        field.setFocus()
        write(each, field)
    press(shell, "Return")


def said(shell: Shell) -> str:
    labels = [label for label in shell.shown.asking.findChildren(QLabel) if label.property("role") == "wrong"]
    return " ".join(label.text() for label in labels)


def test_the_manager_issues_a_key_that_opens_with_the_passphrase(lab: Lab) -> None:
    with window(lab, "zheng", "people") as shell:
        choose(shell, lab, "lin")
        assert "F2" not in [action.key for action in shell.acts()]
        press(shell, "K")
        assert "controls this computer" in " ".join(
            one.text() for one in shell.shown.asking.findChildren(QLabel)
        )
        types(shell, PIN, f"{PIN}x")
        assert "differ" in said(shell)
        types(shell, "too short", "too short")
        settle(shell, lambda: "12" in said(shell))
        assert key_of(lab, "lin") is None
        types(shell, PIN, PIN)
        settle(shell, lambda: key_of(lab, "lin"))
        settle(shell, lambda: not shell.shown.asking.active)
        assert all(field.text() == "" for field in shell.shown.asking.fields.values())
    keys = SoftwareKeys(lab.laboratory.folder.root / "keys")
    assert keys.open(lab.accounts["lin"], PIN).key == key_of(lab, "lin")


def test_a_key_anew_needs_a_second_person_who_signs_in(lab: Lab) -> None:
    keys = keyed(lab, "lin")
    former = key_of(lab, "lin")
    anew = "another horse battery"
    with window(lab, "zheng", "people") as shell:
        choose(shell, lab, "lin")
        settle(shell, lambda: any(action.word == "Key anew" for action in shell.acts()))
        for second, secret in (("wang", "wrong"), ("zheng", PASSWORD), ("lin", PASSWORD)):
            if not shell.shown.asking.active:
                press(shell, "K")
            types(shell, anew, anew, second, secret)
            settle(shell, lambda: bool(said(shell)))
            assert key_of(lab, "lin") == former
            assert keys.open(lab.accounts["lin"], PIN).key == former, "the former key still opens"
        types(shell, anew, anew, "wang", PASSWORD)
        settle(shell, lambda: key_of(lab, "lin") != former)
    assert keys.open(lab.accounts["lin"], anew).key == key_of(lab, "lin")


def test_the_administrator_resets_a_password_for_one_use(lab: Lab) -> None:
    with window(lab, "admin", "people") as shell:
        choose(shell, lab, "admin")
        assert "own" in next(action.missing for action in shell.acts() if action.key == "P")
        choose(shell, lab, "lin")
        press(shell, "P")
        types(shell, "short", "short")
        settle(shell, lambda: "8" in said(shell))
        types(shell, "only-once-2026", "only-once-2026")
        settle(shell, lambda: not shell.shown.asking.active)
    with pytest.raises(Exception, match=r"password\.due"):
        enrol.sign_in(lab.station, "lin", "only-once-2026")


def test_rules_are_figures_and_everybody_may_have_to_sign(lab: Lab) -> None:
    with window(lab, "zheng", "people") as shell:
        settle(shell, lambda: shell.shown._access is not None)
        press(shell, "G")
        types(shell, "10", "ninety", "3", "5")
        assert "whole numbers" in said(shell)
        types(shell, "4", "90", "3", "5")
        settle(shell, lambda: "8" in said(shell))
        types(shell, "10", "90", "3", "5")
        settle(shell, lambda: lab.station.ask(passwords.policy) == passwords.Policy(10, 90, 3, 5))
        settle(shell, lambda: not shell.shown.asking.active)
        press(shell, "Y")
        settle(shell, lambda: lab.station.ask(sign.required))
        settle(shell, lambda: shell.shown._access.required)
        press(shell, "Y")
        settle(shell, lambda: not lab.station.ask(sign.required))


def test_everybody_changes_the_own_password(lab: Lab) -> None:
    with window(lab, "lin", "account") as shell:
        settle(shell, lambda: "lin" in shell.shown.facts.words())
        press(shell, "P")
        types(shell, "not the present one", "a-new-one-2026", "a-new-one-2026")
        settle(shell, lambda: bool(said(shell)))
        types(shell, PASSWORD, "a-new-one-2026", "a-new-one-2026")
        settle(shell, lambda: not shell.shown.asking.active)
    assert enrol.sign_in(lab.station, "lin", "a-new-one-2026").actor.name == "林检测"
