"""No file and no function grows beyond what can be read in one sitting, and names say what a thing is."""

import ast
import re

from tests.shape.tree import named, parsed, sources

FILE_LINES = 430
LONGER = {"lims/evidence/verify.py": 580}  # one file that an auditor carries away
FUNCTION_LINES = 55
EMPTY_NAMES = re.compile(r"(Manager|Helper|Utils?|Impl|Handler|Base)$")


def test_no_file_is_too_long() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: n for name, n in lengths.items() if n > LONGER.get(name, FILE_LINES)} == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{named(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: length for name, length in long.items() if length > FUNCTION_LINES} == {}


def test_every_module_says_what_it_is() -> None:
    silent = [named(p) for p in sources() if p.name != "__init__.py" and not ast.get_docstring(parsed(p))]
    assert silent == []


def test_no_class_has_an_empty_name() -> None:
    empty = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and EMPTY_NAMES.search(node.name)
    ]
    assert empty == []


def test_every_exemption_gives_its_reason() -> None:
    bare = re.compile(r"# noqa(: [A-Z0-9, ]+)?\s*$|# type: ignore(\[[^\]]*\])?\s*$")
    guilty = [
        f"{named(path)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert not guilty, "\n".join(guilty)
