"""What is imported before the window is shown, and what the desktop may import at all."""

import ast
import subprocess
import sys
from pathlib import Path

GUI = Path(__file__).parents[2] / "gui"
SLOW = ("sqlalchemy", "pyqtgraph", "pandas", "openpyxl", "reportlab", "numpy", "serial", "pyvisa")
FORBIDDEN = ("sqlalchemy", "drivers", "protocols", "lims.records", "lims.storage")


def test_nothing_slow_is_imported_before_the_window() -> None:
    code = "import sys, gui.app; print([name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code, *SLOW], cwd=GUI.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_desktop_knows_neither_wires_nor_tables() -> None:
    found = []
    for path in GUI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path.name}: {name}" for name in names if name.startswith(FORBIDDEN)]
    assert found == []
