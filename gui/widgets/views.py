"""Which columns a table shows, and views of it that a person keeps under a name."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit, QMenu, QWidgetAction

from gui.widgets import draft
from gui.widgets.table import Table
from gui.work import Work
from lims.text import t

View = Mapping[str, object]
LONGEST = 40
"""Characters of a view's name."""


class Views:
    """The menu of one table: its columns, the kept views, and a field to keep the present one.

    Args:
        table: the table.
        work: whose threads read and write the file.
        path: where the views of this person are kept; None keeps none.
        seen: returns what the screen shows besides (search, state, order), to be kept with the columns.
        show: shows such a view again, columns included.
    """

    def __init__(self, table: Table, work: Work, path: Path | None,
                 seen: Callable[[], View], show: Callable[[View], None]) -> None:  # fmt: skip
        self._table, self._work, self._path = table, work, path
        self._seen, self._show = seen, show
        self.kept: dict[str, str] = {}
        if path is not None:
            work.run(draft.read, path, then=self._came, owner=table, in_order=True)

    def _came(self, found: dict[str, str]) -> None:
        self.kept = found

    def menu(self) -> QMenu:
        """Return the menu, made anew: a tick at each column that is shown, then the views."""
        menu = QMenu(self._table)
        shown = self._table.view()["columns"]
        shown = shown if isinstance(shown, list) else []
        for name, head in self._table.heads():
            tick = menu.addAction(t(head))
            tick.setCheckable(True)
            tick.setChecked(name in shown)
            tick.setEnabled(shown != [name])
            tick.triggered.connect(lambda _, name=name: self._table.turn_column(name))
        menu.addSeparator()
        for name in sorted(self.kept):
            menu.addAction(name).triggered.connect(lambda _, name=name: self.use(name))
        if self.kept:
            gone = menu.addMenu(t("Forget a view"))
            for name in sorted(self.kept):
                gone.addAction(name).triggered.connect(lambda _, name=name: self.forget(name))
        menu.addAction(self._naming(menu))
        return menu

    def _naming(self, menu: QMenu) -> QWidgetAction:
        field, holder = QLineEdit(menu), QWidgetAction(menu)
        field.setPlaceholderText(t("Keep this view as …"))
        field.setAccessibleName(t("Keep this view as …"))
        field.setMaxLength(LONGEST)

        def entered() -> None:
            if name := field.text().strip():
                self.keep(name)
                menu.close()

        field.returnPressed.connect(entered)
        holder.setDefaultWidget(field)
        return holder

    def open(self) -> None:
        """Open the menu at the head of the table."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._table.mapToGlobal(QPoint(0, 0)))
        menu.setFocus()

    def keep(self, name: str) -> None:
        """Keep what is shown now under a name; a view of that name is replaced."""
        self.kept[name] = json.dumps({**self._table.view(), **self._seen()}, ensure_ascii=False)
        self._write()

    def use(self, name: str) -> None:
        """Show a kept view; one that cannot be read shows nothing new."""
        try:
            found = json.loads(self.kept[name])
        except (KeyError, ValueError):
            return
        if isinstance(found, dict):
            self._table.show_view(found)
            self._show(found)

    def forget(self, name: str) -> None:
        """Keep a view no more."""
        self.kept.pop(name, None)
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            self._work.run(draft.write, self._path, dict(self.kept), in_order=True)
