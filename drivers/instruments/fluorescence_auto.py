"""Automatic fluorescence immunoassay analyser with a card feeder (family W): driven by our program, card by card.

What it is: an analyser that takes cards from a magazine, pipettes, incubates and reads; `card` pushes one in and
reads its code, `test` reads its lines, each acknowledged in both directions.
Wire source: the maker's host program and the fake device that comes with it.
Reading: one for each pair of lines (a double card has two): T and C as the analyser said them, the ratio computed,
the scan in `samples`. Where the card's code was heard and holds a curve, the concentration it gives is computed beside
and named so; where the ratio lies outside the curve there is none, not zero. A result that comes again because our
acknowledgement was lost is marked `stale`.
Settings: `item` of a card where its code is not known, and `items`, card code to item.
Unverified: any capture; the meaning of CardType, TestType, Location and of error numbers; the table of powers of ten
in double cards beyond the digits; which unit a card's curve is in.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from drivers.profile import Evidence, Profile, Record, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.fluorescence_auto import simulator
from drivers.strips import PLACES
from protocols.card_codes import Card, parse
from protocols.codec import Codec
from protocols.fluorescence import CODES, Result, analyser


def codec(_settings: Settings) -> Codec[Any]:
    """The host's side of the analyser."""
    return analyser()


def read(event: object, settings: Settings) -> Sequence[Reading]:
    """One reading for each pair of lines of a test; everything else carries none."""
    if not isinstance(event, Result) or event.code != CODES["test"]:
        return ()
    pairs = [("1", "T", "C"), ("2", "T2", "C2")]
    return [
        _pair(event, settings, line, str(event.data[t]), str(event.data[c]))
        for line, t, c in pairs
        if t in event.data and c in event.data
    ]


def _pair(event: Result, settings: Settings, line: str, t: str, c: str) -> Reading:
    data = event.data
    extra = {"line": line, "t": t, "c": c}
    if "Point" in data:
        extra["samples"] = " ".join(map(str, data["Point"]))
    extra |= {
        own: str(data[name])
        for own, name in (("card_type", "CardType"), ("test_type", "TestType"))
        if name in data
    }
    ratio = _ratio(t, c)
    if ratio is not None:
        extra["t_over_c"] = f"{ratio.quantize(PLACES):f}"
    card = None
    if event.card is not None:
        extra["card"] = event.card
        card = parse(event.card)
    if isinstance(card, Card):
        extra |= _from_card(card, int(line) - 1, ratio)
    flags = [Flag.NOT_A_NUMBER] if ratio is None else []
    return Reading(
        position=str(data["Location"]) if "Location" in data else None,
        item=_item(card, settings),
        flags=(*flags, *([Flag.STALE] if event.repeat else [])),
        extra=MappingProxyType(extra),
    )


def _ratio(t: str, c: str) -> Decimal | None:
    """T over C; None where either is none, or where the analyser wrote 0 because it saw no line."""
    try:
        test, control = Decimal(t), Decimal(c)
    except InvalidOperation:
        return None
    return test / control if test.is_finite() and control.is_finite() and test > 0 and control > 0 else None


def _from_card(card: Card, at: int, ratio: Decimal | None) -> dict[str, str]:
    texts = {"card_code": card.code, "card_batch": card.batch}
    curve = card.curves[at] if at < len(card.curves) else None
    if curve is None or ratio is None:
        return texts
    found = curve.concentration(ratio)
    if found is None:
        return texts | {"curve": "outside"}
    return texts | {"computed_concentration": f"{found.quantize(PLACES):f}"}


def _item(card: object, settings: Settings) -> str | None:
    items = settings.get("items", {})
    return items.get(card.code, settings.get("item")) if isinstance(card, Card) else settings.get("item")


PROFILE = Profile(
    id="fluorescence_auto",
    title=("全自动荧光免疫分析仪", "Automatic fluorescence immunoassay analyser"),
    family="W",
    measures=("veterinary", "mycotoxin"),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "the maker's host program and the fake device that comes with it",
        ("no capture", "meaning of CardType, TestType, Location", "powers of ten in double cards"),
    ),
    channels=(("1", "2", "3", "4", "5", "6"),),
    probe="temperature",
    simulator=simulator,
    samples=(
        Record(
            "1", fields={"t": "0.350", "c": "1.000", "card": "FOB2,20221003,123963,0.1,76680.6,38051200,0.85"}
        ),
    ),
    download="measure",
)
