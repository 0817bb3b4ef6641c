"""Pictures of every screen: each is drawn in a window of somebody who may see it."""

from gui.discover import screens
from gui.portraits import audiences
from lims.actor import OFFICES


def test_every_screen_has_an_audience_that_may_see_it() -> None:
    files = screens()
    parted = [(file, frozenset(roles)) for some, roles in audiences(files) for file in some]
    assert sorted(file.name for file, _ in parted) == sorted(file.name for file in files)
    assert [file.name for file, roles in parted if file.needs is not None and not file.needs & roles] == []
    assert [file.name for file, roles in parted if roles <= set(OFFICES)] == ["department"]
