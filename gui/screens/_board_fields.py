"""How a method's assay is run on a bare photometer board: what another one asks, and what it says in words."""

from collections.abc import Mapping

from gui.screens import _curve_fields
from gui.widgets.field import Field
from lims import text
from lims.queries.methods import Known
from lims.rules import boards
from lims.rules.methods import BOARDS, Method
from lims.text import mark, t

HEADS = {
    "absorbance": mark("Cuvettes on a photometer board"),
    "gray": mark("Dry cards on a photometer board"),
}


def fields(measure: str) -> tuple[Field, ...]:
    """Return what another assay of a method asks; every figure is needed."""
    names = boards.asked(measure)
    figures = tuple(
        Field(f"board_{measure}_{name}", f"word.board_field.{name}", "number", required=True, slash=False,
              section=HEADS[measure])
        for name in names
    )  # fmt: skip
    source = Field(f"board_{measure}_source", mark("Where it is written"), required=True, slash=False,
                   section=HEADS[measure], hint=mark("document, number, page"))  # fmt: skip
    return (*figures, source, *_curve_fields.since())


def filled(known: Known | None, measure: str) -> Mapping[str, str]:
    """Return what the form begins with: the assay in force, shipped or the laboratory's own."""
    if known is None:
        return {}
    one = known.method.board(measure)
    return {f"board_{measure}_{name}": said for name, said in one.said().items()} if one else {}


def about(one: Method) -> list[str]:
    """Say the assays of a method, a line each, with what nobody checked."""
    found = ((measure, one.board(measure)) for measure in BOARDS.values())
    return [
        t("{head}: {figures}", head=t(HEADS[measure]), figures=t("format.comma").join([
            *(f"{text.words(f'board_field.{name}')} {assay.said()[name]}" for name in boards.asked(measure)),
            *([] if assay.verified else [t("△ unverified default")]),
        ]))
        for measure, assay in found if assay is not None
    ]  # fmt: skip
