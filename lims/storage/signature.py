"""Signing inside the transaction: the entry just written is attested by one that follows it."""

import secrets

from sqlalchemy import select

from lims.errors import NotAllowed
from lims.evidence.signing import Signer, statement
from lims.records.log import LogEntry
from lims.records.settings import Setting
from lims.records.signatures import PersonKey, Signature
from lims.storage.unit import Unit, new_id

REQUIRED = "signature.required"
"""Name of the setting; with the value `yes` nobody acts unsigned where a signature has a meaning."""


def check(unit: Unit, meaning: str, signer: Signer | None) -> None:
    """Make sure that an act which means something is signed by whoever has a key.

    Raises:
        NotAllowed: the person has a key (or the laboratory requires one) and did not sign, or the key ended.
    """
    if not meaning or unit.actor.account == "station":
        return
    present = unit.one(
        select(PersonKey.id).where(
            PersonKey.site == unit.site,
            PersonKey.account == unit.actor.account,
            PersonKey.ended_at.is_(None),
        )
    )
    setting = unit.find(Setting, REQUIRED)
    if signer is None and (present or (setting is not None and setting.value == "yes")):
        raise NotAllowed("sign.needed", meaning=meaning)
    if signer is not None and signer.key != present:
        raise NotAllowed("sign.key_ended")


def attest(unit: Unit, seq: int, meaning: str, signer: Signer) -> Unit:
    """Return a unit that holds the signature over the entry `seq` just written."""
    leaf = unit.one(
        select(LogEntry.leaf).where(
            LogEntry.site == unit.site, LogEntry.station == unit.place.station, LogEntry.seq == seq
        )
    )
    nonce = secrets.token_hex(16)
    signed = signer.sign(statement(bytes(leaf or b""), meaning, signer.key, nonce))
    attested = Unit(unit.session, unit.place, unit.actor, unit.now, tick=unit.tick)
    attested.put(
        Signature(
            id=new_id(),
            station=unit.place.station,
            seq=seq,
            key=signer.key,
            account=unit.actor.account,
            meaning=meaning,
            nonce=nonce,
            value=signed.hex(),
            at=unit.now,
        )
    )
    return attested
