"""The register as a workbook: one line a verdict, cells that can never become formulas."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path

from lims.reports import workbook
from lims.reports.workbook import Column, Sheet
from lims.text import t


def write(path: Path, lines: Iterable[object], progress: Callable[[int], None] | None = None) -> None:
    """Write register lines (`lims.queries.register.Line`) as .xlsx.

    Args:
        path: the file, replaced as a whole or not at all.
        lines: the register's lines.
        progress: told the number of lines written; what it raises ends the writing.

    Raises:
        Invalid: the file cannot be written.
    """
    columns = {
        "number": Column(t("Sample number"), width=18),
        "drawn_at": Column(t("Drawn at"), "datetime", 18),
        "township": Column(t("Township"), width=12),
        "business": Column(t("Business"), width=26),
        "food": Column(t("Food"), width=12),
        "group": Column(t("Product group"), width=14),
        "stage": Column(t("Stage"), width=8),
        "kind": Column(t("Counted as"), width=12),
        "state": Column(t("State"), width=10),
        "item": Column(t("Item"), width=26),
        "title": Column(t("Method"), width=26),
        "method": Column(t("Number of the method"), width=20),
        "value": Column(t("Value"), "number", 10),
        "unit": Column(t("Unit"), width=8),
        "word": Column(t("Verdict"), width=8),
        "review": Column(t("Review"), width=10),
        "instrument": Column(t("Instrument"), width=14),
        "tested_at": Column(t("Tested at"), "datetime", 18),
        "tester": Column(t("Tester"), width=10),
        "reviewer": Column(t("Reviewer"), width=10),
    }
    row = attrgetter(*columns)
    workbook.write(
        path, [Sheet(t("Register"), list(columns.values()), (row(line) for line in lines))], progress
    )
