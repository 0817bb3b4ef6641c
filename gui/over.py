"""The windows over the window: search, keys, help and signing; the cursor goes back to where it was."""

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from gui.signing import Asked
from gui.widgets.sign import MEANINGS, SignDialog
from lims.text import t


def show_over(window: QWidget, dialog: QDialog) -> None:
    """Open a dialog over the window and give the keys back afterwards."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    focus = window.focusWidget()
    dialog.finished.connect(lambda _: _give_back(window, focus))
    dialog.open()


def _give_back(window: QWidget, focus: QWidget | None) -> None:
    """Let the window have the keys again, where they were before."""
    window.activateWindow()
    give_focus(window, focus)


def give_focus(inside: QWidget, focus: QWidget | None) -> bool:
    """Put the cursor back where it was, if that is still there to be seen; say whether it is."""
    found = (
        focus is not None and shiboken6.isValid(focus) and focus.isVisible() and inside.isAncestorOf(focus)
    )
    if found and focus is not None:
        focus.setFocus(Qt.FocusReason.OtherFocusReason)
    return found


def ask_pin(window: QWidget, asked: Asked) -> None:
    """Ask for the PIN of an act that means something; each record of it is shown."""
    meaning = t(MEANINGS[asked.meaning]) if asked.meaning in MEANINGS else asked.meaning
    records = [act.record for act in asked.acts]
    dialog = SignDialog(window, asked.signer, meaning, records, asked.attempt)
    dialog.rejected.connect(asked.left)
    show_over(window, dialog)
