"""The plain page of an evidence bundle: HTML in Chinese without scripts, links or pictures from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from lims import clock
from lims.reports.words import Words
from lims.rules import form
from lims.text import Tongue, tongue

_STYLE = (
    "body{font:15px/1.6 sans-serif;margin:2em;max-width:60em}"
    "td,th{text-align:left;padding:2px 12px 2px 0;vertical-align:top}"
)
_COLUMNS = ("at", "what", "who", "where", "detail")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a sample's trail: when, a code for what, who, where, and particulars by name."""

    at: datetime
    what: str
    who: str
    where: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page says of one sample.

    Attributes:
        number: of the sample.
        food: what it is.
        form: (name, Chinese, English, text) of the form's fields; personal ones are left out of the page.
        facts: its trail.
        entries: (log, place) of its entries.
        files: names of the files that belong to it.
        titles: of its methods by their ids, (Chinese, English).
    """

    number: str
    food: str
    form: Sequence[tuple[str, str, str, str]]
    facts: Sequence[Line]
    entries: Sequence[tuple[str, int]]
    files: Sequence[str]
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def page(laboratory: str, head: str, key: str, samples: Sequence[Seen], missing: Sequence[str]) -> bytes:
    """Return the page.

    Args:
        laboratory: its name.
        head: the signed head of the log, as text.
        key: the station's key, as C2SP writes it.
        samples: in the order of the bundle.
        missing: what could not be put into the bundle, one line each.
    """
    spoken = tongue("zh_CN")
    title = escape(spoken.t("dossier.title", laboratory=laboratory))
    lines = [
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1><p>{escape(spoken.t('dossier.how'))}</p>",
        f"<h2>{escape(spoken.t('dossier.head'))}</h2><pre>{escape(head)}</pre>",
        f"<p>{escape(spoken.t('dossier.key'))}<br><code>{escape(key)}</code></p>",
        *(f"<p>{escape(spoken.t('dossier.missing', what=one))}</p>" for one in missing),
        *(line for one in samples for line in _sample(one, spoken)),
        "</body></html>\n",
    ]
    return "\n".join(lines).encode()


def _sample(one: Seen, spoken: Tongue) -> list[str]:
    words = Words(spoken, one.titles)
    personal = {each.name for part in form.sections() for each in part.fields if each.kind == "personal"}
    told = [(zh, text) for name, zh, _, text in one.form if text not in {"", "/"} and name not in personal]
    entries = "、".join(f"{origin} {seq}" for origin, seq in one.entries)
    return [
        f"<h2>{escape(one.number)} {escape(one.food)}</h2>",
        f"<table>{''.join(_row('td', *pair) for pair in told)}</table>",
        f"<table>{_row('th', *(spoken.t(f'dossier.{name}') for name in _COLUMNS))}",
        *(_fact(fact, words) for fact in one.facts),
        f"</table><p>{escape(spoken.t('dossier.entries', entries=entries))}</p>",
        f"<p>{escape(spoken.t('dossier.files', files='、'.join(one.files) or '/'))}</p>",
    ]


def _fact(fact: Line, words: Words) -> str:
    at = f"{clock.local(fact.at):%Y-%m-%d %H:%M:%S} +08:00"
    said = words.detail([[name, text] for name, text in fact.detail.items()])
    return _row("td", at, words.coded("fact", fact.what), fact.who, fact.where, said)


def _row(tag: str, *texts: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(text)}</{tag}>' for text in texts)}</tr>\n"
