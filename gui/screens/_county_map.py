"""The county's map: the schematic tiles, or the outlines of a boundary file that this laboratory loaded."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from gui.desk import Desk
from gui.widgets.boundarymap import BoundaryMap
from gui.widgets.field import Field
from gui.widgets.townmap import TownMap
from lims.errors import Invalid
from lims.queries.figures import Town
from lims.rules import boundary
from lims.rules.boundary import Shape
from lims.text import mark, t

FILE = "boundary.geojson"
FORM = (Field("file", mark("Boundary file (GeoJSON)"), "file", required=True, slash=False),)


def load(path: Path, kept: Path | None = None) -> tuple[Shape, ...]:
    """Read a boundary file and, once it is found good, keep a copy of it; for a worker thread.

    Raises:
        Invalid: it cannot be read, or what is wrong in it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(boundary.LARGEST + 1)
    except OSError:
        raise Invalid("sheet.missing", file=str(path)) from None
    found = boundary.read(data)
    if kept is not None:
        part = kept.with_suffix(".part")
        part.write_bytes(data)
        part.replace(kept)
    return found


class CountyMap(QStackedWidget):
    """Tiles until a boundary file is loaded that knows one of the townships.

    Signals:
        chosen: code of the township that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shapes: tuple[Shape, ...] = ()
        self._towns: Sequence[Town] = ()
        self.tiles, self.outlines = TownMap(), BoundaryMap()
        for one in (self.tiles, self.outlines):
            self.addWidget(one)
            one.chosen.connect(self.chosen)

    @property
    def kept(self) -> Path | None:
        """Where this computer keeps the boundary file."""
        return self._desk.ties.reports.parent / FILE if self._desk.ties.reports else None

    def begin(self) -> None:
        """Draw what was loaded before, once."""
        if not self._shapes and self.kept is not None and self.kept.exists():
            self._desk.work.run(load, self.kept, then=self._came, failed=self._desk.complain, owner=self)

    def load(self, path: str) -> None:
        """Load a boundary file and say what of it is no township."""
        self._desk.work.run(
            load, Path(path), self.kept, then=self._loaded, failed=self._desk.complain, owner=self
        )

    def _came(self, shapes: tuple[Shape, ...]) -> None:
        self._shapes = shapes
        self.show_towns(self._towns)

    def _loaded(self, shapes: tuple[Shape, ...]) -> None:
        self._came(shapes)
        found = boundary.placed(shapes, {one.code: one.name for one in self._towns})
        comma = t("format.comma")
        said = [t("The map draws {n} townships.", n=len(found.shapes))]
        said += (
            [t("No township is called {names}.", names=comma.join(found.unmatched))]
            if found.unmatched
            else []
        )
        said += [t("Without an outline: {names}.", names=comma.join(found.without))] if found.without else []
        tone = "warn" if found.unmatched or found.without else "tell"
        self._desk.banner("boundary", " ".join(said), tone)

    def show_towns(self, towns: Sequence[Town]) -> None:
        """Show how the townships stand, on the outlines where they are known."""
        self._towns = towns
        found = boundary.placed(self._shapes, {one.code: one.name for one in towns})
        self.outlines.show_shapes(found.shapes)
        self.outlines.show_towns(towns)
        self.tiles.show_towns(towns)
        self.setCurrentWidget(self.outlines if found.shapes else self.tiles)
        self.setAccessibleName(self.tiles.accessibleName())

    def set_current(self, code: str) -> None:
        """Frame one township."""
        self.tiles.set_current(code)
        self.outlines.set_current(code)
