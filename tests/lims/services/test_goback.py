"""Back to an older program: rehearsed on a copy, refused where an entry would be lost, and silent afterwards."""

from pathlib import Path

import pytest

from lims.errors import NotAllowed, NotFound, StorageUnfit
from lims.queries import samples
from lims.services import goback
from lims.storage import migrate
from tests.laboratory import Lab, found_lab, opened_lab


def test_going_back_is_rehearsed_refused_or_done(tmp_path: Path) -> None:
    root, told = tmp_path / "lab", list[tuple[int, int]]()

    def step(done: int, total: int) -> None:
        told.append((done, total))

    lab: Lab = found_lab(root)
    number, accounts, admin = lab.draw(), dict(lab.accounts), lab.as_("admin")
    form, *_ = older = goback.older(admin)
    assert older[-1] == "0001"
    with pytest.raises(NotAllowed, match=r"storage\.back_role"):
        goback.rehearse(lab.as_("lin"), root, form, step)
    with pytest.raises(StorageUnfit, match=r"storage\.rollback_loses"):
        goback.rehearse(admin, root, "0001", step)
    with pytest.raises(NotFound, match=r"storage\.no_form"):
        goback.go(admin, root, "9999", step)
    meaning = goback.rehearse(admin, root, form, step)
    assert (meaning.now, meaning.to, meaning.entries > 0) == (migrate.head(), form, True)
    assert migrate.current(lab.station.store.engine) == migrate.head()
    again = lab.draw()
    assert goback.go(admin, root, form, step) == form
    assert told[-1] == (1, 2)
    with pytest.raises(StorageUnfit, match=r"storage\.gone_back"):
        lab.draw()
    lab.close()
    assert migrate.head() in {path.stem.rsplit("-", 1)[-1] for path in root.glob("laboratory-before-*.db")}
    assert not list(root.glob(".backup-*"))
    upgraded = opened_lab(root, "", accounts)
    assert {row.number for row in upgraded.as_("lin").ask(samples.page)} == {number, again}
    upgraded.close()
