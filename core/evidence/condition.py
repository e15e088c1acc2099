"""Is a quote cut off its own condition? "Use codeine" from "Do not use codeine unless …" is no quote of it.

A quote of whole sentences stands. Of a sentence that is cut, the part left out may hold no negation, condition, exception
or population, and a line's own head ("codeine, CYP2D6 Poor Metabolizer:") belongs to all of it. After a quote from a
guideline, the next sentence may not take it back ("However, …", "This does not apply …")."""

from __future__ import annotations

import re

from ..reading.sentences import sentences

_CONDITION = re.compile(
    r"\b(?:"
    r"if|unless|except(?:ing|ions?)?|excluding|only|when|whenever|where|until|while|provided|given that|in case|as long as|"
    r"without|with(?:in)?|in (?:the )?(?:absence|presence|setting|case)|"
    r"not|never|no|none|nor|neither|cannot|avoid(?:ed)?|contraindicated|fail(?:s|ed)? to|unlikely|hardly|rarely|"
    r"but|however|although|though|despite|rather than|instead of|"
    r"patients?|children|child(?:hood)?|adults?|adolescents?|pa?ediatric|neonates?|infants?|elderly|older|"
    r"pregnan(?:t|cy)|lactati(?:ng|on)|breast-?feeding|women|men|those|people|carriers?|homozyg\w+|heterozyg\w+|"
    r"metaboli[sz]ers?|deficien\w+|renal|hepatic|impairment|"
    r"for (?:up to|at least|a|the|those)|after|before|during|less than|more than|below|above|at (?:least|most)|up to"
    r")\b|n['’]t\b|[<>≤≥]",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\s*(?:however|but|except|unless|although|nevertheless|"
    r"this (?:does not|doesn['’]t|is not|applies only|should not|holds only|only)|"
    r"do not|does not|never|only|not|contraindicated|exceptions?\b|in (?:children|patients|pregnan\w+|women|adults))\b",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^[^:.;\n]{1,300}:\s")
_WORD = re.compile(r"\w")
GUIDANCE = frozenset({"guideline", "recommendation", "no_recommendation", "label"})
"""Kinds of evidence that say what to do."""


def cut_off(whole: str, start: int, end: int, *, kind: str = "") -> str:
    """Why characters `start` to `end` of `whole` may not stand alone, in words; empty where they may."""
    spans = sentences(whole)
    first = next((s.start for s in spans if s.start <= start < s.end), start)
    last = next((s.end for s in spans if s.start < end <= s.end), end)
    before, after = whole[first:start], whole[end:last]
    head = _HEAD.match(whole)
    if kind in GUIDANCE and head and start >= head.end() and _WORD.search(head.group()):
        return f"it leaves out whom the line is for (“{head.group().strip()[:80]}”)"
    for left_out in (before, after):
        if not _WORD.search(left_out):
            continue
        if left_out is before and ":" in left_out:
            return f"it leaves out the head of its sentence (“{left_out.strip()[:80]}”)"
        if cue := _CONDITION.search(left_out):
            return f"it is cut off a part of its sentence that says “{cue.group().strip()}”"
    if kind in GUIDANCE and (taken := _TAKES_BACK.match(whole[last:])):
        return f"the sentence after it limits it (“{taken.group().strip()}”)"
    return ""
