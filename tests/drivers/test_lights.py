from decimal import Decimal

from drivers.assay import FORMULAS, Done, Limits, Measure, Order, Outcome, Point, State, Void
from drivers.lights import assay_readings, light_readings
from drivers.reading import Flag
from protocols.lights import Hole, Lights

ORDER = Order(410, 0, 2.0, 60.0, 1.0, {"1": "blank", "2": "sample"}, {"1": Decimal(50000)}, Limits())
FIRST = Point(2.9, Decimal(30612), Decimal("0.6122"), Decimal("0.2131"))
LAST = Point(61.9, Decimal(9417), Decimal("0.1883"), Decimal("0.7252"))
CONTROL = Outcome("1", "blank", State.MEASURED, FIRST, LAST, Decimal("0.5121"))
EMPTY = Outcome("2", "sample", State.INVALID, None, None, None)


def test_a_reading_of_an_assay_holds_every_figure_and_no_value() -> None:
    control, empty = assay_readings(Done(ORDER, (CONTROL, EMPTY)), {})
    assert (control.value, control.call, control.item) == (None, None, "pesticide inhibition")
    assert dict(control.extra) == {
        "assay": "inhibition",
        "measure": "absorbance",
        "formula": FORMULAS[Measure.ABSORBANCE],
        "role": "blank",
        "state": "measured",
        "wavelength": "410",
        "preheat_s": "2",
        "detect_s": "60",
        "reference_light": "50000",
        "first_at_s": "2.90",
        "first_light": "30612",
        "first_t": "0.6122",
        "first_a": "0.2131",
        "last_at_s": "61.90",
        "last_light": "9417",
        "last_t": "0.1883",
        "last_a": "0.7252",
        "delta_a": "0.5121",
    }
    assert empty.extra["void"] == "invalid"
    assert "delta_a" not in empty.extra
    assert "reference_light" not in empty.extra


def test_a_void_assay_says_so_in_every_position_and_keeps_its_figures() -> None:
    readings = assay_readings(Done(ORDER, (CONTROL, EMPTY), Void.CLOCK), {"item": "农药残留"})
    assert [reading.extra["void"] for reading in readings] == ["clock", "clock"]
    assert readings[0].extra["delta_a"] == "0.5121"
    assert readings[0].item == "农药残留"


def test_a_look_is_said_as_it_came_with_its_dark_current_and_its_doubts() -> None:
    look = Lights((Hole((Decimal(5), Decimal(6)), Decimal(2)), Hole((Decimal(0), Decimal(0)))), b"", 0,
                  lenient=True, checked=False)  # fmt: skip
    (reading,) = light_readings(look, {"wavelengths": [410, 620]}, ("1", "2"))
    assert dict(reading.extra) == {"light_410": "5", "light_620": "6", "holes_sent": "2", "dark": "2"}
    assert reading.flags == (Flag.LENIENT_CHECK, Flag.UNVERIFIABLE)
