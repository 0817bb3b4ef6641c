"""Help in place: the page of a screen, and the list of its keys."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QTextBrowser, QWidget

from gui import theme
from gui.desk import Action
from gui.widgets import boxes
from gui.widgets.label import Button, Label, key_name
from lims import text
from lims.text import mark, t

PAGES = Path(__file__).parents[1] / "resources" / "help"

FRAME_KEYS = (
    ("Alt+1 … 9", mark("Go to a screen")), ("Alt+0", mark("More screens")),
    ("Ctrl+K", mark("Search everything")), ("F1", mark("Help for this screen")),
    ("?", mark("Keys of this screen")), ("Esc", mark("Back one step, nothing typed is lost")),
    ("Enter", mark("The main action")), ("Tab", mark("Next field")), ("Ctrl+C", mark("Copy the selected rows")),
)  # fmt: skip


def page(screen: str) -> str:
    """Read the page of a screen in the language of the moment; for a worker thread. Empty when there is none."""
    path = PAGES / text.current() / f"{screen}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


class KeysDialog(QDialog):
    """Lists the keys that do something here."""

    def __init__(self, parent: QWidget, actions: Sequence[Action]) -> None:
        super().__init__(parent)
        self.setWindowTitle(t("Keys"))
        grid = boxes.grid(gap=8)
        grid.setHorizontalSpacing(theme.current().px(24))
        lines = [(key_name(action.key), action.word) for action in actions if action.key]
        for at, (key, message) in enumerate([*lines, *FRAME_KEYS]):
            name = Label(role="strong")
            name.put(key)
            grid.addWidget(name, at, 0)
            grid.addWidget(Label(message), at, 1)
        close = Button(mark("Close"), key="Escape")
        close.clicked.connect(self.accept)
        boxes.column(
            Label(mark("Keys of this screen"), "head"), grid, boxes.row(None, close), of=self, edge=20, gap=12
        )


class HelpDialog(QDialog):
    """Shows a page that is shipped with the program; it may be read beside the work."""

    def __init__(self, parent: QWidget, title: str, words: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        browser = QTextBrowser()
        browser.setOpenLinks(False)
        browser.setAccessibleName(title)
        self._browser = browser
        browser.setMarkdown(words or t("There is no page for this screen yet. The ? key lists its keys."))
        self._air()
        boxes.column(browser, of=self, edge=12)
        look = theme.current()
        self.resize(
            min(parent.width() * 2 // 3, look.px(560)), min(parent.height() - look.px(48), look.px(640))
        )

    def _air(self) -> None:
        """Give the lines of the page some room."""
        look, page_ = theme.current(), self._browser.document()
        page_.setIndentWidth(look.px(16))
        block = page_.begin()
        while block.isValid():
            form = block.blockFormat()
            form.setBottomMargin(look.px(6))
            form.setTopMargin(look.px(10) if form.headingLevel() else 0)
            QTextCursor(block).setBlockFormat(form)
            block = block.next()
        self._browser.moveCursor(QTextCursor.MoveOperation.Start)
