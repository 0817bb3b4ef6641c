"""The faults that the evidence must survive: every row has its tests, and every test that a row names is there."""

import ast
import tomllib

from tests.shape.tree import ROOT, parsed

COUNTS = {"D": 17, "T": 7, "A": 5, "C": 2, "I": 9}


def test_every_fault_has_tests_that_exist() -> None:
    rows = tomllib.loads((ROOT / "tests" / "faults.toml").read_text("utf-8"))
    assert set(rows) == {f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1)}
    assert all(row.get("tests") for row in rows.values())
    missing = [(name, test) for name, row in rows.items() for test in row.get("tests", ()) if not there(test)]
    assert missing == []


def there(test: str) -> bool:
    """Tell whether a test that is named `file::function` exists."""
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.is_file() and any(
        isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(parsed(file))
    )
