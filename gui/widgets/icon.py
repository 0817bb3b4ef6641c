"""Icons: one line drawing each, painted in the colour of its meaning."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui import theme

FOLDER = Path(__file__).parents[1] / "resources" / "icons"
PLAIN = "note"


def names() -> list[str]:
    """List the icons there are."""
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    path = FOLDER / f"{name}.svg"
    return (path if path.is_file() else FOLDER / f"{PLAIN}.svg").read_text(encoding="utf-8")


def picture(name: str, colour: str, length: int, ratio: float = 1.0) -> QPixmap:
    """Paint an icon, `length` logical pixels wide and high, in the colour of a meaning."""
    ink = theme.current().colour(colour).name()
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("#000000", ink).encode()))
    pixmap = QPixmap(round(length * ratio), round(length * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, length, length))
    painter.end()
    return pixmap


def load(name: str, colour: str = "text") -> QIcon:
    """Return an icon for a button."""
    return QIcon(picture(name, colour, theme.current().px(20), 2.0))
