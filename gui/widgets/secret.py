"""A field whose characters are not shown."""

from PySide6.QtWidgets import QLineEdit

from lims.text import t

LONGEST = 200
"""Characters that a secret may have."""


def secret(name: str) -> QLineEdit:
    """Return a field whose characters are not shown; `name` is a message id for a screen reader."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMaxLength(LONGEST)
    field.setAccessibleName(t(name))
    return field
