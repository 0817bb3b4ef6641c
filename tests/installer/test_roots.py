"""A missing program or system is a sentence in two languages, not a traceback."""

import re
from pathlib import Path

import pytest

from installer.interpreter import FIRST_PATCH, patches
from installer.roots import BuildError, Root, needs


def test_a_missing_program_is_named_in_both_languages() -> None:
    with pytest.raises(BuildError, match="no-such-program") as refused:
        needs("sh", "no-such-program")
    assert re.search("缺少程序", str(refused.value))


def test_a_root_is_ready_only_when_it_was_laid_whole(tmp_path: Path) -> None:
    root = Root(tmp_path / "bullseye", "bullseye")
    (root.folder / "etc").mkdir(parents=True)
    assert [root.ready] == [False]
    (root.folder / "etc/kuaijian-root").write_text("bullseye", encoding="ascii")
    assert root.ready
    assert root.lay() is root


def test_only_the_patches_that_mend_faults_are_taken_in_order(tmp_path: Path) -> None:
    (tmp_path / "patches").mkdir()
    series = f"packaging.diff\n# a note\n\n{FIRST_PATCH}.diff\nCVE-1.patch -p1\n"
    (tmp_path / "patches/series").write_text(series, encoding="utf-8")
    assert [path.name for path in patches(tmp_path)] == [f"{FIRST_PATCH}.diff", "CVE-1.patch"]
