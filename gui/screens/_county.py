"""The county's side of vans and desks: stations, what does not fit, bundles taken, sets that flow down."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gui.desk import Desk
from gui.screens import _carried
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.bench.traffic import Here, Traffic
from lims.sync import arrivals, inbox, members, sets
from lims.sync.arrivals import Matter, Standing
from lims.sync.inbox import Decision
from lims.sync.members import Wanted
from lims.sync.sets import Issued
from lims.text import mark, t, words

MANAGER = ("manager",)
CARRIES = ("manager", "administrator", "technician", "reviewer")

STATIONS = (
    Column("station", mark("Station"), 76), Column("name", mark("Station name"), 150), Column("of", mark("Site"), 70),
    Column("state", mark("State"), 110), Column("last", mark("Last bundle"), 150),
    Column("held", mark("Entries here"), 96, "number"), Column("troubles", mark("To settle"), 80, "number"),
)  # fmt: skip
MATTERS = (
    Column("kind", mark("Matter"), 150), Column("of", mark("Site"), 70), Column("where", mark("Entry"), 70, "number"),
    Column("at", mark("Noticed"), 150), Column("next", mark("Next step"), 380),
)  # fmt: skip
TAKEN = (
    Column("at", mark("Taken"), 150), Column("of", mark("Site"), 80), Column("first", mark("From entry"), 90, "number"),
    Column("last", mark("To entry"), 90, "number"), Column("id", mark("Bundle"), 140),
)  # fmt: skip
SETS = (
    Column("kind", mark("Set"), 150), Column("version", mark("Version"), 80, "number"),
    Column("until", mark("Holds until"), 160), Column("state", mark("State"), 110),
    Column("at", mark("Since"), 160),
)  # fmt: skip


def set_rows(found: Sequence[Issued]) -> list[Row]:
    """Write sets as rows; one whose time is over stands out."""
    return [
        Row(one.kind, (words(f"set_kind.{one.kind}"), one.version, text.moment(one.until),
                       t("╳ over") if one.expired else t("○ in force"), text.moment(one.at)),
            "positive" if one.expired else "")
        for one in found
    ]  # fmt: skip


class County(Ledger):
    """What came from vans and desks of other sites, and what goes out to them."""

    def __init__(self, desk: Desk, title: str, traffic: Traffic, here: Here) -> None:
        self._traffic, self._here = traffic, here
        self._stations: dict[str, Standing] = {}
        self._matters: dict[str, Matter] = {}
        super().__init__(desk, title, self._pages_of(), self._acts_of())

    def know(self, here: Here) -> None:
        """Take what is known of this computer now."""
        self._here = here

    def _pages_of(self) -> tuple[Page, ...]:
        return (
            Page("stations", mark("Stations"), STATIONS, lambda: (arrivals.standings, (), {}), self._station_rows,
                 self._about, mark("Enter takes in what a van brought on a stick and writes its receipt beside it."),
                 mark("No van yet. N founds one.")),
            Page("matters", mark("To settle"), MATTERS, lambda: (arrivals.matters, (), {}), self._matter_rows,
                 self._about_matter, mark("Nothing is overwritten and nothing is forced: a person decides."),
                 mark("Everything that came in fits.")),
            Page("taken", mark("Bundles taken"), TAKEN, lambda: (arrivals.taken, (), {}), self._taken_rows, str,
                 mark("Each bundle that was taken, the newest first."), mark("No bundle was taken yet.")),
            Page("sets", mark("Sets that flow down"), SETS, lambda: (sets.issued, (), {}), set_rows,
                 lambda kind: words(f"set_kind.{kind}"),
                 mark("A van works by the newest set it has; with one that is over it still tests, and says so."),
                 mark("No set was published yet: P publishes people, plan, limits, rules or settings.")),
        )  # fmt: skip

    # Rows -------------------------------------------------------------------------------------------------

    def _station_rows(self, found: Sequence[Standing]) -> list[Row]:
        self._stations = {one.station: one for one in found}
        self.desk.badged.emit("vans", sum({one.of: one.troubles for one in found}.values()))
        return [
            Row(one.station, (one.station, one.name, one.of, words(f"member_state.{one.state}"),
                              text.moment(one.last) if one.last else "—", one.held, one.troubles or ""),
                "positive" if one.state == "stopped" else "muted" if one.state == "revoked" else "")
            for one in found
        ]  # fmt: skip

    def _about(self, key: str) -> str:
        one = self._stations.get(key)
        if one is None:
            return ""
        last = t("Last bundle: {at}, {age} ago", at=text.moment(one.last), age=_carried.age(one.last)) if one.last \
            else t("Nothing has come from it yet.")  # fmt: skip
        lines = [f"{one.station} {one.name}", words(f"member_state.{one.state}"), last,
                 t("{count} entries of site {site} are here.", count=one.held, site=one.of)]  # fmt: skip
        lines += [t("{count} to settle: page 2.", count=one.troubles)] if one.troubles else []
        lines += [one.reason] if one.reason else []
        return "\n\n".join([lines[0] + "\n" + lines[1], *lines[2:], words(f"member_next.{one.state}")])

    def _matter_rows(self, found: Sequence[Matter]) -> list[Row]:
        self._matters = {one.key: one for one in found}
        return [
            Row(one.key, (words(f"matter.{one.kind}"), one.of, one.where, text.moment(one.at), _next(one)),
                "positive" if one.open else "muted")
            for one in found
        ]  # fmt: skip

    def _about_matter(self, key: str) -> str:
        one = self._matters.get(key)
        if one is None:
            return ""
        detail = (
            text.words(f"fork_decision.{one.detail}") if one.kind == "fork" and one.detail else one.detail
        )
        place = t(
            "Site {site}, log of {station}, entry {number}",
            site=one.of,
            station=one.station,
            number=one.where,
        )
        asked = t("Site {site}: entries from {number} on are asked for", site=one.of, number=one.where)
        return "\n\n".join(part for part in (f"{words(f'matter.{one.kind}')}\n{place if one.station else asked}",
                                             detail, _next(one)) if part)  # fmt: skip

    @staticmethod
    def _taken_rows(found: Sequence[arrivals.Taken]) -> list[Row]:
        return [
            Row(one.id, (text.moment(one.at), one.of, one.first, one.last - 1, one.id[:12])) for one in found
        ]

    # Acts -------------------------------------------------------------------------------------------------

    def _acts_of(self) -> tuple[Act, ...]:
        return (
            Act("revoke", ("stations",), mark("Revoke"), "X", MANAGER,
                lambda key, said: Doing(members.revoke, (key,), {"reason": text_of(said, "reason")}), _reason,
                refuses=self._gone),
            Act("admit", ("stations",), mark("Admit"), "A", MANAGER, self._admit, _admit_fields, on_row=False),
            Act("found", ("stations",), mark("Found a van"), "N", MANAGER, self._found, _found_fields, self._places,
                on_row=False),
            Act("publish", ("stations", "sets"), mark("Publish a set"), "P", MANAGER, self._publish, _set_fields,
                on_row=False),
            Act("address", ("sets",), mark("Our address"), "U", MANAGER,
                lambda _, said: Doing(members.address, (text_of(said, "url"),)), _url_fields,
                lambda _: {"url": self._here.url}, on_row=False),
            Act("decide", ("matters",), mark("Decide about the fork"), "D", MANAGER, self._decide, _fork_fields,
                refuses=lambda key: self._not_a("fork", key)),
            Act("retry", ("matters",), mark("Try again"), "R", MANAGER,
                lambda key, _: Doing(inbox.project_again, (self._matters[key].of,), told=_again),
                refuses=lambda key: self._not_a("quarantined", key)),
            Act("take", ("stations", "matters", "taken"), mark("Take in"), "Return", CARRIES, self._take, take_fields,
                self._places, on_row=False),
        )  # fmt: skip

    def _gone(self, key: str) -> str:
        one = self._stations.get(key)
        return t("it was revoked already") if one is not None and one.state == "revoked" else ""

    def _not_a(self, kind: str, key: str) -> str:
        one = self._matters.get(key)
        return "" if one is not None and one.kind == kind and one.open else t("this line needs no such act")

    def _places(self, _: str) -> dict[str, str]:
        return {"folder": self._here.places[-1]} if self._here.places else {}

    def _take(self, _: str, said: Answers) -> Doing:
        return taking(self.desk, self._traffic, text_of(said, "folder"))

    def _found(self, _: str, said: Answers) -> Doing:
        wanted = Wanted(
            text_of(said, "site").upper(), text_of(said, "station").upper(), text_of(said, "name")
        )
        return Doing(self._traffic.found, (wanted, text_of(said, "folder")), apart=True, told=self._code)

    def _code(self, found: tuple[Path, str]) -> str:
        file, code = found
        self.desk.banner(
            "charter", t("The code of {file}: {code}. It is shown this once; tell it by telephone, never with the "
                         "file.", file=file.name, code=code), "warn")  # fmt: skip
        return t("Saved: {path}", path=str(file))

    def _admit(self, _: str, said: Answers) -> Doing:
        return Doing(
            self._traffic.admit,
            (text_of(said, "file"), str(said.get("read") or "")),
            apart=True,
            told=_admitted,
        )

    def _publish(self, _: str, said: Answers) -> Doing:
        kind, days = text_of(said, "kind"), int(text_of(said, "days"))
        return Doing(self._traffic.issue, (kind, days), apart=True, told=lambda version: t(
            "{kind}: version {version} is published; vans get it with their next receipt.",
            kind=words(f"set_kind.{kind}"), version=version))  # fmt: skip

    def _decide(self, key: str, said: Answers) -> Doing:
        decision = Decision(text_of(said, "word"), text_of(said, "reason"))
        return Doing(inbox.decide, (self._matters[key].id, decision))


def taking(desk: Desk, traffic: Traffic, place: str) -> Doing:
    """Take in what lies in a folder, with its progress."""

    def work(_: Any, *, job: Any) -> object:  # noqa: ANN401 - the door, which is not needed, and the job
        return traffic.take(place, job.step)

    return Doing(work, apart=True, words=mark("Taking in …"), told=lambda found: _carried.taken(desk, found))


def _next(one: Matter) -> str:
    return words(f"matter_next.{one.kind}") if one.open else t("settled")


def _again(still: int) -> str:
    return (
        t("{count} entries still wait for a newer program.", count=still)
        if still
        else t("Everything fits now.")
    )


def _admitted(station: str) -> str:
    return t("{station} is admitted: its bundles are taken from now on.", station=station)


def take_fields() -> tuple[Field, ...]:
    """Ask where a stick is."""
    return (Field("folder", mark("Folder or stick"), "folder", required=True, slash=False),)


def _reason() -> tuple[Field, ...]:
    return (Field("reason", mark("Reason"), required=True, slash=False, hint=mark("stolen, lost, given up")),)


def _admit_fields() -> tuple[Field, ...]:
    return (
        Field("file", mark("Answer file of the van (.kjanswer)"), "file", required=True, slash=False),
        Field("read", mark("Fingerprint, as the people in the van read it to you"), required=True, slash=False,
              hint=mark("six groups of four, heard, not copied")),
    )  # fmt: skip


def _found_fields() -> tuple[Field, ...]:
    return (
        Field("name", mark("Name of the van"), required=True, slash=False),
        Field("site", mark("Code of its site"), required=True, slash=False, hint=mark("letters and digits: LV1")),
        Field("station", mark("Code of its station"), required=True, slash=False,
              hint=mark("two letters, two digits: LV01; begins its sample numbers")),
        Field("folder", mark("Folder for its charter"), "folder", required=True, slash=False),
    )  # fmt: skip


def _set_fields() -> tuple[Field, ...]:
    kinds = tuple((kind, f"word.set_kind.{kind}") for kind in sets.KINDS)
    return (
        Field("kind", mark("Set"), "choice", kinds, required=True, slash=False),
        Field("days", mark("Days it holds"), "choice", tuple((str(n), str(n)) for n in (7, 14, 30, 90, 366)),
              required=True, slash=False),
    )  # fmt: skip


def _fork_fields() -> tuple[Field, ...]:
    options = tuple((word, f"word.fork_decision.{word}") for word in inbox.DECISIONS)
    return (
        Field("word", mark("Decision"), "choice", options, required=True, slash=False),
        Field("reason", mark("Reason"), required=True, slash=False),
    )


def _url_fields() -> tuple[Field, ...]:
    return (
        Field(
            "url",
            mark("Where vans reach this county"),
            slash=True,
            hint=mark("https://…:8443, / for stick alone"),
        ),
    )
