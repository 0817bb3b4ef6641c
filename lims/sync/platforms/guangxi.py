"""广西: HTTPS JSON, samples with their results, the password as upper-case MD5.

Known from an interface paper (v1.3.4): userName, passWord = upper-case MD5 of the UTF-8 password, serialNumber,
deviceType 1 pesticides, 2 veterinary drugs, 3 other, result[sampleNO, checkResultList], checkConclusion only 合格 or
不合格, "success1" for taken, "errorWrongSysCode" for a record id that is not 32 characters. Not tested against the
authority.
"""

import json
from collections.abc import Sequence

from lims.sync.platform import (
    Account,
    Answer,
    Call,
    Outcome,
    Platform,
    Record,
    Rehearsal,
    all_alike,
    md5,
    stated,
    unreadable,
)

_PESTICIDES, _DRUGS, _OTHER = "1", "2", "3"


def device_type(record: Record) -> str:
    """Return 1 for pesticides, 2 for veterinary drugs, 3 for anything else, by the food's group and the assay."""
    if record["format"] == "inhibition":
        return _PESTICIDES
    return _DRUGS if record["group"] in {"livestock", "aquatic"} else _OTHER


def encode(account: Account, records: Sequence[Record]) -> Call:
    """Return the call of one record."""
    (one,) = records
    unit = stated(one, "unit")
    body = {
        "userName": account.user,
        "passWord": md5(account.secret).upper(),
        "serialNumber": one["serial"],
        "deviceType": device_type(one),
        "result": [
            {
                "sampleNO": one["number"],
                "checkResultList": [
                    {
                        "sysCode": one["key"],
                        "checkItem": one["item"],
                        "checkResult": f"{one['value']}{unit}",
                        "limitValue": stated(one, "threshold"),
                        "checkMethod": one["standard"],
                        "checkConclusion": PLATFORM.code(one),
                        "checkDate": one["tested_at"],
                        "checkUser": one["tester"],
                    }
                ],
            }
        ],
    }
    return Call("/upload.do", "application/json", json.dumps(body, ensure_ascii=False).encode())


def decode(status: int, body: bytes, records: Sequence[Record]) -> list[Answer]:
    """Read the code; anything but `success1` within a 200 is the platform's refusal in its own words."""
    try:
        said = json.loads(body)
        code = str(said["code"])
    except (ValueError, KeyError, TypeError):
        return unreadable(records, body)
    if status >= 500:
        return unreadable(records, body)
    words = f"{code} {said.get('msg', '')}".strip()
    return all_alike(records, Outcome.ACCEPTED if code == "success1" else Outcome.REFUSED, words)


def rehearse(state: Rehearsal, call: Call) -> tuple[int, bytes]:
    """Answer as the paper says."""
    said = json.loads(call.body)
    if (
        state.fault == "account"
        or said["passWord"] != md5(state.secret).upper()
        or said["userName"] != state.user
    ):
        return 200, _reply("errorUser", "用户名或密码错误")
    (one,) = said["result"]
    (result,) = one["checkResultList"]
    if state.fault == "inside" or len(result["sysCode"]) != 32:
        return 200, _reply("errorWrongSysCode", "记录编号错误")
    if result["checkConclusion"] not in {"合格", "不合格"}:
        return 200, _reply("errorConclusion", "结论错误")
    state.held[result["sysCode"]] = result
    return 200, _reply("success1", "")


def _reply(code: str, words: str) -> bytes:
    return json.dumps({"code": code, "msg": words}, ensure_ascii=False).encode()


PLATFORM = Platform(
    id="guangxi",
    title=("广西快检数据接口（JSON）", "Guangxi region (JSON)"),
    source="interface paper of Guangxi, v1.3.4; not tested against the authority",
    required=("number", "item", "value", "standard", "tested_at", "tester", "serial"),
    codes={"negative": "合格", "positive": "不合格"},
    encode=encode,
    decode=decode,
    rehearse=rehearse,
)
