"""Is a quote cut off its own condition? "Use codeine" is no quote of "Do not use codeine unless …".

A quote is whole sentences. Of a sentence only a section's label ("RESULTS:"), a list's mark and a reference in brackets may
be left out: whatever else is cut off could have been its negation, its condition, its exception or whom it speaks of, and no
list of words names them all. A list's item may not stand without the line that leads in to it ("Contraindicated in:").

A statement (a guideline's line, the text of a graph edge) is quoted from its beginning, since its head says whom it is for,
and what is left out behind the quote may not limit it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..reading.sentences import sentences
from ..types.reading import Span
from ..wording import say

GUIDANCE = frozenset({"guideline", "recommendation", "no_recommendation"})
"""Kinds of passages and edges that say what to do."""
STATEMENTS = GUIDANCE | {"pair"}
"""Kinds of passages that are one statement, as every edge is."""

_LABEL = re.compile(
    r"\s*(?:abstract|aims?|answer|background|case (?:report|presentation)|comments?|conclusions?(?: and relevance)?|context|"
    r"design|discussion|evidence|findings|importance|interpretation|introduction|main (?:outcome measures?|results)|"
    r"materials and methods|methods?(?: and (?:findings|results|materials))?|objectives?|patients and methods|purpose|"
    r"question|rationale|results?(?: and discussion)?|setting|significance|summary)\s*[:.–—-]\s*",
    re.IGNORECASE,
)
_MARK = re.compile(r"\s*(?:[-*•‣▪●–—+]|\(?(?:\d{1,3}|[a-z])[.)])\s*")
_REFERENCE = re.compile(
    r"\s*(?:[\[(]\s*(?:(?:PMIDs?:?\s*)?\d[\d\s,;–-]*|(?:see\s+)?(?:fig(?:ure)?|table|box|appendix)\.?\s*\w{1,3}|"
    r"[^\W\d_][^()\[\]<>=:]{0,60},?\s(?:19|20)\d\d[a-z]?)\s*[\])]\s*)+[.;,]?\s*"
)
_LIMITS = re.compile(
    r"\b(?:if|unless|except\w*|exclud\w+|only|when|whenever|where|until|while|provided|case|long as|without|absence|not|"
    r"never|no|none|nor|neither|cannot|avoid\w*|contra-?indicat\w+|but|however|although|though|despite|otherwise|caution|"
    r"patients?|child\w*|adults?|adolescents?|p(?:a)?ediatric|neonat\w+|infants?|elderly|older|pregnan\w+|lactati\w+|"
    r"breast-?feeding|women|men|those|people|persons?|carriers?|(?:homo|hetero)zyg\w+|metaboli[sz]ers?|deficien\w+|renal|hepatic|"
    r"impair\w+|less than|more than|below|above|at (?:least|most)|up to)\b|n['’]t\b|[<>≤≥]",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s*[\"'(]?(?:except|unless|provided|only (?:if|when|in)|other than|excluding|if not)\b", re.IGNORECASE
)
_HEAD = re.compile(r"(?:[^:.;\n]|[.:](?=[\w*])|[cgm][.](?=\d)|;(?= or )){1,600}:(?=\s)")
_WORD = re.compile(r"\w")
_PARAGRAPH = re.compile(r"\n\s*\n")


def cut_off(whole: str, start: int, end: int, *, statement: bool = False) -> str:
    """Why characters `start` to `end` of `whole` may not stand alone, in words; empty where they may."""
    spans = sentences(whole)
    first, last = _around(spans, start, end)
    if first is None or last is None:
        return say("verify.no-sentence")
    before, after = whole[first.start : max(start, first.start)], whole[min(end, last.end) : last.end]
    if not _may_be_left_out(before, _LABEL, _MARK) or not _may_be_left_out(after, _REFERENCE):
        return say("verify.cut-sentence")
    ahead = whole[: first.start].rstrip()
    if ahead.endswith(":") and not _is_label(whole, spans, first):
        return say("verify.without-lead")
    if _GOES_ON.match(whole, last.end):
        return say("verify.without-exception")
    if not statement:
        return ""
    if _WORD.search(whole, _beginning(whole, first.start), first.start):
        return say("verify.without-beginning")
    if _LIMITS.search(whole, last.end):
        return say("verify.without-rest")
    return ""


def head_of(text: str) -> int:
    """Where the head of a line ends, which says whom it is for ("codeine, CYP2D6 Poor Metabolizer:"); 0 without one."""
    head = _HEAD.match(text)
    return head.end() if head else 0


def _around(spans: Sequence[Span], start: int, end: int) -> tuple[Span | None, Span | None]:
    """The sentences in which a quote begins and ends."""
    inside = [span for span in spans if span.end > start and span.start < end]
    return (inside[0], inside[-1]) if inside else (None, None)


def _may_be_left_out(rest: str, *harmless: re.Pattern[str]) -> bool:
    return not _WORD.search(rest) or any(rule.fullmatch(rest) for rule in harmless)


def _is_label(whole: str, spans: Sequence[Span], first: Span) -> bool:
    """Is the sentence before `first` a section's label alone?"""
    before = [span for span in spans if span.end <= first.start]
    return bool(before) and bool(_LABEL.fullmatch(whole[before[-1].start : before[-1].end]))


def _beginning(whole: str, at: int) -> int:
    """Where the paragraph begins in which `at` lies."""
    return max((m.end() for m in _PARAGRAPH.finditer(whole, 0, at)), default=0)
