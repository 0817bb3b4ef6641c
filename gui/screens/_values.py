"""What an entry of the log holds, in words: names for ids, words for codes, the laboratory's clock for moments."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from gui.screens import _codes
from gui.widgets import terms
from lims import text
from lims.queries.named import ID
from lims.rules import cases, form
from lims.text import t

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DEVICE_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(:\d\d)?)")
MOST = 400
"""Characters of a value that are shown."""
VOCABULARIES: Mapping[str, str] = {
    "sample.state": "state", "sample.kind": "kind", "product_group": "product_group", "stage": "stage",
    "condition": "condition", "seal_state": "seal_state", "department": "department", "word": "word", "call": "word",
    "role_grant.role": "role", "position.role": "position_role", "result.role": "position_role",
    "portion.role": "portion_role", "portion.state": "portion_state", "store_place.kind": "store_kind",
    "outsider.paper": "paper_kind", "disposal.reason": "disposal_reason", "disposal.method": "disposal_method",
    "seal.state": "seal_object", "seal_fact.what": "seal_object", "attachment_use.role": "attachment_role",
    "training.kind": "competence", "lot.state": "lot_state", "kit.kind": "kit_kind",
    "calibration.kind": "calibration_kind", "quality_check.kind": "check_kind",
    "nonconformity.kind": "nonconformity_kind",
}  # fmt: skip
"""Vocabulary of a column, by table and column or by the column alone."""
KINDS: Mapping[str, str] = {
    "verdict.state": "verdict_state", "decision": "review", "stray.reason": "stray", "fault.reason": "broken",
    "doubts": "doubt", "flags": "flag", "evidence": "rung", "validity": "validity", "run.state": "run_state",
    "readiness_override.state": "override_state", "hold.state": "hold_state",
    "nonconformity.state": "work_state", "limit_edition.state": "edition_state", "upload.state": "upload_state",
    "matched_by": "matched", "settled": "stray_settled", "plate.state": "plate_state", "regime": "clock_law",
    "access.kind": "access_kind", "opening.what": "opening",
    "trail_review.outcome": "oversight_outcome", "format": "assay_format", "way": "head_way", "table": "table",
}  # fmt: skip
"""Kind of the words of a column, likewise; several codes may stand in one value."""
KEPT_CLOSED = ("password",)


def said(table: str, column: str, value: str, names: Mapping[str, str]) -> str:
    """Say a value of a column as a person would; what nothing is known of stays as it stands in the log.

    Args:
        table: where the value stands.
        column: its column.
        value: as the entry holds it, None as the empty text.
        names: what the ids among the values are called.
    """
    if not value or column in KEPT_CLOSED:
        return "•••" if value else ""
    if value in names and column not in ("id", "name"):
        return names[value]
    if ID.fullmatch(value):
        return _short(value)
    if value == "station" and not column.endswith("kind"):
        return t("this station")
    return _moment(value) or _truth(value) or _named(table, column, value) or _object(table, value, names)


def settings(told: Mapping[str, object]) -> str:
    """Say the settings of an instrument, name by name."""
    return _object("instrument", json.dumps(told, ensure_ascii=False), {}) if told else ""


def key(of: str, names: Mapping[str, str]) -> str:
    """Say the key of a row: each of its parts as what it is called."""
    return " ".join(names.get(part) or _short(part) for part in of.split("/"))


def _short(value: str) -> str:
    return f"…{value[-6:]}" if ID.fullmatch(value) else value


def _moment(value: str) -> str:
    if MOMENT.fullmatch(value):
        return text.moment(datetime.fromisoformat(value))
    found = DEVICE_MOMENT.fullmatch(value)
    return f"{found[1]} {found[2]}" if found else ""


def _truth(value: str) -> str:
    return {"True": t("yes"), "False": t("no")}.get(value, "")


def _named(table: str, column: str, value: str) -> str:
    at = f"{table}.{column}"
    vocabulary = VOCABULARIES.get(at) or VOCABULARIES.get(column)
    if vocabulary:
        return terms.term(vocabulary, value)
    kind = KINDS.get(at) or KINDS.get(column)
    if kind:
        return t("format.comma").join(_codes.coded(kind, code.lower()) for code in value.split())
    speak = SPOKEN.get(at) or SPOKEN.get(column)
    return speak(value) if speak else ""


def _told(code: str) -> str:
    """Name what was told of a positive case."""
    kind = cases.kinds().get(code)
    return terms.said(kind.label) if kind else code


SPOKEN: Mapping[str, Callable[[str], str]] = {
    "township": terms.township, "method": _codes.method, "item": _codes.item, "analyte": _codes.item,
    "run.why": _codes.run_why, "positive_case.state": _codes.case_state, "case_fact.kind": _told,
}  # fmt: skip
"""What says the codes of a column in another way."""


def _object(table: str, value: str, names: Mapping[str, str]) -> str:
    """Say an object of the log name by name; anything else as it is, no longer than can be read."""
    told = _read(value) if value.startswith(("{", "[")) else None
    if isinstance(told, dict):
        parts = [f"{_heading(table, name)} {_part(table, name, one, names)}" for name, one in told.items()]
        return t("format.semicolon").join(parts)[:MOST]
    if isinstance(told, list):
        return t("format.comma").join(_part(table, "", one, names) for one in told)[:MOST] or "–"
    return value[:MOST]


def _heading(table: str, name: str) -> str:
    field = form.fields().get(name) if table == "sample" else None
    return terms.said(field.label) if field else _codes.coded("column", name)


def _choice(table: str, name: str, code: str) -> str:
    """Say what was chosen in a field of the sampling form."""
    field = form.fields().get(name) if table == "sample" else None
    term = next((one for one in field.options if one.code == code), None) if field else None
    return terms.said((term.zh, term.en)) if term else ""


def _part(table: str, name: str, one: object, names: Mapping[str, str]) -> str:
    if isinstance(one, str):
        return _choice(table, name, one) or said(table, name, one, names) or "–"
    return _object(table, _written(one), names)


def _written(one: object) -> str:
    return (
        json.dumps(one, ensure_ascii=False) if isinstance(one, dict | list) else _truth(str(one)) or str(one)
    )


def _read(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return None
