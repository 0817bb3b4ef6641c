"""Pages of a paper as pictures: drawn from the real PDF, shown beside a list, printed through the system."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QScrollArea, QWidget

from gui import theme
from gui.widgets import boxes
from gui.widgets.label import Label
from lims.errors import NotFound

DOTS = 200
"""Dots per inch of the pictures: fine for the QR of a slip on paper, quick on the screen."""
_drawing = Lock()


def drawn(pdf: bytes, dots: int = DOTS) -> list[QImage]:
    """Draw every page of a PDF; for a worker thread, one at a time since the library wants it so."""
    import pypdfium2  # noqa: PLC0415 - a large library that only a preview needs

    with _drawing:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_picture(page, dots) for page in document]
        finally:
            document.close()


def _picture(page: object, dots: int) -> QImage:
    bitmap = page.render(scale=dots / 72, rev_byteorder=True, prefer_bgrx=True)  # type: ignore[attr-defined] # a page of pypdfium2, which brings no types
    data = bytes(bitmap.buffer)
    image = QImage(data, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888).copy()
    bitmap.close()
    page.close()  # type: ignore[attr-defined] # as above
    return image


def dotted(image: Any) -> QImage:  # noqa: ANN401 - a picture of Pillow, which is not imported for a type
    """Return a picture of one bit a dot, where a 1 is black, as the screen shows it."""
    grey = image.convert("L").point(lambda dot: 255 - dot)
    width, height = grey.size
    return QImage(grey.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


def system_printer(name: str = "") -> QPrinter:
    """Return the printer of a name, or the system's own.

    Raises:
        NotFound: the system has none, or none of that name.
    """
    found = QPrinterInfo.printerInfo(name) if name else QPrinterInfo.defaultPrinter()
    if found.isNull():
        raise NotFound("printer.refused", printer=name) if name else NotFound("printer.none")
    return QPrinter(found, QPrinter.PrinterMode.HighResolution)


def put_on_paper(pages: Sequence[QImage], printer: QPrinter) -> None:
    """Print pictures, a page each, as large as the paper; for a worker thread.

    Raises:
        NotFound: the printer takes nothing.
    """
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        raise NotFound("printer.refused", printer=printer.printerName())
    try:
        for at, page in enumerate(pages):
            if at:
                printer.newPage()
            room = painter.viewport()
            size = page.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRect(room.topLeft(), size), page)
    finally:
        painter.end()


def save(pdf: bytes, path: Path) -> Path:
    """Write a PDF whole or not at all; for a worker thread."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_bytes(pdf)
    beside.replace(path)
    return path


class Preview(QScrollArea):
    """Pages one under another, as wide as the room."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._inside = QWidget()
        self._column = boxes.column(of=self._inside, gap=8)
        self.setWidget(self._inside)
        self.pages: tuple[QImage, ...] = ()

    def show_pages(self, pages: Sequence[QImage]) -> None:
        """Show pages; none clears the preview."""
        self.pages = tuple(pages)
        self.verticalScrollBar().setValue(0)
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay()

    def _lay(self) -> None:
        boxes.clear(self._column)
        wide = max(theme.current().px(100), self.viewport().width() - theme.current().px(4))
        for page in self.pages:
            label = Label()
            ratio = self.devicePixelRatioF()
            picture = QPixmap.fromImage(
                page.scaledToWidth(round(wide * ratio), Qt.TransformationMode.SmoothTransformation)
            )
            picture.setDevicePixelRatio(ratio)
            label.setPixmap(picture)
            label.setFixedSize(picture.deviceIndependentSize().toSize())
            self._column.addWidget(label)
        self._column.addStretch(1)
