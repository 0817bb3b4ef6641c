"""广东省: HTTPS form `usr`, `pwd`, `result` (JSON `inspectResult`), records of one item and device together.

Known from an interface paper of 2015 to 2019: the method and its fields, stringvalue 0, 1 and 2, return codes 0 taken,
1 missing parameter, 2 bad JSON, 3 server failure. `totalnum` is the number of details sent. Not tested against the
authority.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from lims.sync.platform import (
    Account,
    Answer,
    Call,
    Outcome,
    Platform,
    Record,
    Rehearsal,
    all_alike,
    stated,
    unreadable,
)


def encode(account: Account, records: Sequence[Record]) -> Call:
    """Return the call of one record; the paper's call names one item and one device."""
    first = records[0]
    result = {
        "method": "inspectResult",
        "username": account.user,
        "itemid": first["item"],
        "deviceid": first["serial"],
        "totalnum": str(len(records)),
        "longitude": account.extra.get("longitude", ""),
        "latitude": account.extra.get("latitude", ""),
        "details": [
            {
                "sampleid": one["number"],
                "doublevalue": stated(one, "value"),
                "unit": stated(one, "unit"),
                "stringvalue": PLATFORM.code(one),
                "time": one["tested_at"],
            }
            for one in records
        ],
    }
    form = {
        "usr": account.user,
        "pwd": account.secret,
        "result": json.dumps(result, ensure_ascii=False),
    }
    return Call("/inspectinfo/quick_inspect", "application/x-www-form-urlencoded", urlencode(form).encode())


def decode(status: int, body: bytes, records: Sequence[Record]) -> list[Answer]:
    """Read the return code; a failure of the server is tried again."""
    try:
        said = json.loads(body)
        code = str(said["code"])
    except (ValueError, KeyError, TypeError):
        return unreadable(records, body)
    words = str(said.get("message", ""))
    if status == 200 and code == "0":
        return all_alike(records, Outcome.ACCEPTED, words)
    outcome = Outcome.AGAIN if code == "3" or status >= 500 else Outcome.REFUSED
    return all_alike(records, outcome, f"{code} {words}".strip())


def rehearse(state: Rehearsal, call: Call) -> tuple[int, bytes]:
    """Answer as the paper says."""
    form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
    if state.fault == "account" or (form.get("usr"), form.get("pwd")) != (state.user, state.secret):
        return 200, _reply("1", "用户名或密码错误")
    if state.fault == "inside":
        return 200, _reply("3", "服务器异常")
    try:
        result: dict[str, Any] = json.loads(form["result"])
    except (KeyError, ValueError):
        return 200, _reply("2", "JSON 格式错误")
    if result.get("totalnum") != str(len(result.get("details", ()))):
        return 200, _reply("1", "totalnum")
    for one in result["details"]:
        state.held[one["sampleid"] + result["itemid"] + one["time"]] = one
    return 200, _reply("0", "")


def _reply(code: str, words: str) -> bytes:
    return json.dumps({"code": code, "message": words}, ensure_ascii=False).encode()


PLATFORM = Platform(
    id="guangdong",
    title=("广东省快检数据接口（JSON）", "Guangdong province (JSON)"),
    source="interface paper of Guangdong province, 2015 to 2019; not tested against the authority",
    required=("number", "item", "value", "unit", "tested_at", "serial"),
    codes={"negative": "0", "positive": "1", "suspect": "2"},
    encode=encode,
    decode=decode,
    rehearse=rehearse,
)
