"""Bundles that no honest program makes: entries chained and signed by a van's own key, saying what they may not."""

from dataclasses import replace

from lims.evidence import notes
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.entry import Change, Entry, from_bytes, to_bytes
from lims.evidence.tree import leaf_hash, root
from lims.storage.incoming import outgoing
from lims.sync import bundle, members
from lims.sync.bundle import Piece
from lims.sync.identity import identity
from lims.sync.inbox import Outcome, receive
from tests.lims.sync.vans import Van


def entries_of(van: Van) -> list[bytes]:
    found = outgoing(van.lims.store.engine, van.lims.store.place.site, 0, 100_000)
    return [data for _, data in found]


def following(van: Van, before: bytes, *changes: Change) -> bytes:
    """Return an entry that follows another and makes changes."""
    former: Entry = from_bytes(before)
    leaf = leaf_hash(van.lims.store.place.hash, before)
    return to_bytes(replace(former, seq=former.seq + 1, prev=leaf.hex(), changes=changes))


def send(van: Van, log: list[bytes], first: int = 0) -> list[Outcome]:
    """Sign a whole log as the van and hand its entries from `first` on to the county."""
    own = identity(van.laboratory.sealing)
    place = van.lims.store.place
    leaves = [leaf_hash(place.hash, data) for data in log]
    head = Checkpoint(place.origin, len(log), root(place.hash, leaves))
    piece = Piece(
        site=place.site,
        origin=place.origin,
        first=first,
        entries=[(place.station, data) for data in log[first:]],
        origins={place.station: place.origin},
        head=notes.sign(head.text(), place.origin, own.signer),
        old=0,
        proof=[],
        base=0,
    )
    home = van.lims.ask(members.home)
    assert home is not None
    _, data = bundle.made(piece, own, home.origin, home.sealing)
    county = van.county.laboratory
    return receive(county.lims, county.sealing, data, "forged")
