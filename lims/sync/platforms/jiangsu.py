"""江苏省: SOAP `uploadDetectionData`, one record a call.

Known from an interface paper of 2015 to 2019: the operation, its arguments, key = MD5(user # MD5(password)), and the
replies {code, status, description, result}: 100 registered and waiting, 103 taken. Not known: the namespace and the
codes of its errors, so every other code is told to a person. Not tested against the authority.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from lims.errors import Invalid
from lims.sync.platform import (
    Account,
    Answer,
    Call,
    Outcome,
    Platform,
    Record,
    Rehearsal,
    all_alike,
    elements,
    envelope,
    md5,
    stated,
    unreadable,
)

_NAMESPACE = "urn:kuaijian:jiangsu"
_TAKEN, _WAITING = "103", "100"


def signature(user: str, secret: str) -> str:
    """Return the key of a call: MD5 of the user, `#` and the MD5 of the password."""
    return md5(f"{user}#{md5(secret)}")


def encode(account: Account, records: Sequence[Record]) -> Call:
    """Return the call of one record."""
    (one,) = records
    fields = {
        "userName": account.user,
        "key": signature(account.user, account.secret),
        "version": "1.0",
        "testItemId": one["item"],
        "sampleName": one["food"],
        "testData": stated(one, "value"),
        "testUnit": stated(one, "unit"),
        "result": PLATFORM.code(one),
        "standard": one["standard"],
        "eqModel": one["model"],
        "createDate": one["tested_at"],
        "eqNum": one["serial"],
        "foodTypeId": one["group_word"],
        "enterpriseId": stated(one, "credit_code"),
        "stallNum": stated(one, "stall"),
        "sampleNum": one["number"],
        "standardData": stated(one, "threshold"),
    }
    return Call(
        "/uploadDetectionData", "text/xml; charset=utf-8", envelope("uploadDetectionData", _NAMESPACE, fields)
    )


def decode(status: int, body: bytes, records: Sequence[Record]) -> list[Answer]:
    """Read the reply: 103 is taken; 100 says that the device still waits to be let in."""
    if status >= 500:
        return unreadable(records, body)
    try:
        said = elements(body)
    except Invalid:
        return unreadable(records, body)
    code, words = said.get("code", ""), said.get("description", "")
    if code == _TAKEN:
        return all_alike(records, Outcome.ACCEPTED, words)
    if code == _WAITING:
        return all_alike(records, Outcome.AGAIN, words or code)
    return all_alike(records, Outcome.REFUSED if code else Outcome.AGAIN, f"{code} {words}".strip())


def rehearse(state: Rehearsal, call: Call) -> tuple[int, bytes]:
    """Answer as the paper says."""
    said = elements(call.body)
    if state.fault == "account" or said["key"] != signature(state.user, state.secret):
        return 200, _reply("-1", "用户名或密钥错误")
    if state.fault == "inside" or not said.get("sampleNum"):
        return 200, _reply("-2", "参数不完整")
    state.held[said["sampleNum"] + said["testItemId"] + said["createDate"]] = said
    return 200, _reply(_TAKEN, "上传成功")


def _reply(code: str, words: str) -> bytes:
    inside = f"<code>{code}</code><status>1</status><description>{escape(words)}</description><result/>"
    return f"<r xmlns='{_NAMESPACE}'>{inside}</r>".encode()


PLATFORM = Platform(
    id="jiangsu",
    title=("江苏省快检数据接口（SOAP）", "Jiangsu province (SOAP)"),
    source="interface paper of Jiangsu province, 2015 to 2019; not tested against the authority",
    required=("number", "food", "item", "value", "standard", "tested_at", "model", "serial"),
    codes={"negative": "合格", "positive": "不合格"},
    encode=encode,
    decode=decode,
    rehearse=rehearse,
)
