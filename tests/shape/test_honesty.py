"""Tests that test: no imitation of our own code, nothing skipped, nothing without an assertion."""

import ast
from pathlib import Path

from tests.shape.tree import imported, named, parsed, python

EVASIONS = {"skip", "skipif", "xfail", "importorskip"}


def checks(function: ast.AST, module: ast.Module) -> bool:
    """Tell whether a function asserts, expects an exception, or calls one of its module or fixtures that does."""
    helpers = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    called: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            called.add(name)
    if any(name in {"raises", "warns", "deprecated_call"} or "assert" in name for name in called):
        return True
    return any(
        checks(helpers[name], module) for name in called if name in helpers and helpers[name] is not function
    )


def functions_of(path: Path) -> list[ast.FunctionDef]:
    """Return the test functions of a file."""
    functions = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef)]
    return [node for node in functions if node.name.startswith("test_")]


def test_nothing_of_ours_is_imitated() -> None:
    guilty = [named(path) for path in python("tests") if any("mock" in name for name in imported(path))]
    assert guilty == []


def test_nothing_is_skipped() -> None:
    guilty = [
        f"{named(path)}:{node.lineno}"
        for path in python("tests")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in EVASIONS
    ]
    assert guilty == []


def test_every_test_asserts() -> None:
    silent = [
        f"{named(path)}:{function.lineno} {function.name}"
        for path in python("tests")
        for function in functions_of(path)
        if not checks(function, parsed(path))
    ]
    assert silent == []


def test_every_test_file_is_collected() -> None:
    lost = [named(p) for p in python("tests") if functions_of(p) and not p.name.startswith("test_")]
    assert lost == []
