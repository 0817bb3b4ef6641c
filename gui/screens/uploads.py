"""Records for the authorities' platforms: what waits, what each platform answered, and what goes once more."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gui.desk import Desk
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets import terms
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.errors import Invalid
from lims.queries import uploads
from lims.queries.uploads import Answer, Line
from lims.rules import regulation
from lims.services import upload, watch
from lims.text import mark, t

TITLE = mark("Uploads")
ICON = "sync"
ORDER = 108
NEEDS = "technician reviewer manager"
MAY = ("technician", "reviewer", "manager")

OUTBOX = (
    Column("platform", mark("Platform"), 80), Column("number", mark("Sample"), 128), Column("item", mark("Item"), 140),
    Column("word", mark("Result"), 60), Column("state", mark("State"), 76, keeps=True),
    Column("attempts", mark("Sent"), 64, "number"), Column("said", mark("What the platform said"), 170),
    Column("next", mark("Next try"), 104),
)  # fmt: skip
ANSWERS = (
    Column("at", mark("Time"), 140), Column("outcome", mark("Outcome"), 100),
    Column("said", mark("What the platform said"), 360), Column("remote", mark("Its number"), 150),
)  # fmt: skip
TONES = {"refused": "positive", "held": "suspect"}


def prepare(door: Any, platform: str, first: date, last: date) -> int:  # noqa: ANN401 - the laboratory's door
    """Put approved results into a platform's outbox; for a worker thread."""
    from lims.sync import uploading  # noqa: PLC0415 - what speaks to a network is loaded when it is used

    return uploading.prepare(door, platform, first, last)


def send(door: Any, platform: str, url: str, user: str, secret: str) -> None:  # noqa: ANN401 - the door
    """Send what waits; for a worker thread.

    Raises:
        Invalid: not everything was accepted; what was is kept as such.
    """
    from lims.sync import uploading  # noqa: PLC0415 - as above

    sent = uploading.send(door, platform, uploading.account(platform, url, user, secret))
    if sent.refused or sent.again:
        raise Invalid("upload.part", accepted=sent.accepted, refused=sent.refused, again=sent.again)


def write(door: Any, platform: str, path: str) -> object:  # noqa: ANN401 - the door
    """Write what waits as the platform's workbook; for a worker thread."""
    from lims.sync import uploading  # noqa: PLC0415 - as above

    found = uploading.write(door, platform, Path(path), None)
    watch.left(door, "export", f"outbox {platform}", Path(path).name)
    return found


class Screen(Ledger):
    """The outbox, and the answers to the record chosen in it."""

    def __init__(self, desk: Desk) -> None:
        self._lines: dict[str, Line] = {}
        self._answers: dict[str, Answer] = {}
        self._chosen = ""
        self._account: dict[str, str] = {}
        super().__init__(desk, TITLE, self._pages_of(), self._acts_of())

    def _pages_of(self) -> tuple[Page, ...]:
        return (
            Page("outbox", mark("Outbox"), OUTBOX, lambda: (uploads.listed, (), {}), self._rows, self._about,
                 mark("F2 takes approved results in, F4 sends what waits; a refused one goes again with a reason."),
                 mark("Nothing for any platform yet: F2 takes approved results in.")),
            Page("answers", mark("Answers"), ANSWERS, lambda: (uploads.answers, (self._chosen,), {}),
                 self._answer_rows, self._about_answer, mark("Every answer to the record chosen before, as it came."),
                 mark("No platform answered this record yet.")),
        )  # fmt: skip

    def turn(self, name: str) -> None:
        """Keep the record under the cursor for the page of its answers."""
        if self.page.name == "outbox" and self.key:
            self._chosen = self.key
        super().turn(name)

    def _rows(self, found: Sequence[Line]) -> list[Row]:
        self._lines = {one.id: one for one in found}
        return [
            Row(one.id, (one.platform, one.number, one.item, _word(one.word),
                         text.words(f"upload_state.{one.state}"), one.attempts,
                         one.said, text.moment(one.next_at) if one.next_at else ""), TONES.get(one.state, ""))
            for one in found
        ]  # fmt: skip

    def _answer_rows(self, found: Sequence[Answer]) -> list[Row]:
        self._answers = {one.id: one for one in found}
        return [
            Row(
                one.id, (text.moment(one.at), text.words(f"upload_state.{one.outcome}"), one.said, one.remote)
            )
            for one in found
        ]

    def _about(self, key: str) -> str:
        one = self._lines.get(key)
        if one is None:
            return ""
        lines = [
            f"{one.platform} · {one.number}",
            one.item,
            text.words(f"upload_state.{one.state}"),
            one.said,
        ]
        lines += [t("Last answer: {time}", time=text.moment(one.at))] if one.at else []
        lines += [t("Goes again by itself: {time}", time=text.moment(one.next_at))] if one.next_at else []
        return "\n".join(line for line in lines if line)

    def _about_answer(self, key: str) -> str:
        one = self._answers.get(key)
        return f"{text.moment(one.at)}\n{one.answer or one.said}" if one else ""

    # Acts -------------------------------------------------------------------------------------------------

    def _acts_of(self) -> tuple[Act, ...]:
        return (
            Act("prepare", ("outbox",), mark("Take results in"), "F2", MAY, self._prepare, _period_fields,
                on_row=False),
            Act("send", ("outbox",), mark("Send what waits"), "F4", MAY, self._send, _account_fields,
                fill=lambda _: self._account, on_row=False),
            Act("again", ("outbox",), mark("Send once more"), "F6", MAY, self._again, _reason_fields,
                refuses=self._not_again),
            Act("write", ("outbox",), mark("Write a workbook"), "F7", MAY, self._write, _workbook_fields,
                on_row=False),
        )  # fmt: skip

    def _not_again(self, key: str) -> str:
        one = self._lines.get(key)
        return (
            "" if one and one.state in {"refused", "held"} else t("only what was refused or held goes again")
        )

    @staticmethod
    def _prepare(_: str, answers: Answers) -> Doing:
        return Doing(prepare, (text_of(answers, "platform"), answers["first"], answers["last"]), apart=True)

    def _send(self, _: str, answers: Answers) -> Doing:
        self._account = {name: text_of(answers, name) for name in ("platform", "url", "user")}
        return Doing(send, (*self._account.values(), text_of(answers, "secret")), apart=True)

    @staticmethod
    def _again(key: str, answers: Answers) -> Doing:
        return Doing(upload.again, (), {"upload": key, "reason": text_of(answers, "reason")})

    @staticmethod
    def _write(_: str, answers: Answers) -> Doing:
        return Doing(write, (text_of(answers, "platform"), text_of(answers, "file")), apart=True)


def _word(code: str) -> str:
    found = regulation.term("word", code)
    return terms.said((found.zh, found.en))


def _platforms(*, called: bool) -> Field:
    from lims.sync import uploading  # noqa: PLC0415 - as above

    found = tuple(
        (one.id, terms.said(one.title)) for one in uploading.known().values() if bool(one.encode) is called
    )
    return Field("platform", mark("Platform"), "choice", found, required=True)


def _period_fields() -> tuple[Field, ...]:
    called, written = _platforms(called=True), _platforms(called=False)
    return (
        Field("platform", mark("Platform"), "choice", (*called.options, *written.options), required=True),
        Field("first", mark("Sampled from"), "date", required=True, slash=False),
        Field("last", mark("Sampled until"), "date", required=True, slash=False),
    )


def _account_fields() -> tuple[Field, ...]:
    return (
        _platforms(called=True),
        Field("url", mark("Address of the platform"), required=True, slash=False),
        Field("user", mark("User there"), required=True, slash=False),
        Field("secret", mark("Password there"), "secret", hint=mark("empty: from this computer's keyring")),
    )


def _reason_fields() -> tuple[Field, ...]:
    return (Field("reason", mark("What was mended"), required=True, slash=False),)


def _workbook_fields() -> tuple[Field, ...]:
    return (_platforms(called=False), Field("file", mark("New file"), required=True, slash=False))


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [
        ("prepare", lambda: screen.begin("prepare")),
        ("send", lambda: screen.begin("send")),
        ("answers", lambda: screen.turn("answers")),
    ]
