"""Wondfo Finecare FS-205 and its kin: the reader's history file, one row for each card.

What it is: a fluorescence immunoassay reader that exports `history.csv`: one row before the heading, then `Sample
Number`, `Test Name`, `Result` and further columns, parted by commas or semicolons; results such as `<2` or `>100`.
The file grows: it comes again with old rows, which are known by their content and change nothing.
Wire source: a public profile of another laboratory system (layout real, its data synthetic).
Settings: `items` maps a test's name to ours; `clock` is the form of its time; `columns` names other columns, such as
`{"time": "Test Time", "unit": "Unit"}`.
Unverified: a genuine file; the names of the columns beyond the three.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from drivers.exports import Entry, TableError, listed, named, sheets
from drivers.figures import call_of, figure
from drivers.moments import moment_of
from drivers.profile import Evidence, Folder, Profile, Rung, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.wondfo_finecare import simulator
from protocols.codec import Codec
from protocols.files import FileCodec, FileShot

COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "sample": frozenset({"sample number", "sample no.", "sample id", "样本号", "样本编号"}),
        "test": frozenset({"test name", "item", "项目", "项目名称", "测试项目"}),
        "result": frozenset({"result", "结果", "测试结果"}),
        "unit": frozenset({"unit", "units", "单位"}),
        "time": frozenset({"test time", "test date", "date", "time", "测试时间", "检测时间"}),
        "position": frozenset({"channel", "position", "通道"}),
    }
)
RESULT = re.compile(r"([<>]?\s*[+-]?[0-9]+(?:\.[0-9]+)?)\s*(\S{0,12})")


def codec(settings: Settings) -> Codec[FileShot]:
    """Files as the folder link hands them over; one without the reader's heading is broken."""

    def judge(shot: FileShot) -> str:
        try:
            return (
                ""
                if _rows(shot, settings)
                else "no row under a heading with sample number, test name and result"
            )
        except TableError as error:
            return str(error)

    return FileCodec(judge)


def _names(settings: Settings) -> Mapping[str, frozenset[str]]:
    own: Mapping[str, str] = settings.get("columns", {})
    return {**COLUMNS, **{key: frozenset({name.lower()}) for key, name in own.items()}}


def _rows(shot: FileShot, settings: Settings) -> list[Entry]:
    names = _names(settings)
    wanted = [names[one] for one in ("sample", "test", "result")]
    tables = sheets(shot, str(settings.get("encoding", "")), str(settings.get("delimiter", "")))
    return [entry for sheet in tables for entry in listed(sheet.rows, wanted)]


def read(event: FileShot, settings: Settings) -> Sequence[Reading]:
    """One reading for each row."""
    return [_reading(entry.cells, settings) for entry in _rows(event, settings)]


def _reading(cells: Mapping[str, str], settings: Settings) -> Reading:
    names = _names(settings)
    said = {key: named(cells, columns) for key, columns in names.items()}
    split = RESULT.fullmatch(said["result"])
    found, word = (
        figure(split[1].replace(" ", "") if split else ""),
        call_of(said["result"], settings.get("words", {})),
    )
    measured_at = moment_of(said["time"], str(settings.get("clock", "")))
    items: Mapping[str, str] = settings.get("items", {})
    flags = [] if word else list(found.flags)
    flags += [Flag.BAD_CLOCK] if measured_at is None else []
    used = frozenset().union(*names.values())
    extra = {name: text for name, text in cells.items() if text and name.lower() not in used}
    extra |= {"value_text": said["result"]} if found.value is None else {}
    extra |= {"clock": said["time"]} if measured_at is None and said["time"] else {}
    row = "\n".join(f"{name}={text}" for name, text in cells.items())
    return Reading(
        position=said["position"] or None,
        sample=said["sample"] or None,
        item=items.get(said["test"], said["test"]) or None,
        value=found.value,
        unit=said["unit"] or (split[2] if split else "") or None,
        call=word,
        flags=tuple(flags),
        measured_at=measured_at,
        record=hashlib.sha256(row.encode("utf-8", "surrogateescape")).hexdigest()[:16],
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="wondfo_finecare",
    title=("万孚飞测 FS-205 荧光免疫分析仪（历史文件）", "Wondfo Finecare FS-205, history file"),
    family="exported files",
    measures=("veterinary", "mycotoxin"),
    wiring=(Folder("history*.csv"),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "a public profile of another laboratory system: layout real, data synthetic",
        ("a genuine file", "names of the columns beyond three"),
    ),
    simulator=simulator,
)
