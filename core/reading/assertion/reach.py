"""How far a cue reaches: which findings a word of doubt or of time is said of.

After ConText (Harkema et al. 2009). The words are in `rules/en/uncertainty.toml` (only possible, sought, feared or not yet
looked for: neither there nor not there) and `rules/en/time.toml`. A cue reaches the next finding and what is joined to it,
as far as its `reach` says. A question asks about the risk of a finding without doubting it: such cues don't count there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from ...types.reading import Span
from ..entry_spans import end_of_entry
from ..sentences import span_at
from .cues import Category, CueRule, CueWords, Reach, cue_rules, reaches

_PART_ENDS = {"adjacent": ".;:!?\n,()", "list": ".;!?\n", "part": ".;!?\n,", "next": ".;:!?\n,()"}
_JOIN = re.compile(r"\s*(?:,?\s*(?:and/or|and|or)|/)\s*(?:\w+\s+){0,2}", re.IGNORECASE)
_LIST_JOIN = re.compile(r"\s*(?:,|,?\s*(?:and/or|and|or|vs[.]?|versus)|/)\s*(?:\w+\s+){0,2}", re.IGNORECASE)
_JOINED = re.compile(r"\s+(?:and|or|and/or)\s+", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_LINK = re.compile(
    r"[^\S\n]{0,9}(?:[:(=–-][^\S\n]{0,9}|,[^\S\n]{0,9}(?=to be\b|not\b))?"
    r"(?:(?:is|are|was|were|has|have|had|been|be|being|remains?|still|currently|yet|only|very|therefore|also)\s+)*",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"[^\S\n]{0,9}:[^\S\n]{0,9}(?P<said>[^;.\n]{1,60})")
_MARK = re.compile(r"\?(?=\s*[,;)/])")
_ALONE = re.compile(r"[^\S\n]{0,9}\?(?!\s*[Yy]es\b)\s*(?:$|(?=[A-Z\n]))")
_HEADED = re.compile(r"(?:^|[\n.;])\s*(?:[-*•]\s*)?(?:[A-Z][\w /-]{2,30}:)?\s*$")
_LONGEST_WORD = 14
"""Characters a word and its blank, so that a reach in words is bounded in characters too."""


class Found(NamedTuple):
    """A cue at `start:end` of the text."""

    category: Category
    text: str
    start: int
    end: int


def cued(words: CueWords, spans: Sequence[tuple[int, int]], rules: str, clauses: Sequence[Span]) -> dict[int, Found]:
    """The spans (in order of appearance) that a cue of the file `rules` reaches, by index, with the first that does.

    `words` and `clauses` are those of the text."""
    found: dict[int, Found] = {}
    if not spans:
        return found
    text, names = words.text, _Names(spans)
    for rule in cue_rules(rules):
        if rule.scope != "forward":
            continue
        reach = reaches(rules)[rule.reach]
        for word in rule.all(words):
            if names.overlap(word.start(), word.end()) or (rule.asks and _is_asked(text, clauses, word.start())):
                continue
            for i in _after(text, spans, names, word.end(), rule, reach):
                found.setdefault(i, _found(rule.category, text, word.start(), word.end()))
    backward = [rule for rule in cue_rules(rules) if rule.scope == "backward"]
    for i, (start, _) in enumerate(spans):
        end = end_of_entry(text, spans, i)
        if said := _said_after(text, end, backward, marks=rules == "uncertainty"):
            if not names.overlap(end, said.end):
                for j in (i, *_joined_before(text, spans, i)):
                    found.setdefault(j, said)
        elif (
            rules == "uncertainty"
            and (alone := _ALONE.match(text, end))
            and start
            and _HEADED.search(text[max(0, start - 60) : start])
        ):
            found.setdefault(i, _found("uncertainty", text, *alone.span()))
    return found


class _Names:
    """Whether a stretch of text belongs to a name, in logarithmic time."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.starts = [start for start, _ in spans]
        self._reached: list[int] = []
        for _, end in spans:
            self._reached.append(max(end, self._reached[-1]) if self._reached else end)

    def overlap(self, start: int, end: int) -> bool:
        i = bisect_left(self.starts, end)
        return i > 0 and self._reached[i - 1] > start


def _found(category: Category, text: str, start: int, end: int) -> Found:
    said = text[start:end]
    start += len(said) - len(said.lstrip(" \t\n:(-,"))
    return Found(category, text[start:end].strip(), start, end)


def _after(text: str, spans: Sequence[tuple[int, int]], names: _Names, at: int, rule: CueRule, reach: Reach) -> list[int]:
    items: list[int] = []
    pending: list[int] = []
    join = _JOIN if rule.reach in ("next", "adjacent") else _LIST_JOIN
    for i in range(bisect_left(names.starts, at), len(spans)):
        start, end = spans[i]
        gap = text[at:start]
        if not items:
            if (
                len(gap) > (1 + reach.tokens) * _LONGEST_WORD
                or len(gap.split()) > reach.tokens
                or _ends(gap, rule.reach, reach)
            ):
                break
            items.append(i)
        elif gap.strip() in ("", "(", "["):
            items.append(i)  # another name of the same
        elif join.fullmatch(gap):
            # "possible A, B or C": the commas before an "or" belong to the same list
            if not pending or _OR.search(gap):
                items += [*pending, i]
                pending = []
            else:
                break
        elif gap.strip() == ",":
            pending.append(i)
        else:
            break
        at = end
    return items


def _ends(gap: str, name: str, reach: Reach) -> bool:
    return any(sign in gap for sign in _PART_ENDS[name]) or bool(reach.stops.search(gap))


def _said_after(text: str, end: int, rules: Sequence[CueRule], *, marks: bool) -> Found | None:
    """What is said right behind a finding that ends at `end`: "… is possible", "…? ", "… could not be examined"."""
    link = _LINK.match(text, end)
    begin = link.end() if link else end
    for rule in rules:
        for at in (begin, *_blank_after(text, end)):
            if (at > end or at == begin) and (found := rule.pattern.match(text, at)):
                return _found(rule.category, text, found.start(), found.end())
    if marks and (entry := _ENTRY.match(text, end)):  # "Renal cyst: ultrasound not yet done"
        for rule in rules:
            if found := rule.pattern.search(text, entry.start("said"), entry.end("said")):
                return _found(rule.category, text, found.start(), found.end())
    mark = _MARK.match(text, end) if marks else None
    return _found("uncertainty", text, *mark.span()) if mark else None


def _blank_after(text: str, end: int) -> tuple[int, ...]:
    """Where the next word begins: what `_LINK` takes ("was", "not") may be the cue's own first word."""
    blank = len(text[end : end + 9]) - len(text[end : end + 9].lstrip(" "))
    return (end + blank,) if blank else ()


def _joined_before(text: str, spans: Sequence[tuple[int, int]], i: int) -> list[int]:
    items = []
    while i > 0 and _JOINED.fullmatch(text[spans[i - 1][1] : spans[i][0]]):
        i -= 1
        items.append(i)
    return items


def _is_asked(text: str, clauses: Sequence[Span], at: int) -> bool:
    """Whether the sentence around `at` is a question: "What raises the risk of seizures?"."""
    clause = span_at(clauses, at)
    return bool(clause and text[clause.start : clause.end].endswith(("?", "？")))
