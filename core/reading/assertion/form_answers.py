"""The answers of a form: "Seizures: no", "ataxia (+)", "| microcephaly | yes |", "[ ] scoliosis".

An answer says whether the finding before it is there. An empty box says neither: nobody may have looked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Sense = Literal["there", "denied", "unclear"]

_NO = r"no|none|nil|never|absent|negative|neg|denied|denies|false|not\s+(?:present|seen|found|observed|detected|noted)"
_YES = r"yes|present|positive|pos|true|confirmed"
_UNKNOWN = (
    r"unknown|unclear|uncertain|n/?a\b|n\.\s?a\.|n/?d\b|n\.\s?d\.|n/?k\b|n/?e\b|n\.\s?[ek]\.|not\s+(?:known|assessed|done|tested|evaluated|applicable|examined)|"
    r"untested|pending|DNA|DNT|possible|possibly|probable|suspected|equivocal|\?+|tbd"
)
_LAST = r"(?=[^\S\n]{0,9}(?:[,;.|)(\]\n\t/]|$)|[^\S\n]{2})"
_GAP = r"[^\S\n]{0,9}"


def _alternatives(no: str, yes: str, unknown: str = rf"(?i:{_UNKNOWN})") -> str:
    return rf"(?:(?P<unknown>{unknown})|(?P<no>{no})|(?P<yes>{yes}))"  # "n/a" is no N


_SIGNED_NO = rf"(?i:{_NO})|[Nn]|0|--?(?:ve)?"
_SIGNED_YES = rf"(?i:{_YES})|[Yy]|1|[+]+(?:ve)?|[xX]"
_SHORT = r"(?i:unknown)|ND|N/D"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        # Seizures: no    Seizures = 0    Seizures: -    Seizures? No.
        rf"{_GAP}(?:[:=?]|=>|->|→|[.]{{2,}}){_GAP}{_alternatives(_SIGNED_NO, _SIGNED_YES)}{_LAST}",
        # | Seizures | no |, and with tabs
        rf"{_GAP}(?:\||\t){_GAP}{_alternatives(_SIGNED_NO, _SIGNED_YES)}(?=[^\S\n]*(?:\||\t|\n|,|;|$))",
        # seizures (no), seizures(-), seizures [+]
        rf"{_GAP}[(\[]{_GAP}{_alternatives(_SIGNED_NO, _SIGNED_YES)}[.]?{_GAP}[)\]]",
        # seizures - no, microcephaly - yes
        rf"{_GAP}--?{_GAP}{_alternatives(rf'(?i:{_NO})', rf'(?i:{_YES})')}{_LAST}",
        # hypotonia -, hypotonia +: a sign at the end of an entry
        rf"[^\S\n]{{0,9}}{_alternatives('[-−–]', '[+]+', r'(?:[+]/-|[-−–]/[+]|±)')}(?=[^\S\n]{{0,9}}(?:[,;|)\]\n\t]|$))",
        # seizures N, seizures no, seizures -ve; a bare question mark ends a question
        rf"[^\S\n]+{_alternatives(r'(?i:no|none|nil|neg)|N|-ve', rf'(?i:{_YES})|Y|[+]+(?:ve)?', _SHORT)}{_LAST}",
    )
)
_BEGUN = re.compile(rf"{_GAP}[:=]{_GAP}(?i:none|no|nil|0)\b(?![.]?\d)")
"""An answer that goes on: "Seizures: none since age 5", "Seizures: 0 in the last year"."""
_FREE = re.compile(r"(?:-|[^\S\n]+)free\b(?![^\S\n]+(?:of|air|fluid|text))", re.IGNORECASE)
_MUCH = re.compile(rf"{_GAP}(?:[(][+]+[)]|[+]+){_LAST}")
_SIGN = re.compile(r"(?:^|(?<=[,;\n(\s]))(?:[(](?P<closed>[+-])[)]|(?P<bare>[+-])(?:ve(?:\s+for)?)?)[^\S\n]*$")
_BOX = re.compile(r"[\[(](?P<mark>[^\S\n]*|[xX✓✔])[\])]|(?P<empty>[☐□])|(?P<crossed>[✗✘☓])|(?P<ticked>[☒☑✓✔])")


@dataclass(frozen=True)
class Answer:
    """What is said, where the saying ends in the text, and why it is unclear."""

    sense: Sense
    start: int
    end: int
    why: str = ""
    shared: bool = False
    """Whether it could speak for the list before it as well ("seizures, ataxia: no")."""


def answer_after(text: str, end: int) -> Answer | None:
    """The answer right after a name that ends at `end`."""
    if found := _FREE.match(text, end):
        return Answer("unclear", end, found.end(), "is said to be gone now, which leaves open whether it was there before")
    for number, shape in enumerate(_SHAPES):
        if found := shape.match(text, end):
            if found["unknown"]:
                return Answer("unclear", end, found.end(), f"is answered with “{found['unknown']}”")
            return Answer("denied" if found["no"] else "there", end, found.end(), shared=number == 0)
    if found := _MUCH.match(text, end):
        return Answer("there", end, found.end())
    if found := _BEGUN.match(text, end):
        return Answer("unclear", end, found.end(), "has an answer that begins with a denial and goes on")
    return None


def boxes(text: str, spans: Sequence[tuple[int, int]]) -> dict[int, Answer]:
    """The boxes of a form, by the index of their name. On a line all stand before, or all after, the names."""
    found: dict[int, Answer] = {}
    starts = [start for start, _ in spans]
    at = 0
    for line in text.splitlines(keepends=True):
        marks = list(_BOX.finditer(line))
        here = range(bisect_left(starts, at), bisect_left(starts, at + len(line))) if marks else ()
        if here:
            leading = at + marks[0].start() < spans[here[0]][0]
            for i in here:
                start, end = spans[i][0] - at, spans[i][1] - at
                near = [m for m in marks if (line[m.end() : start].isspace() or m.end() == start) and m.end() <= start]
                if not leading:
                    near = [m for m in marks if m.start() >= end and not line[end : m.start()].strip(" :\t")]
                if near:
                    mark = near[-1] if leading else near[0]
                    ticked = bool(mark["ticked"]) or bool((mark["mark"] or "").strip())
                    why = "" if ticked else "stands at an empty box, which may mean that nobody looked"
                    if mark["crossed"]:
                        found[i] = Answer("denied", at + mark.start(), at + mark.end())
                        continue
                    found[i] = Answer("there" if ticked else "unclear", at + mark.start(), at + mark.end(), why)
        at += len(line)
    return found


def signs(text: str, spans: Sequence[tuple[int, int]]) -> dict[int, Answer]:
    """The signs before names: "(-) seizures, (+) ataxia". A bare minus is a dash unless there is a plus too."""
    found = {i: m for i, (start, _) in enumerate(spans) if (m := _SIGN.search(text[max(0, start - 12) : start]))}
    signed = any("+" in m.group() for m in found.values())
    answers = {}
    for i, mark in found.items():
        plain_dash = mark["bare"] and "ve" not in mark.group() and not signed
        if not plain_dash:
            begin = max(0, spans[i][0] - 12)
            sense: Sense = "denied" if "-" in mark.group() else "there"
            answers[i] = Answer(sense, begin + mark.start(), begin + mark.end())
    return answers
