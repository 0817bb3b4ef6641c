"""Raw bytes behind a reading, out of a journal that another program may be writing at the same time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from drivers import segments
from drivers.segments import Entry, Kind, Placed
from protocols import transcript
from protocols.transcript import DEVICE, HOST

_WAYS = {Kind.RECEIVED: DEVICE, Kind.SENT: HOST}
_MOST = 400


def _entries(folder: Path, after: int, last: int) -> Iterator[Entry]:
    """Yield the whole entries above `after` up to `last`; torn ends are left out."""
    files = segments.files(folder)
    for place, (first, path) in enumerate(files):
        following = files[place + 1][0] if place + 1 < len(files) else last + 1
        if first > last or following <= after + 1:
            continue
        for part in segments.scan(path.read_bytes(), path.name):
            if isinstance(part, Placed) and after < part.entry.number <= last:
                yield part.entry


def said(profile: str, pieces: Iterable[tuple[str, bytes, datetime, str]]) -> bytes:
    """Return pieces of a wire as a `.wire` transcript; the words of a mark stand beside the piece that follows it.

    Args:
        profile: id of the instrument's profile.
        pieces: `<` or `>` (nothing for a mark), the bytes, when, and the words of a mark.
    """
    entries: list[transcript.Entry] = []
    first: datetime | None = None
    waiting = ""
    for direction, data, at, words in pieces:
        waiting = " / ".join(part for part in (waiting, words) if part)
        if not data:
            continue
        first = first or at
        passed = max(round((at - first).total_seconds() * 1000), entries[-1].milliseconds if entries else 0)
        entries.append(transcript.Entry(passed, direction, data, waiting))
        waiting = ""
    began = {} if first is None else {"began": first.isoformat(timespec="milliseconds")}
    header = {"source": "saved from the wire view", **began}
    return transcript.write(transcript.Transcript(profile, header, tuple(entries))).encode()


def wire(journal: Path, instrument: str, profile: str, entry: int, after: int = 0) -> bytes:
    """Return what both sides said up to the journal entry that completed a reading, as a `.wire` transcript.

    Args:
        journal: the folder of all journals.
        instrument: whose journal it is.
        profile: id of its profile, for decoding the transcript.
        entry: the journal entry at which the reading was whole.
        after: the entry at which the reading before it was whole; what came up to there is left out.

    Returns:
        The transcript, empty when the journal does not hold that entry (any more).
    """
    found = list(_entries(journal / instrument, max(after, entry - _MOST), entry))
    if not found or found[-1].number != entry:
        return b""
    own = [one for one in found if one.session == found[-1].session and one.kind in _WAYS and one.data]
    header = {"entries": f"{own[0].number} to {entry}"} if own else {}
    said: list[transcript.Entry] = []
    for one in own:
        passed = round((one.monotonic - own[0].monotonic) * 1000)
        latest = max(passed, said[-1].milliseconds if said else 0)
        said.append(transcript.Entry(latest, _WAYS[one.kind], one.data))
    return transcript.write(transcript.Transcript(profile, header, tuple(said))).encode()
