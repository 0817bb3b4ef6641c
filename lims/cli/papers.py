"""Commands about paper and sheets: the slip of a sample, the register."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from lims.cli import signing
from lims.cli.options import Database, Dir, Entered, Year, acting, opened, show
from lims.errors import Invalid
from lims.queries import register, slips
from lims.reports import register as sheet
from lims.reports import slip
from lims.services import certify, watch


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("issue")(issue)
    app.command("slip")(render)
    app.command("register")(write_register)


@acting
def issue(
    entered: Entered,
    sample: Annotated[str, typer.Argument(help="样品编号 / number of the sample")],
    reason: Annotated[str, typer.Option(help="重新签发的原因 / reason of a second slip")] = "",
) -> None:
    """签发结果单 / issue the slip of a reviewed sample and print its id."""
    laboratory, lims = entered
    door = signing.opened_for(laboratory, lims, certify.issue)
    show(door.do(certify.issue, sample, reason=reason))


def render(
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="结果单编号，或样品编号（最新一版）/ id of the slip, or sample for its latest"
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="PDF 文件 / PDF file to write")],
    language: Annotated[Literal["zh_CN", "en"], typer.Option(help="语言 / language")] = "zh_CN",
    root: Dir = None,
    database: Database = "",
) -> None:
    """输出结果单 PDF / write a slip as PDF."""
    with opened(root, database) as laboratory:
        found = laboratory.lims.ask(slips.slip, id_)
        laboratory.lims.do(watch.noted, "print", found.number, found.id)
    try:
        output.write_bytes(slip.render(found.content, found.seal, language, signed=found.signed))
    except OSError as fault:
        raise Invalid("wire.file", file=str(output), fault=fault.strerror or "") from None
    show(str(output))


def write_register(
    output: Annotated[Path, typer.Option("--output", "-o", help="Excel 文件 / .xlsx file to write")],
    year: Year,
    root: Dir = None,
    database: Database = "",
) -> None:
    """输出检测台账 / write the register of a year as .xlsx."""
    with opened(root, database) as laboratory:
        rows = laboratory.lims.ask(register.lines, year)
        laboratory.lims.do(watch.noted, "export", f"register {year}", output.name)
    sheet.write(output, rows)
    show(str(output))
