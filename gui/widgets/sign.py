"""Signing: who signs and when, what it means, every record of the batch, and the PIN."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QWidget

from gui import theme
from gui.widgets import boxes
from gui.widgets.label import Button, Label
from lims import clock, text
from lims.text import mark, t

Attempt = Callable[[str, Callable[[object], None], Callable[[BaseException], None]], None]
"""Given the secret, what to call with the result and what to call with the refusal; works off the GUI thread."""


MEANINGS = {
    "采样": mark("Sampling (采样): I drew the sample as it is recorded."),
    "签收": mark("Receipt (签收): I saw the bag and its seal as it is recorded."),
    "检测": mark("Testing (检测): I tested as it is recorded."),
    "复核": mark("Review (复核): I looked at the evidence and decide as it is recorded."),
    "批准": mark("Approval (批准): I issue the slip with this content."),
    "作废": mark("Voiding (作废): I void the record for the reason given."),
    "告知": mark("Notice (告知): I told the party as it is recorded."),
}
"""What each meaning that can be signed says in words (message ids)."""


class SignDialog(QDialog):
    """Asks for the secret once for a batch, and shows each record that is signed with it.

    Args:
        parent: the window.
        signer: the person's name.
        meaning: what the signature means, a sentence already translated.
        records: one line for each record.
        attempt: does it; on a refusal the dialog stays and says why.
    """

    def __init__(
        self, parent: QWidget, signer: str, meaning: str, records: Sequence[str], attempt: Attempt
    ) -> None:
        super().__init__(parent)
        self._attempt, self._trying = attempt, False
        self.result_value: object = None
        self.setWindowTitle(t("Sign"))
        self.setMinimumWidth(theme.current().px(480))
        who, what = Label(role="head"), Label(wrap=True)
        who.put(f"{signer} · {text.moment(clock.now())[:16]}")
        what.put(meaning)
        count = Label(mark("{count} records are signed:"), "muted", count=len(records))
        self._list = QListWidget()
        self._list.addItems(list(records))
        self._list.setAccessibleName(t("Records"))
        self._list.setWordWrap(True)
        self._list.setFixedHeight(theme.current().size("row") * min(8, max(2, len(records))) + 4)
        self._secret = QLineEdit()
        self._secret.setEchoMode(QLineEdit.EchoMode.Password)
        self._secret.setAccessibleName(t("Signing PIN"))
        self._wrong = Label(role="wrong", wrap=True)
        self._no = Button(mark("Cancel"), key="Escape")
        self._yes = Button(mark("Sign"), "primary", "Return")
        self._yes.clicked.connect(self._try)
        self._no.clicked.connect(self.reject)
        self._secret.textChanged.connect(self._ready)
        boxes.column(
            who, what, count, self._list, Label(mark("Signing PIN"), "muted"), self._secret,
            self._wrong, boxes.row(None, self._no, self._yes), of=self, edge=20, gap=8,
        )  # fmt: skip
        self._ready()
        self._secret.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Sign on Enter, leave on Esc."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._yes.isEnabled():
                self._try()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave without signing, unless the signing is under way."""
        if not self._trying:
            self._secret.clear()
            super().reject()

    def _ready(self) -> None:
        self._yes.setEnabled(bool(self._secret.text()) and not self._trying)

    def _try(self) -> None:
        self._wrong.put("")
        self._trying = True
        self._ready()
        self._attempt(self._secret.text(), self._done, self._refused)

    def _done(self, value: object) -> None:
        self._trying, self.result_value = False, value
        self._secret.clear()
        self.accept()

    def _refused(self, error: BaseException) -> None:
        self._trying = False
        self._wrong.put(text.sentence(error))
        self._secret.clear()
        self._secret.setFocus()
