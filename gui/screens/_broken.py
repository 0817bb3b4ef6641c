"""Why bytes were given up, in the words of the moment: the wires speak English, whose sentences are known here."""

import re
from functools import cache

from lims.text import mark, t

SENTENCES = (
    mark("no answer within {seconds} s"),
    mark("no answer in time"),
    mark("no answer to {request} in time"),
    mark("no answer to {request}"),
    mark("no answer for record {number} within {seconds} s"),
    mark("no plate within {seconds} s"),
    mark("nobody awaits a reply"),
    mark("nobody awaits an answer {what}"),
    mark("nobody awaits {what}"),
    mark("this is no answer to {request}"),
    mark("the answer stopped half-way"),
    mark("the answer did not come a second time"),
    mark("the next answer is not the same"),
    mark("an answer without a figure"),
    mark("the answer is no multiple of {size} bytes"),
    mark("command {command} does not belong to this wire"),
    mark("command {command} has {least} to {most} bytes, not {size}"),
    mark("whole length {size} is not within {least} to {most}"),
    mark("end is {found}, not {wanted}"),
    mark("{check} of the frame is {wanted}, it carries {found}"),
    mark("{check} of the report is {wanted}, it carries {found}"),
    mark("XOR of the data is {wanted}, it carries {found}"),
    mark("XOR of the head is {wanted}, it carries {found}"),
    mark("the check of the text is {wanted}, it carries {found}"),
    mark("the sum is {wanted}, the block carries {found}"),
    mark("no end within {size} bytes"),
    mark("{found} fields, not {wanted}"),
    mark("{found} bytes, not {wanted}"),
    mark("{size} bytes; this device sends {known}"),
    mark("{size} bytes are no records of {each}"),
    mark("{size} characters are no whole records"),
    mark("{count} lights, not 10, 12 or 20"),
    mark("it does not begin with {start}"),
    mark("{came} of {total} records came"),
    mark("{came} of {total} results came"),
    mark("{came} of {total} {kind} records came"),
    mark("the meter counts {total} records, {came} came"),
    mark("the meter refused record {number} with the exception {code}"),
    mark("the meter has no end of its records within {most}"),
    mark("the reader answered error {code}"),
    mark("the reader answered {code}"),
    mark("the analyser refuses {request} with its error {code}"),
    mark("the instrument ended the link"),
    mark("the line ended within a frame: {reason}"),
    mark("the closing word did not come"),
    mark("the records are not of ten bytes each"),
    mark("another block begins inside this one"),
    mark("after the check came {found}"),
    mark("a block is cut short or of an unknown table"),
    mark("an error code before a plate"),
    mark("no error code behind ERE"),
    mark("no end behind whole wells and a trailer"),
    mark("a well that is none or twice there, or a figure that is none"),
    mark("no possible time stands where a record has one"),
    mark("{text} is no date and time in digits"),
    mark("{text} is no date in decimal digits"),
    mark("no UnitSN, or neither Answer nor Result"),
    mark("no card came"),
    mark("no JSON with a check behind it"),
    mark("no separator came behind it"),
    mark("a message {kind}, not ORU^R01"),
    mark("the name is longer than the file"),
    mark("stage {stage} is none of a run"),
    mark("the run did not end: {seconds} s of silence"),
    mark("asked for the item pair {index}, the answer says {found}"),
    mark("a colour is brighter than 255"),
    mark("no reply of this board looks so"),
    mark("a curve of half a point"),
    mark("{length} bytes at {offset} of {file}"),
    mark("no list of objects under {key}: {error}"),
    mark("no record of {count} fields within {size} bytes"),
    mark("not as this wire has it: {error}"),
    mark("{file}: {why}"),
    mark("neither a plate nor a list of figures was found"),
)
"""What codecs say of broken bytes, with what they fill in between braces."""


def detail(said: str) -> str:
    """Say a detail of broken bytes in the language of the moment; a sentence that is not known stays as it is."""
    for sentence, pattern in _patterns():
        if found := pattern.fullmatch(said):
            return t(sentence, **found.groupdict())
    return said


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence with what matches it, those that say the most of their own first."""
    ordered = sorted(SENTENCES, key=lambda one: -len(re.sub(r"\{\w+\}", "", one)))
    return tuple((one, re.compile(_pattern(one), re.DOTALL)) for one in ordered)


def _pattern(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    return "".join(f"(?P<{part}>.*)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
