"""Commands about wires: decode bytes, list instruments, play one, capture one."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from lims import text
from lims.bench import wires
from lims.cli.options import AsJson, Dir, Entered, acting, show, show_json
from lims.config import Folder, default_folder
from lims.errors import Invalid

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="仪器设置文件 / the instrument's settings, TOML or JSON")
]

FAULTS = "故障开关，可多次 / what goes wrong, may be repeated: " + " ".join(wires.FAULTS)


def add(app: typer.Typer) -> None:
    """Add the commands."""
    wire = typer.Typer(no_args_is_help=True, help="线路字节 / bytes of a wire")
    wire.command("decode")(decode)
    app.add_typer(wire, name="wire")
    instruments = typer.Typer(
        invoke_without_command=True, help="仪器清单 / the instruments this program knows"
    )
    instruments.callback()(listing)
    instruments.command("play")(play)
    instruments.command("find")(find)
    instruments.command("listen")(listen)
    instruments.command("export")(export)
    instruments.command("import")(import_)
    app.add_typer(instruments, name="instruments")
    app.command("capture")(capture)
    app.command("new-instrument")(new_instrument)


def decode(
    instrument: Annotated[str, typer.Argument(help="仪器编号 / id of the instrument")],
    file: Annotated[
        str, typer.Argument(help=".wire 或原始字节文件，- 为标准输入 / transcript or raw bytes")
    ] = "-",
    hex_: Annotated[str, typer.Option("--hex", help="仪器发出的字节 / what the device sent: 7E 01 ...")] = "",
    settings: SettingsFile = None,
) -> None:
    """逐条输出读数 (JSON) / print one JSON object a line for each reading; exit status 1 when a frame is broken."""
    data = (
        wires.parse_hex(hex_) if hex_ else sys.stdin.buffer.read() if file == "-" else wires.read_file(file)
    )
    broken = False
    for line in wires.lines(instrument, wires.read_wire(data), wires.settings_from(settings)):
        show_json(line)
        broken = broken or "error" in line
    if broken:
        raise typer.Exit(1)


def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """列出本程序支持的仪器 / list the instruments: id, family, wiring, evidence."""
    if context.invoked_subcommand is not None:
        return
    from lims.queries import equipment  # noqa: PLC0415 - SQLAlchemy is slow, and bytes are decoded without it

    kinds = equipment.kinds()
    if as_json:
        show_json(kinds)
        return
    for kind in kinds:
        show(f"{kind.id:<20} {kind.evidence:<9} {kind.family:<18} {'; '.join(kind.wiring)}  {kind.title[0]}")


def find(
    ports: Annotated[
        list[str] | None,
        typer.Argument(help="只问这些端口 / ask these ports alone: COM3 /dev/ttyUSB0 192.168.1.20:502"),
    ] = None,
    expected: Annotated[
        str, typer.Option("--expect", help="只按此种仪器问 / ask for this kind alone: biorad_550 dayuan_03ff")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """用无害的请求问空闲串口上是什么仪器 / ask idle serial ports, by harmless requests alone, what hangs there."""
    from lims.bench import finding  # noqa: PLC0415 - SQLAlchemy is slow, and bytes are decoded without it

    found = finding.find(ports or (), expected=expected)
    if as_json:
        show_json(found)
        return
    for one in found:
        titles = "; ".join(title for title, _ in one.titles)
        why = text.words(f"finding.{one.reason}") if one.reason else ""
        show(
            "  ".join(
                part for part in (one.port, " ".join(one.profiles), one.line, titles, one.said, why) if part
            )
        )
    if not found:
        show(text.words("finding.no_port"))


def listen(
    port: Annotated[str, typer.Argument(help="串口 / serial port: COM3, /dev/ttyUSB0")],
    name: Annotated[str, typer.Argument(help="仪器名称 / name of the device")],
    folder: Annotated[Path, typer.Option("--to", help="写入的文件夹 / folder for .toml and .wire")] = Path(),
    seconds: Annotated[
        float, typer.Option("--seconds", help="每种设置听多久 / how long at each setting")
    ] = 20,
    baud: Annotated[
        int, typer.Option("--baud", help="波特率，0 为逐个试 / speed, 0 tries the usual ones")
    ] = 0,
    parity: Annotated[str, typer.Option("--parity", help="校验 / parity: N E O")] = "N",
) -> None:
    """只听一台未知仪器，写出描述草稿和报文 / only listen to an unknown device; write a draft description and .wire."""
    from lims.bench import listening  # noqa: PLC0415 - SQLAlchemy is slow, and bytes are decoded without it

    for heard in listening.hear(port, seconds, baud=baud, parity=parity):
        show(f"{heard.line}  {heard.legible:.0%}  {len(heard.data)} B  {heard.shape}")
        for row in heard.rows[:8]:
            show("  " + " | ".join(row))
    for path in listening.save(folder, name, heard.toml(name), heard.wire(name)):
        show(str(path))


@acting
def export(
    entered: Entered,
    instrument: Annotated[str, typer.Argument(help="仪器简称 / short name of the instrument: X1")],
    file: Annotated[Path, typer.Argument(help="写入的文件 / file to write, .toml")],
) -> None:
    """把自定义仪器的描述写给其他实验室 / write a described instrument's description for other laboratories."""
    from lims.bench import describing  # noqa: PLC0415 - SQLAlchemy is slow, and bytes are decoded without it

    show(str(describing.export(entered.lims, instrument, file)))


def import_(
    file: Annotated[
        Path, typer.Argument(help="其他实验室写出的描述 / description of another laboratory, .toml")
    ],
    root: Dir = None,
) -> None:
    """取入其他实验室的描述，先检查 / take in another laboratory's description, checked first; prints where it lies."""
    from lims.bench import describing, listening  # noqa: PLC0415 - SQLAlchemy is slow, and bytes are decoded without it

    kind, path = listening.take((Folder(root) if root else default_folder()).root / "forms", file)
    show(f"{kind}  {describing.SETTING[kind]}={path}")


def play(
    instrument: Annotated[str, typer.Argument(help="仪器编号 / id of the instrument")],
    file: Annotated[Path | None, typer.Option("--file", help="要播放的 .wire / transcript to play")] = None,
    tcp: Annotated[
        int | None, typer.Option("--tcp", help="TCP 端口，0 为任选 / TCP port, 0 for a free one")
    ] = None,
    call: Annotated[str, typer.Option("--call", help="主动连接 HOST:PORT / call a listening host")] = "",
    seconds: Annotated[
        float, typer.Option("--seconds", help="播放时长，0 为直到中断 / how long; 0 until stopped")
    ] = 0,
    settings: SettingsFile = None,
    fault: Annotated[list[str] | None, typer.Option("--fault", help=FAULTS)] = None,
) -> None:
    """在串口(PTY)、TCP 或文件夹上模拟仪器，先打印端口 / play an instrument on a port and print the port it opened."""
    chosen, wrong = wires.settings_from(settings), wires.faults(fault or [])
    records = wires.sample_records(instrument)
    with wires.playing(
        instrument, records=records, file=file, settings=chosen, tcp=tcp, call=call, faults=wrong
    ) as player:
        show(player.address)
        sys.stdout.flush()
        end = time.monotonic() + (seconds or float("inf"))
        try:
            while time.monotonic() < end:
                time.sleep(0.2)
        except KeyboardInterrupt:
            return


def capture(
    port: Annotated[str, typer.Argument(help="端口 / COM3, /dev/ttyUSB0, 127.0.0.1:5500, listen:5500")],
    instrument: Annotated[str, typer.Argument(help="仪器编号 / id of the instrument")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 / file to write")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="时长 / how long")] = None,
    ask: Annotated[str, typer.Option("--ask", help="先发的命令 / a command to ask first: in_and_scan")] = "",
    settings: SettingsFile = None,
) -> None:
    """记录线路双向字节为 .wire，Ctrl-C 结束 / write both directions of a wire to a .wire transcript; Ctrl-C ends it."""
    chosen = wires.settings_from(settings)
    with _written(output) as file, _stopped() as stop:
        ended = wires.captured(port, instrument, chosen, seconds=seconds, ask=ask, output=file, stop=stop)
    if ended is not None:
        sys.stderr.write(text.sentence(ended) + "\n")


def new_instrument(
    maker: Annotated[str, typer.Argument(help="厂家，拉丁字母 / maker, Latin letters: Acme")],
    model: Annotated[str, typer.Argument(help="型号，拉丁字母 / model: X-1")],
    tree: Annotated[Path, typer.Option("--tree", help="源代码目录 / the source tree")] = Path(),
) -> None:
    """写出新仪器的驱动、模拟器、报文和测试文件 / write driver, simulator, transcript and test of a new instrument."""
    for path in wires.new_instrument(tree, maker, model):
        show(str(path))


@contextmanager
def _written(output: Path | None) -> Iterator[TextIO]:
    """Open the file before anybody listens, so that nothing is heard that cannot be kept."""
    if output is None:
        yield sys.stdout
        return
    try:
        file = output.open("w", encoding="utf-8", newline="\n")
    except OSError as fault:
        raise Invalid("wire.file", file=str(output), fault=fault.strerror or "") from None
    with file:
        yield file


@contextmanager
def _stopped() -> Iterator[threading.Event]:
    """Yield what Ctrl-C and an order to end set, so that what was heard is kept."""
    stop = threading.Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
