"""The catalogues say everything the source asks for, in both languages, with the same places to fill."""

import ast
import re
import string
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from lims import errors, text

ROOT = Path(__file__).resolve().parents[2]
RAISED = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.LimsError)
} | {"Problem"}
NOT_VALUES = {"problems"}


@dataclass(frozen=True)
class Use:
    """A message id in the source: where, and the values handed over (None: cannot be told from the source)."""

    place: str
    id: str
    values: frozenset[str] | None


def sources() -> list[Path]:
    return [*(ROOT / "lims").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]


def handed(call: ast.Call, name: str) -> frozenset[str] | None:
    if name == "Problem":
        mapping = (
            call.args[2]
            if len(call.args) > 2
            else {word.arg: word.value for word in call.keywords}.get("values")
        )
        if mapping is None:
            return frozenset()
        if not isinstance(mapping, ast.Dict) or None in mapping.keys:
            return None
        return frozenset(str(key.value) for key in mapping.keys if isinstance(key, ast.Constant))
    if any(word.arg is None for word in call.keywords):
        return None
    return frozenset(word.arg for word in call.keywords if word.arg) - NOT_VALUES


def prefix(name: str) -> str | None:
    if name in RAISED:
        return "error."
    return {"t": "", "mark": "", "words": "word."}.get(name)


def uses() -> Iterator[Use]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first, start = node.args[0], prefix(name)
            if (
                start is not None
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
                and first.value
            ):
                values = None if name == "mark" else handed(node, name)
                if name == "words" and "." not in first.value:
                    continue
                yield Use(f"{path.relative_to(ROOT)}:{node.lineno}", start + first.value, values)


def enumerations() -> Iterator[tuple[str, str]]:
    """Every value of every StrEnum that a person may meet: those of records, rules and readings."""
    shown = [*(ROOT / "lims/rules").rglob("*.py"), *(ROOT / "lims/records").rglob("*.py")]
    for path in [*shown, ROOT / "drivers/reading.py", ROOT / "drivers/profile.py"]:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base).endswith("StrEnum") for base in node.bases
            ):
                for each in node.body:
                    if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant):
                        yield f"{path.relative_to(ROOT)}", f"word.{node.name}.{each.value.value!s}".lower()


def entries(language: str) -> Iterator[tuple[str, Message]]:
    for path in text.sources(language):
        with path.open("rb") as file:
            yield from ((path.name, message) for message in read_po(file, locale=language) if message.id)


def said(language: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for _, message in entries(language)}


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_everything_the_source_says_is_in_the_catalogue(language: str) -> None:
    known = said(language)
    wanted = {use.id: use.place for use in uses() if language == "zh_CN" or text.KEY.fullmatch(use.id)}
    missing = [f"{place} {key}" for key, place in wanted.items() if key not in known]
    assert not missing, f"not in {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_value_of_an_enumeration_has_its_word(language: str) -> None:
    known = said(language)
    assert [f"{place} {key}" for place, key in enumerations() if key not in known] == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_nothing_is_untranslated_or_fuzzy(language: str) -> None:
    loose = [
        f"{name}: {message.id}" for name, message in entries(language) if not message.string or message.fuzzy
    ]
    assert loose == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_areas_agree(language: str) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for _, message in entries(language):
        found[str(message.id)].add(str(message.string))
    assert {key: sorted(strings) for key, strings in found.items() if len(strings) > 1} == {}


def test_both_languages_know_the_same_keys() -> None:
    keys = {
        language: {key for key in said(language) if text.KEY.fullmatch(key)} for language in text.LANGUAGES
    }
    assert keys["zh_CN"] ^ keys["en"] == set()


def shipped_words(part: object, name: str = "") -> Iterator[str]:
    """Every word of a table of rules that says where something is written."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from shipped_words(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from shipped_words(value, name)
    elif isinstance(part, str) and name in {"standard", "source", "clause", "control_source"}:
        yield part


@pytest.mark.parametrize("name", ["methods", "clocks", "retention", "custody"])
def test_where_a_shipped_rule_is_written_is_said_in_english_too(name: str) -> None:
    chinese, named = re.compile(r"[一-鿿]"), re.compile(r"[^：:；;]*法( ?[（(].*[)）])?")
    rules = tomllib.loads((ROOT / f"lims/rules/data/{name}.toml").read_text("utf-8"))
    foreign = {word for word in shipped_words(rules) if chinese.search(word) and not named.fullmatch(word)}
    assert foreign
    assert foreign - set(said("en")) == set()
    around = {word: re.split(r"[:;] ", said("en")[word])[-1] for word in foreign}
    assert [word for word, english in around.items() if chinese.search(english)] == []


def test_both_sides_fill_the_same_places() -> None:
    english = said("en")
    odd = {
        key: sorted(places(chinese) ^ places(english.get(key, key)))
        for key, chinese in said("zh_CN").items()
        if key != "format.long_date" and places(chinese) != places(english.get(key, key))
    }
    assert odd == {}


def test_the_source_hands_over_what_the_sentence_needs() -> None:
    english = said("en")
    lacking = {
        f"{use.place} {use.id}": sorted(places(english.get(use.id, use.id)) - use.values)
        for use in uses()
        if use.values is not None and places(english.get(use.id, use.id)) - use.values
    }
    assert not lacking, "\n".join(f"{use} lacks {names}" for use, names in lacking.items())
