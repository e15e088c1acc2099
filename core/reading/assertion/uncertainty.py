"""Findings that are only possible, sought, feared or not yet looked for: neither there nor not there.

After ConText (Harkema et al. 2009): hypothetical and uncertain words with a scope. A word that opens a list ("risk of A, B")
reaches over commas; an adjective ("possible A, B") reaches the next finding and what "and" or "or" joins to it. A question
asks about the risk of a finding without doubting it: those words don't count there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...types.reading import Span
from ..entry_spans import end_of_entry
from ..sentences import sentences, span_at

_FLAGS = re.IGNORECASE | re.VERBOSE

_OPENS_LIST = re.compile(
    r"""\b(?:rule\s+out|ruling\s+out|r/o|(?:to|must|should)\s+exclude|suspicio(?:n|us)\s+(?:of|for)|suggestive\s+of|unable\s+to\s+(?:assess|exclude)|
      (?:pending|awaiting|needs?|planned|scheduled|recommend\w*)\s+(?:\w+\s+){0,2}(?:evaluation|assessment|testing|test|
        work-?up|screening|examination|confirmation|investigation)s?\s+(?:for|of)|
      (?:not|never|n't)\s+(?:yet\s+)?(?:been\s+)?(?:formally\s+|fully\s+)?(?:assessed|evaluated|tested|examined|screened|
        investigated|checked|asked)\s+(?:for|about)|
      (?:not|cannot|can\s+not)\s+(?:yet\s+)?(?:exclude|rule\s+out|confirm)|not\s+confirmed\s+to\s+have|
      (?:differential(?:\s+diagnosis)?|ddx)(?:\s+includes?|\s+of|:)?|unknown\s+(?:whether|if)|unclear\s+(?:whether|if)|
      (?:not\s+known|not\s+clear|uncertain|unsure)\s+(?:whether|if))(?!\w)""",
    _FLAGS,
)
_TOPIC = re.compile(
    r"""\b(?:risk\s+(?:of|for)|screen(?:ing|ed|s)?\s+for|surveillance\s+for|assess(?:ment|ed|ing)?\s+for|
      monitor(?:ing|ed)?\s+for|watch(?:ing)?\s+for|look(?:ing)?\s+for|test(?:ed|ing)?\s+for|concern(?:s|ed|ing)?\s+(?:for|about)|
      predispos\w+\s+to|susceptib\w+\s+to|in\s+case\s+of|in\s+the\s+event\s+of|question\s+of)\b""",
    _FLAGS,
)
_CONDITION = re.compile(
    r"""\b(?:if|whether|unless|should(?=\s+[\w\s]{3,40}\b(?:develop|occur|recur|arise|appear|return|begin))|
      (?:may|might|could|would)\s+(?:also\s+|later\s+|still\s+)?(?:have|be|develop|represent|suggest|indicate|experience|show))
      \b""",
    _FLAGS,
)
_ADJECTIVE = re.compile(
    r"\b(?:possibl[ey]|probabl[ey]|likely|unlikely|suspected|suspect|questionable|questionably|presumed|presumptive|potential(?:ly)?|"
    r"equivocal|uncertain|unconfirmed|query|cannot\s+exclude)\b|(?:(?<=[\s,;:(])|^)\?(?=\s?\w)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"""[^\S\n]{0,9}(?:[:(-][^\S\n]{0,9})?(?:(?:is|are|was|were|has|have|had|been|be|remains?|still|currently|yet|only|very)\s+)*
    (?:(?:possible|probable|likely|unlikely|suspected|uncertain|unclear|unknown)
        (?!\s+(?:due|secondary|related|caused|from|because|cause|a?etiology|origin|significance))|
      questionable|equivocal|unconfirmed|pending|doubtful|
      (?:not|never)\s+(?:yet\s+)?(?:been\s+)?(?:formally\s+)?(?:confirmed|assessed|known|evaluated|tested|examined|excluded|
        ruled\s+out|checked|certain|clear)|
      (?:cannot|can\s+not|could\s+not|couldn['’]t|can['’]t)\s+be\s+(?:entirely\s+|fully\s+)?(?:ruled\s+out|excluded|confirmed|
        assessed|determined)|
      to\s+be\s+(?:ruled\s+out|excluded|confirmed|assessed|determined)|(?:may|might|could)\s+(?:develop|occur|appear|follow)
    )\b|\?(?=\s*[,;)])""",
    _FLAGS,
)
_ENDS_LIST = re.compile(r"[.;!?\n]|\b(?:but|however|although|presents?|presented|who)\b", re.IGNORECASE)
_ENDS = re.compile(
    r"[.;:!?\n,()]|\b(?:but|however|with|has|had|have|who|which|presents?|presented|is|was|are|were|and|or|because|since|in)\b",
    re.IGNORECASE,
)
_ENDS_CONDITION = re.compile(r"[.;:!?\n,]|\b(?:but|however)\b", re.IGNORECASE)
_JOIN = re.compile(r"\s*(?:,?\s*(?:and/or|and|or)|/)\s*(?:\w+\s+){0,2}", re.IGNORECASE)
_LIST_JOIN = re.compile(r"\s*(?:,|,?\s*(?:and/or|and|or)|/)\s*(?:\w+\s+){0,2}", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_ALONE = re.compile(r"[^\S\n]{0,9}\?(?!\s*[Yy]es\b)\s*(?:$|(?=[A-Z\n]))")
_REACH = 40


def doubtful(text: str, spans: Sequence[tuple[int, int]]) -> dict[int, str]:
    """The spans (in order of appearance) that are said with doubt, by index, with the words that say so."""
    found: dict[int, str] = {}
    clauses = sentences(text, clauses=True)
    for cue, ends, join, topical in (
        (_OPENS_LIST, _ENDS_LIST, _LIST_JOIN, False),
        (_TOPIC, _ENDS_LIST, _LIST_JOIN, True),
        (_CONDITION, _ENDS_CONDITION, _LIST_JOIN, True),
        (_ADJECTIVE, _ENDS, _JOIN, False),
    ):
        for word in cue.finditer(text):
            if any(start < word.end() and word.start() < end for start, end in spans):
                continue  # part of a finding's name
            if topical and _is_asked(text, clauses, word.start()):
                continue
            for i in _after(text, spans, word.end(), ends, join):
                found.setdefault(i, word.group().strip())
    for i, (start, _) in enumerate(spans):
        end = end_of_entry(text, spans, i)
        said = _AFTER.match(text, end)
        if said and not any(a < said.end() and said.start() < b for a, b in spans):
            for j in (i, *_joined_before(text, spans, i)):
                found.setdefault(j, said.group().strip(" :(-,"))
        elif _ALONE.match(text, end) and start and not _words_before(text, clauses, start):
            found.setdefault(i, "?")
    return found


def _after(text: str, spans: Sequence[tuple[int, int]], at: int, ends: re.Pattern[str], join: re.Pattern[str]) -> list[int]:
    items: list[int] = []
    pending: list[int] = []
    for i, (start, end) in enumerate(spans):
        if start < at:
            continue
        gap = text[at:start]
        if not items:
            if len(gap) > _REACH or ends.search(gap):
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


def _joined_before(text: str, spans: Sequence[tuple[int, int]], i: int) -> list[int]:
    items = []
    while i > 0 and re.fullmatch(r"\s+(?:and|or|and/or)\s+", text[spans[i - 1][1] : spans[i][0]], re.IGNORECASE):
        i -= 1
        items.append(i)
    return items


def _words_before(text: str, clauses: Sequence[Span], at: int) -> bool:
    """Whether anything but the mark of a list stands before `at` in its clause."""
    clause = span_at(clauses, at)
    return bool(clause and text[clause.start : at].strip(" -*\n"))


def _is_asked(text: str, clauses: Sequence[Span], at: int) -> bool:
    """Whether the sentence around `at` is a question: "What raises the risk of seizures?"."""
    clause = span_at(clauses, at)
    return bool(clause and text[clause.start : clause.end].endswith(("?", "？")))
