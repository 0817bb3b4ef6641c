"""What was carried between a van and its county, in words."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gui.desk import Desk
from lims import clock, text
from lims.sync.outbox import Made, Waiting
from lims.sync.pruning import Freed
from lims.sync.sticks import Taken
from lims.text import t, words

if TYPE_CHECKING:
    from lims.sync.courier import Report

MATTERS = ("fork", "gap", "stopped")
"""Outcomes of a bundle that a person has to settle."""


def size(count: int) -> str:
    """Write a number of bytes as people say it."""
    if count < 1 << 20:
        return f"{max(1, count >> 10) if count else 0} KiB"
    return f"{count / (1 << 20):.1f} MiB"


def age(since: datetime, now: datetime | None = None) -> str:
    """Write how long ago a moment was, in the largest unit that fits."""
    left = max(timedelta(0), (now or clock.now()) - since)
    minutes = int(left.total_seconds()) // 60
    if minutes < 60:
        return t("{count} min", count=minutes)
    return (
        t("{count} h", count=minutes // 60) if minutes < 48 * 60 else t("{count} days", count=minutes // 1440)
    )


def unsent(waiting: Waiting) -> str:
    """Say in a few words what is not yet at the county; an empty text where there is none or nothing waits."""
    if not waiting.county or not (waiting.entries or waiting.photos):
        return ""
    old = age(waiting.since) if waiting.since else ""
    bytes_ = size(waiting.bytes + waiting.photo_bytes)
    return " · ".join(part for part in (t("not sent: {count}", count=waiting.entries), old, bytes_) if part)


def made(found: list[Made]) -> str:
    """Say what was written."""
    return t("{count} bundles written, {size}. Carry them to the county and bring its reply back.",
             count=len(found), size=size(sum(one.bytes for one in found)))  # fmt: skip


def sent(report: "Report") -> str:
    """Say what a visit did."""
    if report.accepted.state != "admitted":
        return t("The county takes nothing from this station now: {state}.",
                 state=words(f"member_state.{report.accepted.state}"))  # fmt: skip
    if not report.bundles:
        return t("The county has everything.")
    return t("{count} bundles sent, {size}; the county holds everything up to entry {last}.",
             count=report.bundles, size=size(report.bytes), last=report.accepted.held.last)  # fmt: skip


def freed(found: Freed) -> str:
    """Say what left the disk."""
    if not found.files:
        return t("Nothing may leave yet: the county has no backup that holds more than left before.")
    return t("{count} files left this computer, {size}. The county holds them in a backup that it read back.",
             count=found.files, size=size(found.bytes))  # fmt: skip


def taken(desk: Desk, found: Taken) -> str:
    """Say what was taken; each file that was not stays as a banner with its reason."""
    for one in found.refused:
        desk.banner(
            f"refused.{one.file}", t("{file}: {why}", file=one.file, why=text.sentence(one.error)), "wrong"
        )
    for outcome in found.outcomes:
        if outcome.word in MATTERS:
            said = t("Site {site}: {next}", site=outcome.of, next=words(f"matter_next.{outcome.word}"))
            desk.banner(f"matter.{outcome.of}", said, "wrong")
    if found.accepted is not None:
        return t("The county holds this site up to entry {last}.", last=found.accepted.held.last)
    new = sum(one.word == "taken" for one in found.outcomes)
    known = sum(one.word == "again" for one in found.outcomes)
    return t("{new} bundles taken, {known} known before, {replies} replies written.",
             new=new, known=known, replies=len(found.replies))  # fmt: skip
