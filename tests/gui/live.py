"""A laboratory for the tests of screens, with results in it, and a bench whose device answers on a real port."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from drivers.profile import Record
from drivers.registry import profile
from lims import clock
from lims.bench.lines import Bench
from lims.queries import reviews
from lims.services import certify, equip, measure, review
from lims.services.equip import Device
from tests.drivers.serving import on_pty
from tests.gui.lab import Lab, received


def closed(lab: Lab, *values: str, instrument: str = "TL310-1", evidence: str = "CAPTURE") -> list[str]:
    """Run samples with these values to the end; return their numbers."""
    lab.instrument(instrument, evidence=evidence)
    numbers = received(lab, len(values))
    run = lab.run(instrument, numbers)
    lab.value(instrument, "1", "2.0")
    for position, value in enumerate(values, start=2):
        lab.value(instrument, str(position), value)
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    return numbers


def approved(lab: Lab, *values: str) -> list[str]:
    """The same, reviewed by the second person."""
    numbers = closed(lab, *values)
    for one in lab.as_("wang").ask(reviews.waiting):
        lab.as_("wang").do(review.approve, one.finding.verdict)
    return numbers


def issued(lab: Lab, *values: str) -> list[str]:
    """The same, with a slip for each."""
    numbers = approved(lab, *values)
    for number in numbers:
        lab.as_("zhao").do(certify.issue, number)
    return numbers


@contextmanager
def live(lab: Lab, values: dict[str, str], samples: Sequence[str] = ()) -> Iterator[Bench]:
    """A TL-310 that holds these values by position, on a port of its own, and the bench that serves it.

    With samples, their run is open before the device says its first word.
    """
    made = profile("dayuan_tl310")
    assert made.simulator is not None
    now = f"{clock.local(clock.now()) + timedelta(seconds=30):%Y-%m-%dT%H:%M:%S}"
    records = [
        Record(position, number=str(at), sample=str(at), item="pesticide inhibition", value=value,
               measured_at=now)
        for at, (position, value) in enumerate(values.items(), start=1)
    ]  # fmt: skip
    with on_pty(made.simulator({}, records)) as port:
        lab.instrument()
        lab.station.do(equip.instrument, Device("TL310-1", "TL310", made.id, "SN1", port, "CAPTURE"))
        if samples:
            lab.run("TL310-1", samples)
        bench = Bench(lab.laboratory)
        bench.start()
        try:
            yield bench
        finally:
            bench.stop()
