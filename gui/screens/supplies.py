"""Supplies: kits and their lots, which is used first, acceptance tests, opened packs, use, and recalls."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from gui.desk import Desk
from gui.screens import _codes
from gui.screens._ledger import Act, Answers, Doing, Ledger, Page, text_of
from gui.widgets import terms
from gui.widgets.field import Field
from gui.widgets.rows import Column, Row
from lims import text
from lims.queries import methods, portions, supplies
from lims.queries.supplies import Behind, KitView, LotView
from lims.rules import regulation
from lims.rules.acceptance import Table
from lims.rules.methods import Method
from lims.services import supply
from lims.services.supply import Product
from lims.text import mark, t

TITLE = mark("Supplies")
ICON = "lots"
ORDER = 102
OFTEN = "technician manager"
NEEDS = "technician manager reviewer"

MAY = ("technician", "manager")
MARKS = {
    "expired": mark("✗ expired"),
    "ends_soon": mark("△ ends soon"),
    "low": mark("△ stock low"),
    "opened_over": mark("✗ opened too long"),
    "storage": mark("✗ stored outside its limits"),
    "storage_unknown": mark("✗ storage not read"),
}
LOTS = (
    Column("kit", mark("Product"), 220), Column("number", mark("Lot"), 140), Column("state", mark("State"), 76),
    Column("ends", mark("Expires"), 92), Column("left", mark("Left"), 84, "number"),
    Column("place", mark("Kept in"), 76), Column("marks", mark("To heed"), 120),
)  # fmt: skip
KITS = (
    Column("name", mark("Product"), 200), Column("kind", mark("Kind"), 90), Column("maker", mark("Maker"), 110),
    Column("methods", mark("Methods"), 210), Column("detection", mark("Finds from"), 90),
    Column("opened", mark("Opened life"), 80),
)  # fmt: skip
RESULTS = (
    Column("sample", mark("Number"), 150), Column("word", mark("Verdict"), 90, "verdict"),
    Column("state", mark("State"), 90), Column("at", mark("Tested"), 156), Column("slip", mark("Slip"), 80),
)  # fmt: skip


class Screen(Ledger):
    """Lots, the results behind the lot under the cursor, and kits."""

    def __init__(self, desk: Desk) -> None:
        self._lots: dict[str, LotView] = {}
        self._kits: dict[str, KitView] = {}
        self._places: tuple[tuple[str, str], ...] = ()
        self._methods: tuple[tuple[str, str], ...] = ()
        self._lot = ""
        super().__init__(desk, TITLE, self._pages_of(), self._acts_of())

    def arrived(self, *, page: str = "", key: str = "", **_: object) -> None:
        """Ask for lots and kits."""
        self.desk.ask(supplies.kits, then=self._keep_kits, latest="supplies.known", owner=self)
        self.desk.ask(portions.places, then=self._keep_places, latest="supplies.places", owner=self)
        self.desk.ask(methods.in_force, then=self._keep_methods, latest="supplies.methods", owner=self)
        super().arrived(page=page, key=key)

    def _keep_methods(self, found: Sequence[Method]) -> None:
        self._methods = tuple((one.id, f"{one.designation} {terms.said(one.item)}") for one in found)

    def _keep_kits(self, found: Sequence[KitView]) -> None:
        self._kits = {one.id: one for one in found}
        self.desk.changed.emit()

    def _keep_places(self, found: Sequence[portions.Storage]) -> None:
        self._places = tuple((one.id, f"{one.id} {one.name}") for one in found if one.active)

    # Pages ------------------------------------------------------------------------------------------------

    def _pages_of(self) -> tuple[Page, ...]:
        return (
            Page("lots", mark("Lots"), LOTS, lambda: (supplies.lots, (), {"all_states": True}), self._lot_rows,
                 self._about_lot, mark("The lot to be used first stands at the head of its kit."),
                 mark("No lot yet: F2 receives one.")),
            Page("results", mark("Results of the lot"), RESULTS, self._ask_results, self._result_rows, str,
                 mark("Every result that stands on the lot chosen before."), mark("No result of this lot.")),
            Page("kits", mark("Kits"), KITS, lambda: (supplies.kits, (), {}), self._kit_rows, self._about_kit,
                 mark("What the inserts say: methods, storage, opened life, detection limit."),
                 mark("No kit yet: F3 sets one up.")),
        )  # fmt: skip

    def turn(self, name: str) -> None:
        """Keep the lot under the cursor for the page of its results."""
        if self.page.name == "lots" and self.key:
            self._lot = self.key
        super().turn(name)

    def _ask_results(self) -> tuple[Callable[..., object], tuple[object, ...], dict[str, object]]:
        return supplies.results_of, (self._lot,), {}

    def _lot_rows(self, found: Sequence[LotView]) -> list[Row]:
        self._lots = {one.id: one for one in found}
        return [
            Row(one.id, (
                one.kit_name, f"▶ {one.number}" if one.first else one.number, terms.term("lot_state", one.state),
                one.expires_on.isoformat(), f"{one.left} {one.unit}", one.place or "—",
                t("format.comma").join(t(MARKS[code]) for code in one.marks),
            ))
            for one in found
        ]  # fmt: skip

    @staticmethod
    def _result_rows(found: Sequence[Behind]) -> list[Row]:
        return [
            Row(one.verdict, (one.sample, one.word, text.words(f"verdict_state.{one.state}"), text.moment(one.at),
                              t("issued") if one.slip else "—"))
            for one in found
        ]  # fmt: skip

    def _kit_rows(self, found: Sequence[KitView]) -> list[Row]:
        self._keep_kits(found)
        return [
            Row(one.id, (one.name, terms.term("kit_kind", one.kind), one.maker,
                         t("format.comma").join(map(_codes.method, one.methods)),
                         f"{one.detection} {one.detection_unit}" if one.detection is not None else "—",
                         t("{days} days", days=one.opened_days) if one.opened_days else "—"))
            for one in found
        ]  # fmt: skip

    def _about_lot(self, key: str) -> str:
        one = self._lots.get(key)
        if one is None:
            return ""
        lines = [f"{one.kit_name} {one.number}", terms.term("lot_state", one.state)]
        lines += [one.why] if one.why else []
        lines.append(t("Received {at}: {quantity} {unit}", at=text.date(one.received_at),
                       quantity=one.quantity, unit=one.unit))  # fmt: skip
        lines += [t("Used before any other lot of this kit.")] if one.first else []
        lines += [t(MARKS[code]) for code in one.marks]
        for pack in one.opened:
            ends = text.date(pack.ends_at) if pack.ends_at else "—"
            lines.append(t("Pack {label} opened {at} by {who}, good until {ends}", label=pack.label,
                           at=text.date(pack.at), who=pack.by, ends=ends))  # fmt: skip
        for test in one.tests:
            figures = test.figures
            lines.append(t("Acceptance {at}: sensitivity {a}, specificity {b}, χ² {c} – {word}",
                           at=text.date(test.at), a=figures.get("sensitivity", ""),
                           b=figures.get("specificity", ""), c=figures.get("chi_square", ""),
                           word=t("passed") if test.passed else t("failed")))  # fmt: skip
        return "\n".join(lines)

    def _about_kit(self, key: str) -> str:
        one = self._kits.get(key)
        if one is None:
            return ""
        low, high = ("—" if side is None else f"{side} ℃" for side in (one.low, one.high))
        return "\n".join([one.name, one.maker, t("Stored at {low} to {high}", low=low, high=high),
                          t("Source: {source}", source=one.source)])  # fmt: skip

    # Acts -------------------------------------------------------------------------------------------------

    def _acts_of(self) -> tuple[Act, ...]:
        lots = ("lots",)
        return (
            Act("receive", lots, mark("Receive a lot"), "F2", MAY, self._receive, self._lot_fields, on_row=False,
                refuses=lambda _: "" if self._kits else t("set up a kit first (F3)")),
            Act("kit", ("lots", "kits"), mark("Set up a kit"), "F3", MAY, self._set_kit, self._kit_fields,
                on_row=False),
            Act("evaluate", lots, mark("Acceptance test"), "T", MAY, self._evaluate, _test_fields,
                refuses=self._not("received")),
            Act("accept", lots, mark("Accept on paper"), "P", ("manager",), self._accept, _reason,
                refuses=self._not("received")),
            Act("open", lots, mark("Open a pack"), "O", MAY, self._open, _pack_fields, refuses=self._not("accepted")),
            Act("keep", lots, mark("Put it away"), "K", MAY,
                lambda key, answers: Doing(supply.keep_in, (key,), {"place": text_of(answers, "place")}),
                lambda: (Field("place", mark("Kept in"), "choice", self._places, required=True, slash=False),)),
            Act("use", lots, mark("Count use"), "U", MAY, self._use, _use_fields, refuses=self._not("accepted")),
            Act("recall", lots, mark("Recall"), "X", ("manager",),
                lambda key, answers: Doing(supply.recall, (key,), {"reason": text_of(answers, "reason")}), _reason),
        )  # fmt: skip

    def _not(self, state: str) -> Callable[[str], str]:
        def why(key: str) -> str:
            one = self._lots.get(key)
            if one is None or one.state == state:
                return ""
            return t("the lot is: {state}", state=terms.term("lot_state", one.state))

        return why

    def _lot_fields(self) -> tuple[Field, ...]:
        kits = tuple((one.id, one.name) for one in self._kits.values() if one.active)
        return (
            Field("kit", mark("Product"), "choice", kits, required=True, slash=False),
            Field("number", mark("Lot"), required=True, slash=False),
            Field("expires_on", mark("Expires"), "date", required=True, slash=False),
            Field("quantity", mark("Quantity"), "number", required=True, slash=False),
            Field("place", mark("Kept in"), "choice", self._places, slash=False),
            Field("certificate", mark("Number of the certificate")),
        )

    @staticmethod
    def _receive(_: str, answers: Answers) -> Doing:
        ends, amount = answers["expires_on"], answers["quantity"]
        return Doing(supply.receive, (), {
            "kit": text_of(answers, "kit"), "number": text_of(answers, "number"),
            "expires_on": ends if isinstance(ends, date) else date.min,
            "quantity": amount if isinstance(amount, Decimal) else Decimal(0),
            "place": text_of(answers, "place"), "certificate": text_of(answers, "certificate", "/"),
        })  # fmt: skip

    def _kit_fields(self) -> tuple[Field, ...]:
        kinds = tuple(
            (term.code, terms.said((term.zh, term.en))) for term in regulation.vocabulary("kit_kind")
        )
        return (
            Field("name", mark("Name on the box"), required=True, slash=False),
            Field("kind", mark("Kind"), "choice", kinds, required=True, slash=False),
            Field("maker", mark("Maker"), required=True, slash=False),
            Field("method", mark("Method it serves"), "choice", self._methods, required=True, slash=False),
            Field("unit", mark("Counted in"), required=True, slash=False, hint=mark("test, strip, mL")),
            Field("detection", mark("Finds from"), "number", slash=False),
            Field("detection_unit", mark("Unit of it"), hint="ug/kg"),
            Field("low", mark("Stored from"), "number", slash=False, unit="℃"),
            Field("high", mark("Stored up to"), "number", slash=False, unit="℃"),
            Field("opened_days", mark("Opened life"), "number", slash=False, unit=mark("days")),
            Field("source", mark("Insert and its version"), required=True, slash=False),
        )

    def _set_kit(self, _: str, answers: Answers) -> Doing:
        def figure(name: str) -> Decimal | None:
            value = answers.get(name)
            return value if isinstance(value, Decimal) else None

        name, days = text_of(answers, "name"), figure("opened_days")
        known = next((one for one in self._kits.values() if one.name == name), None)
        served = {text_of(answers, "method"), *(known.methods if known else ())}
        product = Product(
            known.id if known else f"K{len(self._kits) + 1:03d}", name, text_of(answers, "kind"),
            text_of(answers, "maker"), " ".join(sorted(served)), text_of(answers, "unit"),
            text_of(answers, "source"), low=figure("low"), high=figure("high"),
            opened_days=int(days) if days is not None else None, detection=figure("detection"),
            detection_unit=text_of(answers, "detection_unit"),
        )  # fmt: skip
        return Doing(supply.kit, (product,))

    @staticmethod
    def _evaluate(key: str, answers: Answers) -> Doing:
        counts = [_count(answers, name) for name in ("n11", "n12", "n21", "n22")]
        return Doing(supply.evaluate, (key, Table(*counts)), {"levels": text_of(answers, "levels", "/")})

    def _accept(self, key: str, answers: Answers) -> Doing:
        one = self._lots[key]
        return Doing(supply.accept, (key,), {"reason": text_of(answers, "reason")}, "批准",
                     t("Accept lot {lot} of {kit} on paper", lot=one.number, kit=one.kit_name))  # fmt: skip

    @staticmethod
    def _open(key: str, answers: Answers) -> Doing:
        values = {"label": text_of(answers, "label", "/"), "prepared": bool(answers.get("prepared"))}
        return Doing(supply.open_pack, (key,), values)

    @staticmethod
    def _use(key: str, answers: Answers) -> Doing:
        amount = answers["amount"]
        used = amount if isinstance(amount, Decimal) else Decimal(0)
        return Doing(supply.use, (key, used), {"why": text_of(answers, "why")})


def _count(answers: Answers, name: str) -> int:
    value = answers.get(name)
    return int(value) if isinstance(value, Decimal) else 0


def _reason() -> tuple[Field, ...]:
    return (Field("reason", mark("Reason"), required=True, slash=False),)


def _test_fields() -> tuple[Field, ...]:
    counts = (
        ("n11", mark("Spikes read as positive")), ("n12", mark("Spikes read as negative")),
        ("n21", mark("Blanks read as positive")), ("n22", mark("Blanks read as negative")),
    )  # fmt: skip
    asked = tuple(Field(name, label, "number", required=True, slash=False) for name, label in counts)
    return (*asked, Field("levels", mark("Spiked at"), hint=mark("0.5, 1, 2 × detection limit")))


def _pack_fields() -> tuple[Field, ...]:
    return (Field("label", mark("Label of the pack"), required=True),
            Field("prepared", mark("A reagent was prepared from it"), "check"))  # fmt: skip


def _use_fields() -> tuple[Field, ...]:
    return (Field("amount", mark("Amount"), "number", required=True, slash=False),
            Field("why", mark("What for"), required=True, slash=False))  # fmt: skip


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [
        ("receive", lambda: screen.begin("receive")),
        ("test", lambda: screen.begin("evaluate")),
        ("results", lambda: screen.turn("results")),
        ("kits", lambda: screen.turn("kits")),
        ("kit", lambda: screen.begin("kit")),
    ]
