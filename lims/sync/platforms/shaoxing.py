"""绍兴（国研）: HTTP JSON `uploadCheckData`, many records a call, an answer for each, idempotent by uuid.

Known from an interface paper (1.03): thirdCompanyName, thirdCompanyCode, checkCount, checkInfo[...]; status 00 ok,
01 no operator, 02 a field; for each row 00 taken, 01 there already, 02 other. The rows' field is spelled
`unploadResult` in one table and `uploadResult` in the example: both are read. Not tested against the authority.
"""

import json
from collections.abc import Sequence
from typing import Any

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
    """Return the call of some records."""
    rows = [
        {
            "uuid": one["key"],
            "deviceId": one["serial"],
            "marketName": stated(one, "business"),
            "operatorName": stated(one, "business"),
            "operatorCode": stated(one, "credit_code"),
            "stallNo": one["stall"],
            "checkDate": one["tested_at"],
            "goodsName": one["food"],
            "amount": stated(one, "quantity"),
            "unite": stated(one, "unit"),
            "itemType": one["group_word"],
            "itemName": one["item"],
            "itemCode": stated(one, "item_code"),
            "value": stated(one, "value"),
            "checkResult": PLATFORM.code(one),
        }
        for one in records
    ]
    body = {
        "thirdCompanyName": account.user,
        "thirdCompanyCode": account.secret,
        "checkCount": len(rows),
        "checkInfo": rows,
    }
    return Call("/uploadCheckData", "application/json", json.dumps(body, ensure_ascii=False).encode())


def decode(status: int, body: bytes, records: Sequence[Record]) -> list[Answer]:
    """Read the answer for each row; a row without one is sent again."""
    try:
        said: dict[str, Any] = json.loads(body)
        code = str(said["status"])
        rows = said.get("uploadResult") or said.get("unploadResult") or []
        told = {str(row["uuid"]): (str(row["result"]), str(row.get("message", ""))) for row in rows}
    except (ValueError, KeyError, TypeError, AttributeError):
        return unreadable(records, body)
    if status >= 500:
        return unreadable(records, body)
    if code != "00" and not told:
        return all_alike(records, Outcome.REFUSED, f"{code} {said.get('message', '')}".strip())
    return [_answer(one["key"], *told.get(one["key"], ("", ""))) for one in records]


def _answer(key: str, code: str, words: str) -> Answer:
    outcomes = {"00": Outcome.ACCEPTED, "01": Outcome.ACCEPTED, "": Outcome.AGAIN}
    return Answer(key, outcomes.get(code, Outcome.REFUSED), f"{code} {words}".strip())


def rehearse(state: Rehearsal, call: Call) -> tuple[int, bytes]:
    """Answer as the paper says."""
    said = json.loads(call.body)
    user, secret = said["thirdCompanyName"], said["thirdCompanyCode"]
    if state.fault == "account" or (user, secret) != (state.user, state.secret):
        return 200, json.dumps({"status": "01", "message": "无此单位"}, ensure_ascii=False).encode()
    if state.fault == "inside" or said["checkCount"] != len(said["checkInfo"]):
        return 200, json.dumps({"status": "02", "message": "checkCount"}, ensure_ascii=False).encode()
    rows = []
    for place, one in enumerate(said["checkInfo"]):
        refused = (state.fault == "one" and place == 0) or one["checkResult"] not in {"检出", "未检出"}
        known = one["uuid"] in state.held
        if not refused and not known:
            state.held[one["uuid"]] = one
        rows.append({"uuid": one["uuid"], "result": "02" if refused else "01" if known else "00"})
    return 200, json.dumps({"status": "00", "uploadResult": rows}).encode()


PLATFORM = Platform(
    id="shaoxing",
    title=("绍兴市快检数据接口（JSON）", "Shaoxing city (JSON)"),
    source="interface paper of Shaoxing, 1.03; not tested against the authority",
    required=("food", "item", "stall", "tested_at", "serial"),
    codes={"negative": "未检出", "positive": "检出"},
    batch=10,
    encode=encode,
    decode=decode,
    rehearse=rehearse,
)
