"""The live database file is opened by the database alone: a second descriptor of ours would drop its locks."""

import os
import sys
from pathlib import Path

from lims.bench import dossier, life
from lims.queries import audit
from lims.services import keeping
from tests.laboratory import found_lab
from tests.lims.storage.keeping import SECRET, fill

_watched: list[str] = []
_opened: list[str] = []


def _hook(event: str, told: tuple[object, ...]) -> None:
    if event == "open" and _watched and isinstance(told[0], str | bytes | os.PathLike):
        path = os.fsdecode(told[0])
        if Path(path).resolve().as_posix().startswith(_watched[0]):
            _opened.append(path)


sys.addaudithook(_hook)


def test_nobody_but_the_database_opens_the_live_file(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    (number, *_) = fill(lab)
    manager, root = lab.as_("zheng"), lab.laboratory.folder.root
    _watched.append(lab.laboratory.folder.database.resolve().as_posix())
    try:
        assert manager.ask(audit.verify).ok
        keeping.back_up(manager, root, tmp_path)
        keeping.drill(manager, None, SECRET)
        keeping.on_media(manager)
        dossier.export(lab.laboratory, manager, [number], tmp_path / "one.zip")
        dossier.log_export(lab.laboratory, manager, tmp_path / "log.txt")
        life.page(lab.laboratory, manager, number)
        assert _opened == []
        lab.laboratory.folder.database.open("rb").close()
        assert len(_opened) == 1, "the watch works"
    finally:
        _watched.clear()
        _opened.clear()
        lab.close()
