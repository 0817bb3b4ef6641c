"""Rows to after-images and back: the one place that knows how a column's value is spelled in the log."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, Table

from lims.errors import Invalid
from lims.evidence.canonical import decode, encode
from lims.evidence.entry import Image
from lims.records.base import Record
from lims.records.types import DecimalText, JsonText, UtcTime, parse_time, time_text

Plain = bool | int | str | None


def _to_plain(value: object) -> Plain:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return str(value)
        case datetime():
            return time_text(value)
        case date():
            return value.isoformat()
        case dict():
            return encode(value).decode()
        case _:
            raise Invalid("log.type", where="row", type=type(value).__name__)


def image(row: Record) -> Image:
    """Return the whole row as plain values, key included; columns that were never set are None."""
    return {column.key: _to_plain(getattr(row, column.key)) for column in row.__table__.columns}


def _wrong(column: Column[Any], plain: object) -> Invalid:
    return Invalid("log.value", column=f"{column.table.name}.{column.key}", value=str(plain)[:80])


def _from_text(column: Column[Any], plain: str) -> object:
    match column.type:
        case UtcTime():
            return parse_time(plain)
        case DecimalText():
            return Decimal(plain)
        case JsonText():
            return decode(plain.encode())
        case Date():
            return date.fromisoformat(plain)
        case _:
            return plain


def _from_plain(column: Column[Any], plain: Plain) -> object:
    if plain is None:
        if not column.nullable:
            raise _wrong(column, plain)
        return None
    if isinstance(column.type, Boolean):
        wanted: type = bool
    elif isinstance(column.type, Integer):
        wanted = int
    else:
        wanted = str
    if type(plain) is not wanted:
        raise _wrong(column, plain)
    if not isinstance(plain, str):
        return plain
    try:
        return _from_text(column, plain)
    except (ValueError, InvalidOperation):
        raise _wrong(column, plain) from None


def values(table: Table, row: Image) -> dict[str, object]:
    """Return the database values of an after-image.

    Raises:
        Invalid: when the image has other columns than the table, or a value its column cannot hold.
    """
    if set(row) != {column.key for column in table.columns}:
        raise Invalid("log.columns", table=table.name)
    return {column.key: _from_plain(column, row[column.key]) for column in table.columns}
