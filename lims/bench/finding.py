"""Looking for instruments on the idle ports of this computer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drivers import finding
from lims.queries.equipment import kinds, wiring_words


@dataclass(frozen=True, slots=True)
class Answer:
    """What one port answered, for people.

    Attributes:
        port: its name.
        profiles: ids of the kinds of instrument that answer like this, none when nobody did.
        titles: their names, (Chinese, English).
        line: the serial settings at which it answered, in words.
        said: the bytes of the answer, in hex.
        reason: a code why it was not asked or is nobody's, else empty.
        adapter: what the system knows of the USB adapter.
    """

    port: str
    profiles: tuple[str, ...]
    titles: tuple[tuple[str, str], ...]
    line: str
    said: str
    reason: str
    adapter: str


def find(ports: Sequence[str] = (), used: Iterable[str] = (), expected: str = "") -> list[Answer]:
    """Ask ports who hangs there; blocks for some seconds a port.

    Args:
        ports: which; none asks every serial port of this computer that is not in use.
        used: ports of lines that run.
        expected: id of the kind that a person says hangs there; it alone is asked for.
    """
    named = {one.id: one.title for one in kinds()}
    asked = [one for one in ports if one not in set(used)] if ports else finding.idle(used)
    return [
        Answer(
            one.port,
            one.instruments,
            tuple(named[id_] for id_ in one.instruments),
            wiring_words(one.line) if one.line else "",
            one.answer.hex(" ").upper(),
            one.reason or ("" if one.instruments else "nobody"),
            " ".join(f"{name}={value}" for name, value in one.identity.items() if name != "port"),
        )
        for one in finding.find(asked, expected=expected)
    ]
