"""Who may import what, beyond the contracts that import-linter holds."""

import ast
import sys

from tests.shape.tree import ROOT, imported, named, parsed, python, sources

OURS = {"protocols", "drivers", "lims", "gui", "installer", "tests"}


def outsiders(*places: str) -> dict[str, set[str]]:
    """Return what each file imports beyond the standard library and our own packages."""
    found = {
        named(path): {name.split(".")[0] for name in imported(path)} - sys.stdlib_module_names - OURS
        for path in python(*places)
    }
    return {name: tops for name, tops in found.items() if tops}


def test_no_qt_below_the_gui() -> None:
    guilty = [
        named(path)
        for path in python("lims", "drivers", "protocols")
        if {"PySide6", "shiboken6", "pyqtgraph"} & {name.split(".")[0] for name in imported(path)}
    ]
    assert guilty == []


def test_the_wires_need_the_standard_library_alone() -> None:
    assert outsiders("protocols") == {}


def test_setting_up_needs_the_standard_library_alone() -> None:
    assert outsiders("run.py", "installer/environment.py") == {}


def test_the_verifier_can_be_carried_away() -> None:
    names = {name.split(".")[0] for name in imported(ROOT / "lims/evidence/verify.py")}
    assert names <= sys.stdlib_module_names


def test_nobody_imports_relatively_or_by_star() -> None:
    guilty = [
        named(path)
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and (node.level or node.names[0].name == "*")
    ]
    assert guilty == []


def test_packages_export_nothing_by_a_list() -> None:
    kept = [
        named(path) for path in sources() if path.name == "__init__.py" and path.read_text("utf-8").strip()
    ]
    assert kept == []


RUNNERS = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"}


def test_nothing_runs_what_came_from_outside() -> None:
    guilty = [named(path) for path in sources() if RUNNERS & {name.split(".")[0] for name in imported(path)}]
    guilty += [
        f"{named(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}
    ]
    assert guilty == []
