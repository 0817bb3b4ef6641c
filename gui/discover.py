"""Finds the screens on disk: a file in gui/screens is a screen, and no list has to know it."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from PySide6.QtWidgets import QWidget

PACKAGE = "gui.screens"


@dataclass(frozen=True, slots=True)
class ScreenFile:
    """One screen as its file describes it, before anything of it is built; `often`: roles that live in it."""

    name: str
    title: str
    icon: str
    order: int
    needs: frozenset[str] | None
    often: frozenset[str]
    module: ModuleType

    def build(self, desk: object) -> QWidget:
        """Build the screen; only in the GUI thread."""
        screen: QWidget = self.module.Screen(desk)
        return screen


def describe(module: ModuleType) -> ScreenFile:
    """Read what a screen file says of itself.

    Raises:
        AttributeError: TITLE or Screen is missing.
    """
    needs: Any = getattr(module, "NEEDS", None)
    wanted = None if needs is None else frozenset(needs.split() if isinstance(needs, str) else needs)
    often = frozenset(getattr(module, "OFTEN", "").split())
    name = module.__name__.rpartition(".")[2]
    _ = module.Screen
    title, icon, order = module.TITLE, getattr(module, "ICON", name), getattr(module, "ORDER", 100)
    return ScreenFile(name, title, icon, order, wanted, often, module)


def screens(package: str = PACKAGE) -> list[ScreenFile]:
    """Import every screen file; slow, so it is called in a worker thread behind the window."""
    home = importlib.import_module(package)
    names = sorted(
        found.name for found in pkgutil.iter_modules(home.__path__) if not found.name.startswith("_")
    )
    return in_order(describe(importlib.import_module(f"{package}.{name}")) for name in names)


def in_order(files: Iterable[ScreenFile]) -> list[ScreenFile]:
    """Put screens in the order of the rail."""
    return sorted(files, key=lambda file: (file.order, file.name))


def load(path: Path) -> ScreenFile:
    """Read one screen from a file outside the package, for tests and the gallery."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return describe(module)
