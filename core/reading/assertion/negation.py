"""Which mentions are denied, and of which that can't be determined.

A trigger denies the finding next to it. A list is followed over commas only where its words say that it is one list: "no A,
B or C", "denies A, B, C". In "no A, B, C" the rest may be denied (a review of systems) or there (a summary): neither is
taken, and it is reported. After "no consanguinity, A, B" and "not dysmorphic, A, B" the denial ended at the comma.

A question differs from a note: "should X not take codeine?" denies nothing about the patient, so a "not" after a modal
verb or before a verb of treatment is no trigger.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...toolkit.marked import Marked
from ...types.context import Cue, TextAddress
from ..entry_spans import end_of_entry
from .cues import CueWords
from .denial_cues import (
    AFTER,
    ALONE,
    BACKGROUND,
    BEFORE,
    END,
    GOVERNS_LIST,
    LABEL,
    LACK,
    LAST_JOIN,
    LATE,
    OF_ONE,
    PART_AFTER,
    PART_BEFORE,
    PLAIN,
    PSEUDO,
    REACH,
    TIMED_AFTER,
    TIMED_BEFORE,
    WRAPPED,
)
from .form_answers import Sense, answer_after, boxes, signs

_INSIDE = re.compile(r"(?<=\d)\.(?=\d)|(?<=HP):(?=\d{7})", re.IGNORECASE)
"""A point in a number and the colon of an id end nothing."""
_OR = re.compile(r"\b(?:or|nor)\b|(?<!h)/", re.IGNORECASE)
_AND = re.compile(r"\band\b|&", re.IGNORECASE)
_BARE_AND = re.compile(
    r"\s*(?P<comma>,)?\s*(?:and|&)\s+(?:(?:any|other|overt|obvious|significant|clear|frank|gross|an?|the)\s+)*", re.I
)
_LIST = re.compile(r"\s*(?:,\s*)?(?:and|or|,|/)\s*", re.IGNORECASE)
_STATES = re.compile(r"\b(?:has|had|have|with|shows?|presents?)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_NEXT_LABEL = re.compile(r"\.(?:\s|$)|[;,\n]\s*[A-Za-z][\w ]{1,30}:|\n\s*\n")
_TRIGGER_WORD = re.compile(r"(?:absent|absence|lack|no|non|not)\b", re.IGNORECASE)


_AROUND = " \t\n,;:"
_FAR = 45
"""Characters behind a list in which its "or" may follow."""
_NEAR = 6
"""As many readings of the same words at most."""


@dataclass(frozen=True)
class Denial:
    """Whether a mention is there, is denied, or can't be determined; then `why` completes "“seizures” …".

    `cue` is where the word stands that says so: `start:end` of the text; equal zeros where there is none."""

    sense: Sense = "there"
    why: str = ""
    cue: tuple[int, int] = field(default=(0, 0), compare=False)


_DENIED = Denial("denied")
_TIMED = Denial("unclear", "is denied only for a time, which leaves open whether it was there at another")


def negated(plain: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """For each span of `plain` (in order of appearance) whether it is denied for sure."""
    return [one.sense == "denied" for one in senses(plain, spans)]


def senses(plain: str, spans: Sequence[tuple[int, int]]) -> list[Denial]:
    """How each span of `plain` (in order of appearance) is to be read."""
    return _Text(plain, spans).read()


def denial_cues(text: str, cue: tuple[int, int], origin: str) -> tuple[Cue, ...]:
    """The cue at `cue` of `text`, without the signs around it; none where there is none."""
    start, end = cue
    said = text[start:end]
    end -= len(said) - len(said.rstrip(_AROUND))
    start += len(said) - len(said.lstrip(_AROUND))
    if start >= end:
        return ()
    address = TextAddress(origin=origin, start=start, end=end)
    return (Cue(text=text[start:end], category="negation", address=address),)


def masked_at(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` with underscores at `spans` (rising, apart)."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], "_" * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


class _Text:
    def __init__(self, plain: str, spans: Sequence[tuple[int, int]]) -> None:
        masked = masked_at(plain, [found.span() for found in PSEUDO.all(CueWords(plain))])
        masked = _INSIDE.sub("_", masked)
        self.plain = plain
        self.masked = WRAPPED.sub(lambda match: match.group().replace("\n", " "), masked)
        self.spans = spans
        self.ends = [end_of_entry(plain, spans, i) for i in range(len(spans))]
        self.starts = [start for start, _ in spans]
        self.named = Marked(len(plain), spans)  # what belongs to a name
        self.used = Marked(len(plain))  # words of denial that have found what they deny
        self.denials: dict[int, Denial] = {}
        self.answers: dict[int, Denial] = {}

    def read(self) -> list[Denial]:
        self._forms()
        self._labels()
        self._backward()
        triggers = [
            found
            for found in BEFORE.all(CueWords(self.masked))
            if not self.masked.startswith("-", found.end())  # "non-verbal"
            # "absent thumbs" is itself a finding; a "no" that answers or stands alone denies nothing after it
            and not self.named.any(found.start(), found.end())
            and not self.used.any(found.start(), found.end())
            and not ALONE.match(self.masked, found.end())
        ]
        for number, found in enumerate(triggers):
            stop = triggers[number + 1].start() if number + 1 < len(triggers) else len(self.masked)
            self._forward(found, stop)
        return [self._settled(i) for i in range(len(self.spans))]

    def _settled(self, i: int) -> Denial:
        answer, denial = self.answers.get(i), self.denials.get(i)
        if answer is None or denial is None:
            return answer or denial or Denial()
        if answer.sense == denial.sense or denial.sense == "unclear":
            return answer
        return Denial("unclear", "is denied by one word next to it and not by another")

    def _deny(self, i: int, reading: Denial, cue: tuple[int, int]) -> None:
        reading = replace(reading, cue=cue)
        if self.denials.get(i) != _DENIED:  # what is sure wins over what is unclear
            self.denials[i] = reading

    # Forms

    def _forms(self) -> None:
        marked = boxes(self.plain, self.spans)
        for i, end in enumerate(self.ends):
            answer = marked.get(i) or answer_after(self.plain, end)
            if answer is None or self.named.any(answer.start, answer.end):
                continue
            self._use(answer.start, answer.end)
            said = (answer.start, answer.end)
            self.answers[i] = Denial(answer.sense, answer.why, said)
            if answer.shared and answer.sense == "denied":
                for j in self._before(i):
                    self.answers.setdefault(
                        j, Denial("unclear", "stands in a list whose last item is answered with no", said)
                    )
        for i, sign in signs(self.plain, self.spans).items():
            if i not in self.answers and not self.used.any(sign.start, sign.end):
                self._use(sign.start, sign.end)
                self.answers[i] = Denial(sign.sense, cue=(sign.start, sign.end))

    def _labels(self) -> None:
        """ "Absent: A, B" and, with one finding a line, the lines below up to an empty one or the next label."""
        for found in LABEL.finditer(self.masked):
            line_end = self.masked.find("\n", found.end())
            rest = self.masked[found.end() : line_end if line_end >= 0 else None]
            begin = found.end() if rest.strip() else line_end + 1
            end = _NEXT_LABEL.search(self.masked, begin)
            stop = end.start() if end else len(self.masked)
            if rest.strip() and line_end >= 0:
                stop = min(stop, line_end)
            self._use(*found.span())
            for i in range(bisect_left(self.starts, begin), bisect_left(self.starts, stop)):
                self._deny(i, _DENIED, found.span())

    # What stands before a trigger

    def _backward(self) -> None:
        for i, end in enumerate(self.ends):
            if i in self.answers:
                continue
            if late := LATE.match(self.masked, end):
                self._deny(
                    i,
                    Denial("unclear", "is followed by a comma and a denial that may belong to something else"),
                    late.span(),
                )
                self._use(*late.span())
                continue
            found = AFTER.match(self.masked, end)
            if found is None or self.named.any(found.start("word"), found.end("word")):
                continue
            self._use(*found.span())
            next_one = bisect_left(self.starts, found.end())
            if not found["link"] and next_one < len(self.spans) and not self._status(next_one):
                gap = self.masked[found.end() : self.spans[next_one][0]]
                if gap.isspace() and "\n" not in gap:
                    both = Denial("unclear", "stands next to a denial that may belong to the finding before it or after it")
                    self._deny(i, both, found.span())
                    self._deny(next_one, both, found.span())
                    continue
            if TIMED_AFTER.match(self.masked, found.end()):
                self._deny(i, _TIMED, found.span("word"))
                continue
            self._deny(i, _DENIED, found.span("word"))
            self._list_before(i, found)

    def _status(self, i: int) -> bool:
        return i in self.answers or bool(AFTER.match(self.masked, self.ends[i]))

    def _before(self, i: int) -> list[int]:
        """The items of the list that ends in `i`, nearest first."""
        items = []
        while i > 0 and _LIST.fullmatch(self.masked[self.spans[i - 1][1] : self.spans[i][0]]):
            i -= 1
            items.append(i)
        return items

    def _list_before(self, i: int, found: re.Match[str]) -> None:
        """ "Fever and cough were excluded" denies both; in "fever, cough absent" the first may well be there."""
        items = self._before(i)
        if not items:
            return
        gap = self.masked[self.spans[items[0]][1] : self.spans[i][0]]
        plural = re.search(r"\b(?:were|are|have)\b", found["link"], re.IGNORECASE)
        states = _STATES.search(self.masked[: self.spans[items[-1]][0]])
        joined = _OR.search(gap) or (plural and _AND.search(gap) and not (len(items) == 1 and "," in gap))
        sure = bool(found["group"]) or (joined and not states)
        for j in items:
            self._deny(
                j, _DENIED if sure else Denial("unclear", "stands in a list of which the last item is denied"), found.span()
            )

    # What stands after a trigger

    def _forward(self, trigger: re.Match[str], stop: int) -> None:
        items = self._items(trigger.end(), stop)
        if not items:
            return
        first = self.masked[trigger.end() : self.spans[items[0][0]][0]]
        before = self._right_before(trigger.start())
        if before is not None and first.isspace() and items[0][0] in self.answers:
            # "seizures no microcephaly yes": each word answers what stands before it
            self._deny(before, _DENIED, trigger.span())
            return
        word = trigger.group()
        last_or = max((n for n, (_, gap) in enumerate(items) if n and _OR.search(gap)), default=0)
        if self._or_follows(items[-1][0]):
            last_or = max(last_or, len(items) - 1)
        start = _first(word, first, joined=last_or > 0)
        if start is None:
            return
        closed = last_or or next((n for n, (_, gap) in enumerate(items) if n and _closes(gap, n)), 0)
        readings = _along(start, items, closed, word)
        last = max((n for n, one in enumerate(readings) if one == _DENIED), default=0)
        if TIMED_BEFORE.match(first) or TIMED_AFTER.match(self.masked, self.ends[items[last][0]]):
            readings = [_TIMED if one == _DENIED else one for one in readings]
        for (i, gap), one in zip(items, readings, strict=True):
            if one == _DENIED and (part := self._part(gap, i)):
                one = Denial("unclear", f"is denied only in part (“{part}”)")
            self._deny(i, one, trigger.span())
            self._inside(i, one, trigger.span())

    def _part(self, gap: str, i: int) -> str:
        """The word that narrows a denial: "no left-sided hearing loss" leaves the other side, "no rash on the face" more."""
        joins = list(LAST_JOIN.finditer(gap))
        own = gap[joins[-1].end() :] if joins else gap
        if PART_BEFORE.search(own) or PLAIN.sub(" ", own).strip(" \t\n-()[]\"'“”‘’"):
            return own.strip()
        after = PART_AFTER.match(self.masked, self.ends[i])
        return after.group().strip() if after else ""

    def _items(self, at: int, stop: int) -> list[tuple[int, str]]:
        """The mentions in reach, each with what stands between it and the one before."""
        items: list[tuple[int, str]] = []
        depth = 0
        for i in range(bisect_left(self.starts, at), len(self.spans)):
            start = self.starts[i]
            if start < at:
                continue
            gap = self.masked[at:start]
            own = items and (_TRIGGER_WORD.match(self.masked, start) or i in self.answers)
            if start >= stop or len(gap.split()) > REACH or END.search(gap) or own or self.used.any(at, start):
                break
            depth += gap.count("(") - gap.count(")")
            if depth < 0:
                break  # "microcephaly (no seizures), scoliosis"
            items.append((i, gap))
            at = self.spans[i][1]
        return items

    def _use(self, start: int, end: int) -> None:
        self.used.mark(start, end)

    def _or_follows(self, i: int) -> bool:
        """ "No A, B or (what is not read)": the list goes on to an "or" behind its last finding that is read."""
        rest = self.masked[self.spans[i][1] : self.spans[i][1] + _FAR]
        end = END.search(rest)
        found = re.match(r"(?:,\s*[\w\s-]+)*,?\s+(?:or|nor)\b", rest[: end.start()] if end else rest, re.IGNORECASE)
        return found is not None

    def _right_before(self, at: int) -> int | None:
        i = bisect_left(self.starts, at) - 1
        return i if i >= 0 and self.ends[i] < at and not self.masked[self.ends[i] : at].strip(" ") else None

    def _inside(self, i: int, reading: Denial, cue: tuple[int, int]) -> None:
        """Other readings of the same words (a gene within a phenotype) go with them."""
        start, end = self.spans[i]
        for j in range(max(0, i - _NEAR), min(len(self.spans), i + _NEAR + 1)):
            if j != i and self.spans[j][0] < end and start < self.spans[j][1]:
                self._deny(j, reading, cue)


def _first(word: str, gap: str, *, joined: bool) -> Denial | None:
    """How the first finding after the trigger `word` is read; None where the denial does not reach it.

    `joined`: an "or" stands further on in the list.
    """
    phrase, comma, rest = gap.partition(",")
    only_next = OF_ONE.fullmatch(word)
    if not comma:
        if not _AND.search(gap):
            return _DENIED
        return None if only_next else Denial("unclear", f"follows “{word}{gap}”, and may or may not be denied with it")
    if GOVERNS_LIST.fullmatch(word):
        return _DENIED
    joined = joined or bool(_OR.search(rest))
    alone = only_next or LACK.fullmatch(word) or BACKGROUND.search(phrase)
    if alone and not joined and "," not in rest:
        return None
    if joined and not alone:
        return _DENIED
    return Denial("unclear", f"follows “{word}{phrase},” and may or may not be denied with it")


def _along(start: Denial, items: list[tuple[int, str]], closed: int, word: str) -> list[Denial]:
    """The readings of a list whose first item is read as `start` and whose "or" or "and" stands before item `closed`."""
    in_list = Denial("unclear", f"stands after “{word}” in a list without “or”: not clear whether it is denied")
    reading = start
    readings = []
    for n, (_, gap) in enumerate(items):
        if n and start == _DENIED and ("," in gap or _AND.search(gap)):
            sure = n <= closed or ("," in gap and GOVERNS_LIST.fullmatch(word))
            reading = _DENIED if sure and reading == _DENIED else in_list
        readings.append(reading)
    return readings


def _closes(gap: str, n: int) -> bool:
    """Whether this "and" closes a list: "A, B, and C", but not "no A, and C"."""
    found = _BARE_AND.fullmatch(gap)
    return found is not None and not (found["comma"] and n == 1)
