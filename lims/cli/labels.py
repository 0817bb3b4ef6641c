"""The command about labels: counted, then written to a file or sent to a printer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from lims.bench.printing import printer
from lims.cli.options import Entered, acting, show
from lims.errors import Invalid
from lims.queries import labels as questions
from lims.reports import label, zpl
from lims.reports.label import Label
from lims.reports.zpl import Language
from lims.services import labels as verbs
from lims.services.labels import Printing
from protocols.labels import Stock


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("label")(make)


Size = Annotated[str, typer.Option("--size", help="标签宽x高 / width x height in mm")]


@acting
def make(  # noqa: PLR0913, PLR0917 - every option of a printing, which Typer hands over by name
    entered: Entered,
    samples: Annotated[list[str], typer.Argument(metavar="SAMPLE...", help="样品编号 / numbers of samples")],
    to: Annotated[str, typer.Option("--to", help="输出格式 / form of the output: pdf, zpl, tspl")] = "pdf",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 / file to write")] = None,
    port: Annotated[
        str, typer.Option("--port", help="打印机 / printer: COM3, /dev/ttyUSB0, tcp:HOST[:9100]")
    ] = "",
    baud: Annotated[int, typer.Option("--baud", help="串口波特率 / speed of a serial line")] = 9600,
    reason: Annotated[str, typer.Option("--reason", help="补打原因 / why a label is printed again")] = "",
    copies: Annotated[int, typer.Option("--copies", help="每份张数 / copies of each label")] = 1,
    skip: Annotated[int, typer.Option("--skip", help="整版纸已用的格数 / places used on a sheet")] = 0,
    size: Size = "50x30",
    gap: Annotated[str, typer.Option("--gap", help="标签间隙 / gap in mm, 0 for none")] = "2",
    dpi: Annotated[int, typer.Option("--dpi", help="打印机分辨率 / dots an inch")] = 203,
    darkness: Annotated[int | None, typer.Option("--darkness", help="浓度 0-15 / darkness")] = None,
) -> None:
    """打印样品标签 / print labels of samples; printing one again needs a reason."""
    stock = _stock(size, gap, dpi, darkness)
    data = _render(entered.lims.ask(questions.labels, samples), to, stock, copies, skip)
    with _place(output, port, baud) as (name, send):
        entered.lims.do(verbs.printed, samples, Printing(to, name, copies), reason=reason)
        send(data)
    show(name)


def _stock(size: str, gap: str, dpi: int, darkness: int | None) -> Stock:
    try:
        width, height = (Decimal(part) for part in size.lower().split("x"))
        return Stock(width, height, Decimal(gap), dpi, darkness)
    except (ValueError, InvalidOperation):
        raise Invalid("label.size", size=size, gap=gap) from None


def _render(made: list[Label], to: str, stock: Stock, copies: int, skip: int) -> bytes:
    if to == "pdf":
        return label.sheet([one for one in made for _ in range(copies)], skip)
    if to not in list(Language):
        raise Invalid("label.form", form=to)
    return zpl.render(made, stock, Language(to), copies)


@contextmanager
def _place(output: Path | None, port: str, baud: int) -> Iterator[tuple[str, Callable[[bytes], object]]]:
    if (output is None) == (not port):
        raise Invalid("label.where")
    if output is not None:
        yield str(output), output.write_bytes
        return
    with printer(port, baud) as send:
        yield port, send
