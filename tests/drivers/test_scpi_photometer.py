"""A SCPI photometer behind pyvisa-sim: the same link and codec as with a real resource."""

from pathlib import Path

import pytest

from drivers.links.visa import VisaLink
from drivers.registry import profile

DEVICE = """
spec: "1.1"
devices:
  photometer:
    eom:
      TCPIP SOCKET:
        q: "\\n"
        r: "\\n"
    dialogues:
      - {q: "READ?", r: "+1.234500E-01"}
      - {q: "FETC?", r: "+1.234500E-01"}
resources:
  TCPIP0::localhost::5025::SOCKET: {device: photometer}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("visa") / "photometer.yaml"
    path.write_text(DEVICE, encoding="utf-8")
    return f"{path}@sim"


def test_it_measures_once_and_fetches_the_same_again(library: str) -> None:
    link = VisaLink("TCPIP0::localhost::5025::SOCKET", library)
    codec = profile("scpi_photometer").codec(profile("scpi_photometer").defaults)
    codec.ask("read")
    asked, events = [], []
    for moment in range(4):
        if data := codec.to_send():
            asked.append(data)
            link.write(data)
        events += codec.receive(link.read(0.2), float(moment))
    link.close()
    (answer,) = events
    (reading,) = profile("scpi_photometer").read(answer, profile("scpi_photometer").defaults)
    assert asked == [b"READ?\n", b"FETC?\n"]
    assert (str(reading.value), reading.unit, reading.flags) == ("0.1234500", "Abs", ())


def test_nothing_comes_before_it_was_asked(library: str) -> None:
    link = VisaLink("TCPIP0::localhost::5025::SOCKET", library)
    assert link.read(0.05) == b""
    link.close()
