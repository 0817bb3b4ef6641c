"""The settings of a station: what is written comes back, and what is wrong is named with its line."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims import config, text
from lims.config import Config, Folder, Instrument
from lims.errors import Invalid

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | TEXT | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def refused(tmp_path: Path, content: str | bytes) -> Invalid:
    folder = Folder(tmp_path)
    folder.settings.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Invalid) as caught:
        config.load(folder)
    return caught.value


def test_a_folder_without_settings_has_the_defaults(tmp_path: Path) -> None:
    assert config.load(Folder(tmp_path / "empty")) == Config()


def test_make_creates_every_place(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "乡镇 一所")
    folder.make()
    assert {place.name for place in folder.root.iterdir()} == {"journal", "spool", "attachments", "reports"}


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "lab").write_text("a file stands here")
    with pytest.raises(Invalid) as caught:
        Folder(tmp_path / "lab").make()
    assert str(tmp_path / "lab") in text.tongue("en").sentence(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(TEXT, VALUES, max_size=4), TEXT)
def test_what_is_saved_comes_back(
    tmp_path_factory: pytest.TempPathFactory, chosen: dict[str, object], port: str
) -> None:
    folder = Folder(tmp_path_factory.mktemp("lab"))
    said = Config("C37", "VAN-2", "en", (Instrument("农残仪 1", "dayuan_tl310", port, chosen),))
    config.save(folder, said)
    assert config.load(folder) == said


def test_saving_leaves_nothing_but_the_settings(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    config.save(folder, Config(station="A"))
    config.save(
        folder, Config(station="B", instruments=(Instrument("x", "y", "COM3", {"day": date(2026, 1, 2)}),))
    )
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
    assert config.load(folder).station == "B"


def test_a_settings_file_from_notepad_with_its_mark_is_read(tmp_path: Path) -> None:
    Folder(tmp_path).settings.write_bytes(b'\xef\xbb\xbfstation = "S9"\r\n')
    assert config.load(Folder(tmp_path)).station == "S9"


def test_broken_toml_names_file_and_line(tmp_path: Path) -> None:
    error = refused(tmp_path, 'station = "S1"\nsite = \n')
    assert error.values["line"] == 2
    assert str(tmp_path / "config.toml") in text.tongue("zh_CN").sentence(error)


def test_an_unfinished_file_names_its_last_line(tmp_path: Path) -> None:
    assert refused(tmp_path, 'station = "S1"\nsite = """abc').values["line"] == 2


def test_gbk_bytes_are_named_by_their_line(tmp_path: Path) -> None:
    error = refused(tmp_path, b'station = "S1"\n# ' + "检测".encode("gbk"))
    assert (error.code, error.values["line"]) == ("config.encoding", 2)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ('station = "S 1"', "config.name", 1),
        ('\nstation = ""', "config.name", 2),
        ("site = 5", "config.type", 1),
        ('color = "red"', "config.unknown", 1),
        ("instruments = 5", "config.type", 1),
        ("instruments = [5]", "config.type", 1),
        ('[[instruments]]\nname = "a"\nprofile = "p"\n\n[[instruments]]\nname = "b"', "config.missing", 5),
        (
            '[[instruments]]\nname = "a"\nprofile = "p"\n[[instruments]]\nname = "b"\nprofile = 3',
            "config.type",
            6,
        ),
        (
            '[[instruments]]\nname = "a"\nprofile = "p"\n[[instruments]]\nname = "a"\nprofile = "p"',
            "config.twice",
            5,
        ),
        ('[[instruments]]\nname = "a"\nprofile = "p"\nbaud = 9600', "config.unknown", 4),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, content: str, code: str, line: int) -> None:
    error = refused(tmp_path, content)
    assert [(problem.code, problem.values["line"]) for problem in error.problems] == [(code, line)]
    for language in text.LANGUAGES:
        said = text.tongue(language).sentence(error)
        assert str(line) in said
        assert "{" not in said


def test_two_mistakes_are_told_together(tmp_path: Path) -> None:
    error = refused(tmp_path, 'site = 5\ncolor = "red"')
    assert [problem.code for problem in error.problems] == ["config.type", "config.unknown"]


def test_settings_that_cannot_be_read_or_written_are_sentences(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.settings.mkdir()
    with pytest.raises(Invalid) as unread:
        config.load(folder)
    with pytest.raises(Invalid) as unwritten:
        config.save(folder, Config())
    assert (unread.value.code, unwritten.value.code) == ("config.unreadable", "config.unwritable")


def test_the_default_folder_belongs_to_the_person() -> None:
    assert config.default_folder().root.name == "kuaijian"
    assert config.default_folder().database.name == "laboratory.db"
