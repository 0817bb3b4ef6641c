"""Sends the outbox to an authority's platform, or writes it as a workbook; finds the platforms on disk."""

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx

from lims import text
from lims.door import Lims
from lims.errors import Invalid, NotFound
from lims.queries import uploads
from lims.reports import workbook
from lims.reports.workbook import Column, Sheet
from lims.services import upload
from lims.services.upload import Ready, Told
from lims.storage import keyrings
from lims.sync import platforms as folder
from lims.sync.platform import Account, Answer, Call, Outcome, Platform, Record, Rehearsal

_PATIENCE = httpx.Timeout(30.0, connect=10.0)
FIELDS = tuple(sorted({*uploads.FIELDS, "word_code"}))
"""Fields of a record that a column of a workbook may hold; `word_code` is the verdict in the platform's code."""


@cache
def known() -> Mapping[str, Platform]:
    """Return every platform by its id: a file in `lims/sync/platforms` is one, and no list has to know it."""
    found = {}
    for one in sorted(module.name for module in pkgutil.iter_modules(folder.__path__)):
        platform: Platform = importlib.import_module(f"{folder.__name__}.{one}").PLATFORM
        found[platform.id] = platform
    return found


def platform(id_: str) -> Platform:
    """Return one platform.

    Raises:
        NotFound: no such platform.
    """
    if id_ not in known():
        raise NotFound("upload.platform", id=id_, known=" ".join(known()))
    return known()[id_]


def prepare(lims: Lims, id_: str, first: date, last: date) -> int:
    """Put every approved verdict of a period into a platform's outbox; return how many entered.

    What lacks a required field, or has a word the platform knows no code for, is held with its reason.

    Raises:
        NotFound: no such platform.
    """
    wanted = platform(id_)
    there = lims.ask(uploads.known_keys, id_)
    fresh = [one for one in lims.ask(uploads.records, first, last) if one["key"] not in there]
    ready = [Ready(one, _against(wanted, one)) for one in fresh]
    return lims.do(upload.enqueue, id_, ready) if ready else 0


def _against(wanted: Platform, record: Record) -> str:
    return "; ".join(text.sentence(problem) for problem in wanted.problems(record))


def _kept_under(id_: str, user: str) -> str:
    return f"upload-{id_}-{user}"


def keep_secret(id_: str, user: str, secret: str) -> None:
    """Keep a platform's password in the keyring of this computer's account.

    Raises:
        NotFound: no such platform, or this computer has no keyring.
    """
    platform(id_)
    store = keyrings.system()
    if store is None:
        raise NotFound("upload.keyring")
    store.put(_kept_under(id_, user), secret.encode())


def account(id_: str, url: str, user: str, secret: str = "") -> Account:
    """Return how a platform is signed in to; without a secret the keyring's.

    Raises:
        NotFound: no secret was given and the keyring keeps none.
    """
    store = None if secret else keyrings.system()
    kept = store.get(_kept_under(id_, user)) if store else None
    found = secret or (kept or b"").decode()
    if not found:
        raise NotFound("upload.secret", platform=id_, user=user)
    return Account(url, user, found)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sending came to."""

    accepted: int
    refused: int
    again: int


def send(lims: Lims, id_: str, account: Account, *, most: int = 1000) -> Sent:
    """Send what waits and whose time has come; every answer is kept before the next call is made.

    After the first call that has to be tried again nothing more is sent: the platform is away or does not know us.

    Raises:
        NotFound: no such platform.
        Invalid: the platform takes workbooks, not calls.
    """
    wanted = platform(id_)
    if wanted.encode is None or wanted.decode is None:
        raise Invalid("upload.workbook", platform=id_)
    counts = dict.fromkeys(Outcome, 0)
    waiting = lims.ask(uploads.due, id_, most)
    with httpx.Client(base_url=account.url, timeout=_PATIENCE) as client:
        for start in range(0, len(waiting), wanted.batch):
            part = waiting[start : start + wanted.batch]
            answers, raw = _exchange(client, wanted, account, [one.content for one in part])
            ids = {one.key: one.id for one in part}
            told = [Told(ids[one.key], one.outcome.value, one.said, one.remote) for one in answers]
            lims.do(upload.note, told, answer=raw)
            for one in answers:
                counts[one.outcome] += 1
            if any(one.outcome is Outcome.AGAIN for one in answers):
                break
    return Sent(counts[Outcome.ACCEPTED], counts[Outcome.REFUSED], counts[Outcome.AGAIN])


def _exchange(
    client: httpx.Client, wanted: Platform, account: Account, records: Sequence[Record]
) -> tuple[list[Answer], str]:
    assert wanted.encode is not None  # noqa: S101 - looked at before
    assert wanted.decode is not None  # noqa: S101 - the same
    call = wanted.encode(account, records)
    try:
        reply = client.post(call.path, content=call.body, headers={"Content-Type": call.kind})
    except httpx.HTTPError as fault:
        said = f"{type(fault).__name__}: {fault}"[:200]
        return [Answer(one["key"], Outcome.AGAIN, said) for one in records], ""
    return wanted.decode(reply.status_code, reply.content, records), reply.text


# Workbooks ------------------------------------------------------------------------------------------------


def columns(content: str, known_fields: Sequence[str]) -> dict[str, str]:
    """Return an edited column map: TOML with a table `columns`, heading to field.

    Raises:
        Invalid: no TOML, no columns, or a field that no record has.
    """
    try:
        found = tomllib.loads(content).get("columns")
    except tomllib.TOMLDecodeError as fault:
        raise Invalid("edition.text", fault=str(fault)) from None
    if not isinstance(found, dict) or not found:
        raise Invalid("upload.columns")
    wrong = sorted(str(name) for name in found.values() if name not in known_fields)
    if wrong:
        raise Invalid("upload.field", fields=", ".join(wrong))
    return {str(head): str(name) for head, name in found.items()}


def write(lims: Lims, id_: str, path: Path, mapped: Mapping[str, str] | None = None) -> int:
    """Write what waits for a platform as a workbook and note it as handed over; return the rows.

    The rows are noted only once the file lies on disk whole.

    Raises:
        NotFound: no such platform.
        Invalid: the platform takes calls, not workbooks, or the file cannot be written.
    """
    wanted = platform(id_)
    heads = dict(mapped or wanted.columns)
    if not heads:
        raise Invalid("upload.calls", platform=id_)
    waiting = lims.ask(uploads.due, id_, workbook.SHEET_ROWS - 1)
    rows = [_row(wanted, one.content, heads) for one in waiting]
    sheet = Sheet(wanted.title[0][:28], [Column(head, width=18) for head in heads], rows)
    workbook.write(path, [sheet])
    if waiting:
        lims.do(upload.note, [Told(one.id, "accepted", path.name) for one in waiting])
    return len(waiting)


def _row(wanted: Platform, record: Record, heads: Mapping[str, str]) -> list[str]:
    said = {**record, "word_code": wanted.code(record)}
    return [said.get(name, "/") for name in heads.values()]


# Rehearsal ------------------------------------------------------------------------------------------------


@contextmanager
def rehearsing(wanted: Platform, state: Rehearsal, port: int = 0) -> Iterator[str]:
    """Run a platform of ours on this computer for the length of a `with` block and give its address.

    Raises:
        Invalid: the platform takes workbooks, so there is nothing to answer.
    """
    answers = wanted.rehearse
    if answers is None:
        raise Invalid("upload.workbook", platform=wanted.id)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, said = _answer(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    def _answer(body: bytes) -> tuple[int, bytes]:
        if state.fault == "busy":
            return 500, b"busy"
        status, said = answers(state, Call("", "", body))
        return status, said[: len(said) // 2] if state.fault == "cut" else said

    server = ThreadingHTTPServer(("127.0.0.1", port), Answering)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
