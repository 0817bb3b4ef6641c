"""Words of the papers: codes of the frozen content as a person reads them, an unknown code as it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lims import clock
from lims.rules import cases, methods, regulation
from lims.text import Tongue

MARKS: Mapping[str, str] = {"negative": "○", "positive": "●", "suspect": "△", "invalid": "╳"}
"""The shape that stands beside each word, since a black and white printer has no colours."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `titles` are those of the laboratory's methods by their ids, (Chinese, English)."""

    tongue: Tongue
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def term(self, vocabulary: str, code: str) -> str:
        """Return a term of the rules' vocabulary."""
        found = regulation.term(vocabulary, code)
        return found.zh if self.tongue.language == "zh_CN" else found.en

    def verdict(self, code: str) -> str:
        """Return a screening word with its mark: ● 阳性."""
        return f"{MARKS.get(code, '？')} {self.term('word', code)}"

    def coded(self, kind: str, code: str) -> str:
        """Return the catalogue's `paper.<kind>.<code>`: kinds are fact, doubt, validity, name; cases have their own."""
        if label := cases.named(code):
            return self._of(label)
        key = f"paper.{kind}.{code}".lower()
        found = self.tongue.t(key)
        return code if found == key else found

    def each(self, kind: str, codes: str) -> str:
        """Return codes that stand apart by blanks as a list of words."""
        return self.tongue.t("format.comma").join(self._one(kind, code) for code in codes.split())

    def _one(self, kind: str, code: str) -> str:
        return self.tongue.words(f"flag.{code}") if kind == "flag" else self.coded(kind, code)

    def call(self, code: str) -> str:
        """Return the device's own call."""
        return self.tongue.words(f"call.{code}") if code else ""

    def rung(self, code: str) -> str:
        """Return how far an instrument's connection has been proved."""
        return self.tongue.words(f"rung.{code.lower()}") if code else ""

    def detail(self, detail: object) -> str:
        """Return a trail's detail: a text as it stands, or pairs of a name and a text with the codes in words."""
        if not isinstance(detail, list):
            return str(detail)
        parts = (f"{self.coded('name', name)} {self.told(name, text)}" for name, text in detail if text)
        return self.tongue.t("format.comma").join(parts)

    def _of(self, pair: tuple[str, str]) -> str:
        return pair[0 if self.tongue.language == "zh_CN" else 1]

    def told(self, name: str, text: str) -> str:
        """Return the text of one particular, its codes in words."""
        if cases.named(name):
            return self._of(cases.said(name, text, clock.ZONE))
        kinds: Mapping[str, Callable[[str], str]] = {
            "attachment_role": lambda code: self.term("attachment_role", code),
            "call": self.call,
            "condition": lambda code: self.term("condition", code),
            "disposal_method": lambda code: self.term("disposal_method", code),
            "disposal_reason": lambda code: self.term("disposal_reason", code),
            "doubts": lambda codes: self.each("doubt", codes),
            "flags": lambda codes: self.each("flag", codes),
            "method": self.method,
            "portion_role": lambda code: self.term("portion_role", code),
            "seal_state": lambda code: self.term("seal_state", code),
            "validity": lambda code: self.coded("validity", code),
            "word": self.verdict,
        }
        return kinds.get(name, str)(text)

    def standing(self, content: Mapping[str, Any]) -> list[str]:
        """Return why a slip is no final word: nobody reviewed it yet, or a positive case of it was open."""
        waiting = content.get("open_cases", ())
        return [
            *([self.tongue.t("paper.preliminary")] if content.get("preliminary") else []),
            *([self.tongue.t("paper.open", items="、".join(waiting))] if waiting else []),
        ]

    def method(self, code: str) -> str:
        """Return a method's title by its id; an id that nobody knows stands for itself."""
        return self._of(methods.titled(code, self.titles))

    def exact(self, code: str) -> str:
        """Return a method's title with its id, for a paper on which two methods of one title must be told apart."""
        title = self.method(code)
        return title if title == code else f"{title} ({code})"
