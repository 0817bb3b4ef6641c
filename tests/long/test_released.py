"""The upgrade, rehearsed on a laboratory of every form of the tables that a program ever wrote."""

from pathlib import Path

import pytest

from tests.lims.storage import released


@pytest.mark.parametrize("form", released.FORMS)
def test_every_older_laboratory_is_upgraded_whole(form: str, tmp_path: Path) -> None:
    assert min(released.rehearse(form, tmp_path)) > 0
