"""A text in runs: what was read, and the cues that it rests on, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from bedside.core.toolkit.marked import Marked
from bedside.core.types import Facts, Mention, Question, TextAddress
from bedside.core.wording import say

Kind = Literal["", "present", "denied", "unused", "named", "cue"]


class Run(NamedTuple):
    """A stretch of the text of one kind; `said` explains it ("Seizure (HP:0001250): denied")."""

    text: str
    kind: Kind
    said: str = ""


def texts_of(question: Question) -> Iterator[tuple[str, str]]:
    """(origin, text) of the question and the texts of its case that say anything."""
    for origin, text in (("question", question.text), *((t.origin, t.text) for t in question.case.texts)):
        if text.strip():
            yield origin, text


def runs_of(text: str, origin: str, facts: Facts) -> Iterator[Run]:
    """The whole `text`, stretch by stretch. Of two that overlap the one that begins first counts, a mention before a cue."""
    stretches: list[tuple[int, int, int, Kind, str]] = []
    for m in facts.mentions:
        if m.origin == origin:
            stretches.append((0, m.start, m.end, kind_of(m), f"{m.name} ({m.id}): {what_it_is(m)}"))
        for cue in m.cues:
            if isinstance(cue.address, TextAddress) and cue.address.origin == origin:
                about = say("page.cue-of", name=m.text, category=say(f"read.{cue.category}"))
                stretches.append((1, cue.address.start, cue.address.end, "cue", about))
    taken = Marked(len(text))
    chosen: list[tuple[int, int, Kind, str]] = []
    for _, start, end, kind, said in sorted(stretches):
        if 0 <= start < end <= len(text) and not taken.any(start, end):
            taken.mark(start, end)
            chosen.append((start, end, kind, said))
    at = 0
    for start, end, kind, said in sorted(chosen):
        if start > at:
            yield Run(text[at:start], "")
        yield Run(text[start:end], kind, said)
        at = end
    if at < len(text):
        yield Run(text[at:], "")


def kind_of(m: Mention) -> Kind:
    if not m.used:
        return "unused"
    if m.kind in ("drug", "gene", "disease") and not m.negated:
        return "named"
    return "denied" if m.negated else "present"


def what_it_is(m: Mention) -> str:
    """ "denied", "another person's", "uncertain, of the past" …"""
    words: list[str] = []
    if m.experiencer != "patient":
        words.append(say("read.relatives") if m.experiencer == "relative" else say("read.others"))
    if m.certainty == "uncertain":
        words.append(say("read.uncertain"))
    if m.temporality == "hypothetical":
        words.append(say("read.supposed"))
    if m.temporality == "historical":
        words.append(say("read.past"))
    if m.negated:
        words.append(say("read.denied"))
    if not words:
        words.append(say("read.present") if m.kind not in ("drug", "gene", "disease") else say("read.named"))
    return ", ".join(words)
