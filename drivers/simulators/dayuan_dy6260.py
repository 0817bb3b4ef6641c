"""A DY-6260 that answers the word `READ` with all its results."""

import json
from collections.abc import Sequence

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.scan import Scanner, requests

_NAMES = {"result_text": "检测结果", "sample_name": "样品名称", "time_text": "检测时间"}
_WORDS = {"negative": "阴性", "positive": "阳性", "suspect": "可疑", "invalid": "无效"}


def simulator(_settings: Settings, records: Sequence[Record]) -> Answering[str]:
    """A reader that holds these records; `fields` are as the instrument's readings show them in extra."""
    held = json.dumps({"detail": [row(record) for record in records]}, ensure_ascii=False).encode()
    return Answering(Scanner(requests({b"READ": "read"})), lambda _request, _now: held)


def row(record: Record) -> dict[str, str]:
    """One entry of the list."""
    said = {
        "检测结果": record.fields.get("result_text", _WORDS.get(record.call, record.value)),
        "检测项目": record.item,
        "样品编号": record.sample or record.number,
        "样品名称": record.fields.get("sample_name", ""),
        "检测时间": record.fields.get("time_text", record.measured_at.replace("T", " ")),
    }
    other = {name: text for name, text in record.fields.items() if name not in {*_NAMES, "unit"}}
    return said | other
