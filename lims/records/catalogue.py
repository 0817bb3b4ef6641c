"""All nouns of the laboratory together, so that whoever needs every table has every table."""

from sqlalchemy import MetaData

from lims.records import (
    attachments,
    cases,
    checkpoints,
    custody,
    equipment,
    intake,
    keeping,
    labels,
    limits,
    log,
    oversight,
    peers,
    people,
    places,
    plans,
    plates,
    portions,
    quality,
    readings,
    results,
    runs,
    samples,
    settings,
    signatures,
    slips,
    storerooms,
    supplies,
    tally,
    uploads,
    weighings,
)
from lims.records.base import Record

MODULES = (
    places,
    people,
    samples,
    custody,
    attachments,
    portions,
    storerooms,
    equipment,
    runs,
    readings,
    results,
    plates,
    weighings,
    cases,
    plans,
    uploads,
    intake,
    tally,
    settings,
    signatures,
    labels,
    slips,
    keeping,
    checkpoints,
    limits,
    supplies,
    quality,
    peers,
    oversight,
    log,
)


def metadata() -> MetaData:
    """Return the tables of the whole laboratory."""
    return Record.metadata
