"""Other spellings of an object of the log or of a bundle, and other objects that look like it."""

import json
import random
import unicodedata
from collections.abc import Callable

from lims.evidence import verify

Spelling = Callable[[str], str]
SPELLINGS: tuple[Spelling, ...] = (
    lambda text: text.replace('":', '": ', 1),
    lambda text: text + "\n",
    lambda text: " " + text,
    lambda text: "\ufeff" + text,
    lambda text: json.dumps(dict(reversed(json.loads(text).items())), ensure_ascii=False, separators=(",", ":")),
    lambda text: '{"form":"x",' + text[1:],
    lambda text: '{"actor":"a1",' + text[1:],
    lambda text: json.dumps(json.loads(text), separators=(",", ":")) if not text.isascii() else text + " ",
    lambda text: text.replace("a", "\\u0061", 1),
    lambda text: text.replace("/", "\\/", 1),
    lambda text: text.replace('":1', '":1.0', 1),
    lambda text: text.replace('":1', '":1e0', 1),
    lambda text: text.replace('":0', '":-0', 1),
    lambda text: text.replace('":1', '":01', 1),
    lambda text: text.replace('":1', '":true', 1),
    lambda text: text.replace('":true', '":1', 1),
    lambda text: text.replace("null", '""', 1),
    lambda text: text.replace("null", "NaN", 1),
    lambda text: text.replace("null", "[]", 1),
    lambda text: text.replace("null", "9" * 5000, 1),
    lambda text: text.replace("null", "[" * 3000 + "]" * 3000, 1),
    lambda text: text.replace('":"', '":"\\u0001', 1),
    lambda text: text.replace('":"', '":"\\r', 1),
    lambda text: text.replace('":"', '":"\\\\u0001', 1),
    lambda text: text.replace('":"', '":"\\n\\t\\"', 1),
    lambda text: text.replace('":"', '":"\x7f', 1),
    lambda text: text.replace('":"', '":"\u202e', 1),
    lambda text: text.replace('":"', '":"\u0338', 1),
    lambda text: text.replace('":"', '":"' + unicodedata.normalize("NFD", "é"), 1),
    lambda text: text.replace('":"', '":"\\ud800', 1),
    lambda text: text.replace('":"', '":"\U0001f96c', 1),
    lambda text: text.replace("{", '{"":0,', 1),
    lambda text: text[:-1] + ',"zzz":"more"}',
    lambda text: text.replace('"why":"",', "", 1).replace(',"why":""', "", 1),
    lambda text: text.replace('"table"', '"tables"', 1),
    lambda text: text.replace('"table":', '"more":1,"table":', 1),
    lambda text: text.replace('"changes":[', '"changes":[[],', 1),
    lambda text: text.replace('"changes":[', '"changes":[{},', 1),
    lambda text: text.replace('"mono":1000', '"mono":"1000"', 1),
    lambda text: text.replace('"mono":1000', '"mono":true', 1),
    lambda text: text.replace('"role":"sampler"', '"role":1', 1),
    lambda text: text.replace('"version":1', '"version":"1"', 1),
    lambda text: text.replace('"version":1', '"version":true', 1),
    lambda text: text.replace('"version":3', '"version":[3]', 1),
    lambda text: text.replace('"id":"', '"id":1,"idem":"', 1),
    lambda text: f"[{text}]",
    lambda _: "",
)  # fmt: skip
"""Other spellings of an object, and other objects that look like it; one that does not fit changes nothing."""


def spelt(value: object) -> bytes:
    """Return the one spelling, of what may not be written too."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def other_spelling(dice: random.Random, data: bytes) -> bytes:
    prefix = verify.PREFIX if data.startswith(verify.PREFIX) else b""
    return prefix + dice.choice(SPELLINGS)(data[len(prefix) :].decode()).encode("utf-8", "surrogatepass")
