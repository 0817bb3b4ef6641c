"""南通: XML, results for samples of a plan; 0 is positive and 1 is negative here.

Known from an interface paper (V3.2): SAMPLEUUID, JCJGZ 0 阳性 1 阴性, JCVALUE, STANDARD, UNIT, JCSB, the reply
XMLRESULT 1 or 0. The retest guide of the same paper turns a first positive into 阴性 after a negative repeat; here each
verdict is sent as what it was. Not known: the names of the enclosing elements. Not tested against the authority.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

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
    each,
    elements,
    stated,
    unreadable,
)


def encode(account: Account, records: Sequence[Record]) -> Call:
    """Return the call of some records."""
    root = Element("TESTRESULT")
    SubElement(root, "LOGIN").text = account.user
    SubElement(root, "PASSWORD").text = account.secret
    for one in records:
        row = SubElement(root, "RESULT")
        unit = stated(one, "unit")
        for name, text in (
            ("SAMPLEUUID", one["number"]),
            ("JCXMNAME", one["item"]),
            ("JCJGZ", PLATFORM.code(one)),
            ("JCVALUE", f"{one['value']}{unit}"),
            ("STANDARD", stated(one, "threshold")),
            ("UNIT", unit),
            ("JCSB", one["serial"]),
        ):
            SubElement(row, name).text = text
    body = bytes(tostring(root, encoding="utf-8", xml_declaration=True))
    return Call("/saveTestResult", "text/xml; charset=utf-8", body)


def decode(status: int, body: bytes, records: Sequence[Record]) -> list[Answer]:
    """Read XMLRESULT: 1 is taken as a whole, 0 is refused as a whole."""
    if status >= 500:
        return unreadable(records, body)
    try:
        said = elements(body)
    except Invalid:
        return unreadable(records, body)
    result, words = said.get("XMLRESULT", ""), said.get("MESSAGE", "")
    outcome = {"1": Outcome.ACCEPTED, "0": Outcome.REFUSED}.get(result, Outcome.AGAIN)
    return all_alike(records, outcome, f"{result} {words}".strip())


def rehearse(state: Rehearsal, call: Call) -> tuple[int, bytes]:
    """Answer as the paper says."""
    said = elements(call.body)
    if state.fault == "account" or (said.get("LOGIN"), said.get("PASSWORD")) != (state.user, state.secret):
        return 200, _reply("0", "登录失败")
    rows = each(call.body, "RESULT")
    if state.fault == "inside" or any(row.get("JCJGZ") not in {"0", "1"} for row in rows):
        return 200, _reply("0", "JCJGZ")
    for row in rows:
        state.held[row["SAMPLEUUID"] + row["JCXMNAME"]] = row
    return 200, _reply("1", "")


def _reply(result: str, words: str) -> bytes:
    root = Element("RESPONSE")
    SubElement(root, "XMLRESULT").text = result
    SubElement(root, "MESSAGE").text = words
    return bytes(tostring(root, encoding="utf-8"))


PLATFORM = Platform(
    id="nantong",
    title=("南通市快检数据接口（XML）", "Nantong city (XML)"),
    source="interface paper of Nantong, V3.2; not tested against the authority",
    required=("number", "item", "value", "serial"),
    codes={"positive": "0", "negative": "1"},
    encode=encode,
    decode=decode,
    rehearse=rehearse,
)
