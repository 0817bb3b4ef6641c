"""What can be done to a bag or a portion: the questions of each act, and the act itself for a worker thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from gui.widgets import terms
from gui.widgets.field import Field
from lims.errors import Invalid
from lims.queries.portions import Storage
from lims.queries.weights import Weight
from lims.rules import amount, regulation
from lims.rules.amount import Amount
from lims.services import attach, identify, meeting, portion, sealing, store_room, weigh
from lims.services.attach import Subject
from lims.services.custody import Stranger
from lims.services.meeting import Meeting, Ours, Visitor
from lims.services.portion import Ending, Part
from lims.services.sealing import Bag
from lims.services.store_room import Room
from lims.text import mark, t


@dataclass(frozen=True, slots=True)
class Scene:
    """What an act is done with: door, folder, login, bag, places, what was drawn, weights, whether on a van."""

    door: Any
    folder: Any
    login: str
    sample: str
    portion: str
    places: Sequence[Storage] = ()
    drawn: bytes = b""
    weights: Sequence[Weight] = ()
    van: bool = False


Told = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its key, its word, who may do it, what it is about, its questions, and what does it.

    `about` is `bag` (a sample or one of its portions), `portion` or nothing; `pad` asks for a drawn signature.
    """

    key: str
    word: str
    needs: frozenset[str]
    about: str
    fields: Callable[[Scene], list[Field]]
    do: Callable[[Scene, Told], object]
    done: str
    pad: bool = False


def _needs(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _vocabulary(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, terms.said((one.zh, one.en))) for one in regulation.vocabulary(name))


def _field(name: str, label: str, kind: str = "text", *, must: bool = True, **more: Any) -> Field:  # noqa: ANN401 - a Field's own
    return Field(name, label, kind, required=must, slash=False, **more)


def _number(told: Told, name: str) -> Decimal | None:
    text = told.get(name, "")
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise Invalid("custody.figure", text=text) from None


def _amount(text: str) -> Amount:
    found = amount.written(text)
    if found is None:
        raise Invalid("custody.amount", text=text)
    return found


# Handover -------------------------------------------------------------------------------------------------

MINE, WHO = "direction", "other"
DIRECTIONS = (("take", mark("I take it over")), ("give", mark("I give it away")))
OTHERS = (("ours", mark("One of ours")), ("outside", mark("Somebody from outside")))
DECISIONS = (("accepted", mark("Taken over")), ("refused", mark("Refused")))
TO_COUNTY = ("county", mark("The county takes it over"))


def _handover_fields(scene: Scene) -> list[Field]:
    county = (TO_COUNTY,) if scene.van and not scene.portion else ()
    return [
        _field("direction", mark("What I do"), "choice", options=DIRECTIONS),
        _field("own_password", mark("My password"), "secret"),
        _field("other", mark("The other party"), "choice", options=OTHERS),
        _field("login", mark("Login of the other party"), must=False),
        _field("password", mark("Password of the other party"), "secret", must=False),
        _field("name", mark("Name of somebody from outside"), must=False),
        _field("organisation", mark("Works for"), must=False),
        _field("paper", mark("Paper shown"), "choice", must=False, options=_vocabulary("paper_kind")),
        _field("paper_number", mark("Number of the paper"), must=False),
        _field("phone", mark("Telephone"), must=False),
        _field("person_photo", mark("Photograph of this person"), "file", must=False),
        _field("place", mark("Place of the handover")),
        _field("position", mark("GPS: latitude, longitude"), must=False),
        Field("seal", mark("Seal as read"), required=True),
        _field("seal_state", mark("State of the seal"), "choice", options=_vocabulary("seal_state")),
        _field("condition", mark("Condition"), "choice", options=_vocabulary("condition")),
        _field("temperature", mark("Temperature"), "number", must=False, unit="℃"),
        _field("quantity", mark("Quantity"), must=False),
        _field("photo", mark("Photograph of the bag"), "file", must=False),
        _field("decision", mark("Decision"), "choice", options=(*DECISIONS, *county)),
        _field("reason", mark("Reason of a refusal"), must=False),
    ]


def _hand_over(scene: Scene, told: Told) -> object:
    mine = Ours(scene.login, told["own_password"])
    other = _other(scene, told)
    giver, taker = (mine, other) if told["direction"] == "give" else (other, mine)
    held = Meeting(
        giver=giver,
        taker=taker,
        place=told["place"],
        seal=told["seal"],
        seal_state=told["seal_state"],
        condition=told["condition"],
        portion=scene.portion,
        position=meeting.position(told.get("position", "")),
        temperature=_number(told, "temperature"),
        quantity=_amount(told["quantity"]) if told.get("quantity") else None,
        photo=_path(told, "photo"),
    )
    if told["decision"] == TO_COUNTY[0]:
        return meeting.to_county(scene.door, scene.folder, scene.sample, held)
    accepted = told["decision"] == "accepted"
    reason = told.get("reason", "")
    return meeting.hold(scene.door, scene.folder, scene.sample, held, accepted=accepted, reason=reason)


def _other(scene: Scene, told: Told) -> Ours | Visitor:
    if told["other"] == "ours":
        return Ours(told.get("login", "").strip(), told.get("password", ""))
    stranger = Stranger(
        told.get("name", ""),
        told.get("organisation", ""),
        told.get("paper", ""),
        told.get("paper_number", ""),
        told.get("phone", "") or "/",
    )
    return Visitor(stranger, scene.drawn, _path(told, "person_photo"))


def _path(told: Told, name: str) -> Path | None:
    return Path(told[name]) if told.get(name) else None


# Portions -------------------------------------------------------------------------------------------------


def _divide_fields(scene: Scene) -> list[Field]:
    first = mark("Aliquots, such as 100 g 100 g") if scene.portion else mark("Test portion, such as 1.2 kg")
    found = [_field("test", first)]
    return found if scene.portion else [*found, _field("retained", mark("Retained portion, such as 800 g"))]


def _divide(scene: Scene, told: Told) -> object:
    if scene.portion:
        words = told["test"].split()
        texts = [" ".join(words[at : at + 2]) for at in range(0, len(words), 2)]
        parts = [Part("aliquot", _amount(text)) for text in texts]
    else:
        parts = [Part("test", _amount(told["test"])), Part("retained", _amount(told["retained"]))]
    return scene.door.do(portion.divide, scene.sample, parts, of=scene.portion)


def _weigh_fields(scene: Scene) -> list[Field]:
    """The weights at hand, each with its balance; what was said only once is held against the display."""
    weights = tuple((one.reading, f"{one.value} {one.unit} · {one.balance}") for one in scene.weights)
    roles = [one for one in _vocabulary("portion_role") if (one[0] == "aliquot") == bool(scene.portion)]
    yes = (("yes", mark("It is what the display says")),)
    return [
        _field("reading", mark("Weight"), "choice", options=weights),
        _field("role", mark("What it is for"), "choice", options=tuple(roles)),
        _field(
            "compared",
            mark("Display"),
            "choice",
            must=not all(one.verified for one in scene.weights),
            options=yes,
        ),
    ]


def _weigh(scene: Scene, told: Told) -> object:
    return scene.door.do(
        weigh.part,
        scene.sample,
        told["role"],
        told["reading"],
        of=scene.portion,
        compared=bool(told.get("compared")),
    )


def _reason_field(_: Scene) -> list[Field]:
    return [_field("reason", mark("Reason"))]


def _use_up(scene: Scene, told: Told) -> object:
    return scene.door.do(portion.use_up, scene.portion, reason=told["reason"])


def _lock_fields(_: Scene) -> list[Field]:
    return [_field("dispute", mark("Number of the dispute")), _field("reason", mark("Reason"))]


def _lock(scene: Scene, told: Told) -> object:
    return scene.door.do(portion.lock, scene.portion, dispute=told["dispute"], reason=told["reason"])


def _release(scene: Scene, told: Told) -> object:
    return scene.door.do(portion.release, scene.portion, reason=told["reason"])


def _dispose_fields(_: Scene) -> list[Field]:
    return [
        _field("own_password", mark("My password")  , "secret"),
        _field("login", mark("Login of the second person")),
        _field("password", mark("Password of the second person"), "secret"),
        _field("reason", mark("Reason"), "choice", options=_vocabulary("disposal_reason")),
        _field("method", mark("Way of disposal"), "choice", options=_vocabulary("disposal_method")),
        _field("remarks", mark("Remarks, needed before its time is over"), must=False),
    ]  # fmt: skip


def _dispose(scene: Scene, told: Told) -> object:
    first = identify.confirm(scene.door, scene.login, told["own_password"])
    second = identify.confirm(scene.door, told["login"].strip(), told["password"])
    ending = Ending(first, second, told["reason"], told["method"], told.get("remarks", ""))
    return scene.door.do(portion.dispose, scene.portion, ending)


# Places, seals, photographs -------------------------------------------------------------------------------


def _move_fields(scene: Scene) -> list[Field]:
    places = tuple((one.id, f"{one.id} {one.name}") for one in scene.places if one.active)
    return [
        _field("place", mark("Place; empty takes it out"), "choice", must=False, options=places),
        _field("reason", mark("Reason"), must=False),
    ]


def _move(scene: Scene, told: Told) -> object:
    return scene.door.do(
        store_room.move,
        scene.sample,
        told.get("place", ""),
        portion=scene.portion,
        reason=told.get("reason", ""),
    )


SEAL_ACTS = (
    ("apply", mark("Put on")),
    ("intact", mark("Found intact")),
    ("broken", mark("Found broken")),
    ("cut", mark("Cut by us")),
    ("lose", mark("Lost before use")),
)


def _seal_fields(_: Scene) -> list[Field]:
    return [
        _field("what", mark("What happened"), "choice", options=SEAL_ACTS),
        _field("seal", mark("Number of the seal")),
        _field("place", mark("Place")),
        _field("reason", mark("Reason"), must=False),
        _field("photo", mark("Photograph of the seal"), "file", must=False),
    ]


def _seal(scene: Scene, told: Told) -> object:
    path, seal, reason = _path(told, "photo"), told["seal"], told.get("reason", "")
    subject = Subject("sample", scene.sample, "seal_photo")
    photo = attach.file(scene.door, scene.folder, path, subject) if path else ""
    match told["what"]:
        case "apply":
            return scene.door.do(sealing.apply, seal, Bag(scene.sample, told["place"], scene.portion, photo))
        case "cut":
            return scene.door.do(sealing.cut, seal, place=told["place"], reason=reason, photo=photo)
        case "lose":
            return scene.door.do(sealing.lose, seal, reason=reason)
        case found:
            intact = found == "intact"
            return scene.door.do(
                sealing.inspect, seal, intact=intact, place=told["place"], reason=reason, photo=photo
            )


def _attach_fields(_: Scene) -> list[Field]:
    return [
        _field("role", mark("What it shows"), "choice", options=_vocabulary("attachment_role")),
        _field("file", mark("File"), "file"),
    ]


def _attach(scene: Scene, told: Told) -> object:
    table, id_ = ("portion", scene.portion) if scene.portion else ("sample", scene.sample)
    subject = Subject(table, id_, told["role"])
    personal = told["role"] in {"person_photo", "paper_photo", "signature"}
    return attach.file(scene.door, scene.folder, Path(told["file"]), subject, personal=personal)


def _place_fields(scene: Scene) -> list[Field]:
    places = tuple((one.id, f"{one.id} {one.name}") for one in scene.places)
    return [
        _field("id", mark("Short name, such as F1")),
        _field("kind", mark("Kind"), "choice", options=_vocabulary("store_kind")),
        _field("name", mark("Name of the place")),
        _field("parent", mark("Lies in"), "choice", must=False, options=places),
        _field("low", mark("Lowest temperature"), "number", must=False, unit="℃"),
        _field("high", mark("Highest temperature"), "number", must=False, unit="℃"),
        _field("every", mark("Its logger measures every (minutes)"), "number", must=False),
    ]


def _place(scene: Scene, told: Told) -> object:
    every = _number(told, "every")
    room = Room(
        told["id"],
        told["kind"],
        told["name"],
        told.get("parent", ""),
        _number(told, "low"),
        _number(told, "high"),
        int(every) if every is not None else None,
    )
    return scene.door.do(store_room.place, room)


def _logger_fields(scene: Scene) -> list[Field]:
    places = tuple((one.id, f"{one.id} {one.name}") for one in scene.places)
    return [
        _field("place", mark("Place of the logger"), "choice", options=places),
        _field("file", mark("File of the logger (CSV)"), "file"),
        _field("zone", mark("Zone of times without one, such as +08:00"), must=False),
    ]


def _logger(scene: Scene, told: Told) -> object:
    zone = told.get("zone", "")
    return store_room.read_logger(scene.door, scene.folder, told["place"], Path(told["file"]), zone=zone)


def _issue_fields(_: Scene) -> list[Field]:
    return [
        _field("first", mark("First number, such as F0001")),
        _field("last", mark("Last number")),
        _field("login", mark("Login of who gets them")),
    ]


def _issue(scene: Scene, told: Told) -> object:
    account = identify.account_of(scene.door, told["login"].strip())
    return scene.door.do(sealing.issue, told["first"], told["last"], to=account)


_HANDS, _BENCH = "sampler technician manager", "technician manager"
ACTS = (
    Act("F6", mark("Handover"), _needs(_HANDS), "bag", _handover_fields, _hand_over,
        mark("The handover is noted."), pad=True),
    Act("F7", mark("Divide"), _needs(_HANDS), "bag", _divide_fields, _divide, mark("Divided.")),
    Act("W", mark("Weigh a part"), _needs(_HANDS), "bag", _weigh_fields, _weigh, mark("Weighed.")),
    Act("F8", mark("Move"), _needs(_HANDS), "bag", _move_fields, _move, mark("Moved.")),
    Act("F9", mark("Seal"), _needs(_HANDS), "bag", _seal_fields, _seal, mark("The seal is noted.")),
    Act("A", mark("Photograph or file"), _needs("sampler technician reviewer signatory manager"), "bag",
        _attach_fields, _attach, mark("It is kept.")),
    Act("U", mark("Used up"), _needs(_BENCH), "portion", _reason_field, _use_up, mark("Noted as used up.")),
    Act("L", mark("Lock"), _needs("manager reviewer signatory"), "portion", _lock_fields, _lock,
        mark("Locked for the dispute.")),
    Act("R", mark("Release"), _needs("manager"), "portion", _reason_field, _release, mark("Released.")),
    Act("D", mark("Dispose of"), _needs(_BENCH), "portion", _dispose_fields, _dispose, mark("Disposed of.")),
    Act("P", mark("A place"), _needs("manager"), "", _place_fields, _place, mark("The place is set up.")),
    Act("T", mark("Logger's file"), _needs(_BENCH), "", _logger_fields, _logger,
        mark("The temperatures are read in.")),
    Act("S", mark("Issue seals"), _needs("manager"), "", _issue_fields, _issue, mark("The seals are issued.")),
)  # fmt: skip
"""Every act, in the order of the keys."""


_OURS, _OUTSIDE = ("login", "password"), ("name", "organisation", "paper", "paper_number")
_VISITOR = (*_OUTSIDE, "phone", "person_photo")


def hidden(act: Act, told: Told) -> frozenset[str]:
    """Return the questions that do not arise with what was answered so far."""
    if act.do is not _hand_over:
        return frozenset()
    kinds = {"ours": _VISITOR, "outside": _OURS}
    return frozenset(kinds.get(told.get("other", ""), (*_OURS, *_VISITOR)))


def signs(act: Act, told: Told) -> bool:
    """Tell whether somebody draws his signature."""
    return act.pad and told.get("other") == "outside"


def missing(act: Act, told: Told, scene: Scene) -> list[str]:
    """Return what an act still lacks beyond its required fields, in words."""
    if act.do is not _hand_over:
        return []
    names = (
        ("login", "password")
        if told.get("other") == "ours"
        else ("name", "organisation", "paper", "paper_number")
    )
    labels = {one.name: one.label for one in act.fields(scene)}
    lacking = [t(labels[name]) for name in names if told.get("other") and not told.get(name)]
    if told.get("decision") == "refused" and not told.get("reason"):
        lacking.append(t(labels["reason"]))
    return lacking
