"""What can go wrong: a class for each reaction of a caller, carrying a code and its values, no prose."""

# ruff: noqa: N818 - these names are read aloud at the place that raises them: "raise NotAllowed"

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


def _nothing() -> Mapping[str, object]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what somebody entered or imported; returned as a value, not raised.

    Attributes:
        code: names the sentence `error.<code>` in the catalogues.
        where: the field, cell or line that it concerns, as the person would find it; empty when all of it.
        values: what the sentence needs to be exact.
    """

    code: str
    where: str = ""
    values: Mapping[str, object] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Word:
    """A value of a refusal that the catalogues name: `verb.sample.draw` is 登记抽样, draws a sample."""

    term: str

    def __str__(self) -> str:
        return self.term


class LimsError(Exception):
    """A refusal that a person must be told about; `lims.text.sentence` says it in their language.

    `code` names the sentence `error.<code>` in the catalogues, `values` are what it must name.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, *(f"{name}={value}" for name, value in values.items()))
        self.code = code
        self.values: Mapping[str, object] = MappingProxyType(values)


class NotAllowed(LimsError):
    """This person may not do this: wrong role, wrong password, or the same person as before."""


class NotFound(LimsError):
    """What was asked for is not here."""


class Conflict(LimsError):
    """Somebody else changed it first; reload and decide again."""


class RuleBroken(LimsError):
    """A rule of the laboratory forbids this in the present state."""


class NotReady(RuleBroken):
    """A run may not start: `problems` says what is missing, one by one, each with the next step."""

    def __init__(self, code: str, problems: Sequence[Problem] = (), **values: object) -> None:
        super().__init__(code, **values)
        self.problems = tuple(problems)


class Tampered(LimsError):
    """The log or a document is not what was written."""


class StorageUnfit(LimsError):
    """The disk, the database or its library cannot keep what is written."""


class Invalid(LimsError):
    """What was entered or read cannot be taken as it is; `problems` says why, one by one."""

    def __init__(self, code: str, problems: Sequence[Problem] = (), **values: object) -> None:
        super().__init__(code, **values)
        self.problems = tuple(problems)
