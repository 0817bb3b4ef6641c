"""Assays on bare boards as a laboratory writes them: what each must say, and which serves a method."""

import pytest

from lims.rules import methods
from lims.rules.boards import asked, problems, read, shipped

GB = "GBT5009.199-2003"
OWN = {"wavelength": "412", "preheat": "2", "detect": "60", "window": "2", "control_least": "0.25",
       "control_most": "1.2", "controls_agree": "0.1", "fall": "0.02", "zero_minutes": "30",
       "source": "说明书, 附录 A"}  # fmt: skip


def test_an_assay_is_read_and_written_back_and_a_card_has_no_wavelength() -> None:
    assert problems("M", "absorbance", OWN) == []
    assert read("M", "absorbance", OWN).said() == OWN
    card = {name: OWN[name] for name in (*asked("gray"), "source")}
    assert problems("M", "gray", card) == []
    assert read("M", "gray", card).wavelength == 0
    assert shipped()[GB, "gray"].said().keys() == card.keys()


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"wavelength": "410.5"}, ["curve.whole"]),
        ({"detect": "soon", "fall": "2"}, ["curve.gate", "curve.gate"]),
        ({"control_least": "1.2"}, ["methods.order"]),
        ({"window": "30"}, ["board.window"]),
        ({"colour": "red"}, ["edition.unknown_field"]),
    ],
)
def test_what_cannot_be_run_is_refused(changes: dict[str, str], codes: list[str]) -> None:
    assert [one.code for one in problems("M", "absorbance", OWN | changes)] == codes


def test_every_figure_is_needed_and_the_laboratorys_own_assay_goes_before_the_shipped_one() -> None:
    assert len(problems("M", "absorbance", {})) == len(OWN)
    text = methods.shipped_text()
    table = ", ".join(f'{name} = "{value}"' for name, value in OWN.items())
    own = methods.read(text.replace(f'id = "{GB}"\n', f'id = "{GB}"\nboard_absorbance = {{ {table} }}\n'))
    found = own.method(GB).board("absorbance")
    assert found is not None
    assert (found.detect, found.wavelength, found.verified) == (60.0, 412, True)
    assert own.method(GB).board("gray") == shipped()[GB, "gray"]
    assert own.method("KIT-CAP-STRIP").board("absorbance") is None
