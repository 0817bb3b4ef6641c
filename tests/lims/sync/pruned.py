"""What pruning needs: a file of a sample on a van, a backup at the county."""

from pathlib import Path

from lims.services import attach, keeping
from lims.services.attach import Subject
from lims.storage import keys
from tests.laboratory import Lab
from tests.lims.storage.keeping import recovery
from tests.lims.sync.vans import Van


def back_up(van: Van, to: Path) -> None:
    to.mkdir()
    county = van.county.laboratory
    keys.write_file(county.folder.root / keys.RECOVERY, recovery()[0].plain())
    keeping.back_up(county.lims, county.folder.root, to)


def filed(lab: Lab, folder: Path, text: str) -> str:
    path = folder / "note.txt"
    path.write_text(text, "utf-8")
    number = lab.draw()
    return attach.file(lab.as_("chen"), lab.laboratory.folder, path, Subject("sample", number, "other"))
