"""The words of denial (`rules/en/negation.toml`) and the shapes around them: lists, labels, wrapped lines, words of time."""

from __future__ import annotations

import re

from .cues import CueRule, cue_rules, reaches

_FLAGS = re.IGNORECASE | re.VERBOSE

_RULES = cue_rules("negation")


def _rule(category: str, scope: str) -> CueRule:
    [rule] = [rule for rule in _RULES if (rule.category, rule.scope) == (category, scope)]
    return rule


def _said(category: str, scope: str) -> str:
    return _rule(category, scope).pattern.pattern


PSEUDO = _rule("pseudo", "forward")
BEFORE = _rule("negation", "forward")
AFTER = re.compile(
    rf"""[^\S\n]{{0,9}}(?:[:=(-][^\S\n]{{0,9}})*(?P<group>(?:,?[^\S\n]{{0,9}}(?:all|both)\b[^\S\n]{{0,9}})?)"""
    rf"""(?P<link>(?:(?:is|was|were|are|has|have|had|been|be|being|test|screen|status|already|clearly|also|since|could|can)\s+)*)"""
    rf"""(?P<word>{_said("negation", "backward")})""",
    re.IGNORECASE,
)
"""What denies the finding right before it. No comma: "seizures, absent thumbs" denies no seizures."""
PART_BEFORE = re.compile(_said("part", "backward"), re.IGNORECASE)
PART_AFTER = re.compile(r"\s+(?!" + _said("plain", "backward") + ")" + _said("part", "forward"), re.IGNORECASE)
PLAIN = re.compile(_said("plain", "forward"), re.IGNORECASE)
LATE = re.compile(
    r"[^\S\n]{0,9},[^\S\n]{0,9}(?:absent|excluded|ruled\s+out|denied|negative|not\s+present)[^\S\n]{0,9}(?=[.,;\n]|$)", re.I
)
""" "seizures, absent." may deny the seizures, or belong to what is not read."""
ALONE = re.compile(r"[^\S\n]{0,9}(?:[,;.|)\]\n\t/]|$)")
"""After a "no" that ends here, nothing follows that it could deny."""
END = re.compile(r"[.;:?!\n|\t]|" + reaches("negation")["denial"].stops.pattern, re.IGNORECASE)
REACH = reaches("negation")["denial"].tokens
"""Words without a mention after which a denial has faded."""
LAST_JOIN = re.compile(r",|(?<!h)/|\b(?:and|or|nor|neither)\b", re.IGNORECASE)
"""What stands behind the last of these belongs to the next finding alone."""

GOVERNS_LIST = re.compile(r"den(?:y|ies|ied|ying)|.*\bnegative\s+for", re.I | re.DOTALL)
""" "Denies A, B, C": these open a list, so that plain commas continue it."""
OF_ONE = re.compile(r"absent|never.*|(?:\w+n't|not)\b.*", re.I | re.DOTALL)
""" "not dysmorphic", "absent uvula": said of the next words only."""
LACK = re.compile(r"(?:absence|lack)\b.*", re.I | re.DOTALL)
"""A lack of what is not read is mostly a finding itself: "absence of the uvula, seizures"."""
BACKGROUND = re.compile(
    r"""\b(?:consanguin\w+|family\s+(?:history|hx)|relatives?|lesions?|abnormalit(?:y|ies)|anomal(?:y|ies)|dysmorphi\w+|
      complications?|medications?|allerg(?:y|ies)|surger(?:y|ies)|trauma|concerns?|diagnosis|treatment|
      speech|words?|language|eye\s+contact|head\s+control|response|walking|ambulation|sitting|smile)\s*$""",
    _FLAGS,
)
"""What a note denies as an item of its own before findings, or a function whose lack is itself a finding."""
TIMED_BEFORE = re.compile(r"\s*(?:further|more|new|recent|recurrent|additional|current)\b", re.I)
TIMED_AFTER = re.compile(
    r"\s*(?:since\b(?!\s+(?:birth|ever|the\s+beginning))|(?:for|in|over|during)\s+(?:the\s+)?(?:past|last|previous)\b|at\s+(?:birth|onset|first)\b|(?:in|during)\s+(?:infancy|childhood|pregnancy)\b|initially\b|until\b|"
    r"for\s+(?:\d|many|several|two|three)|"
    r"at\s+present\b|currently\b|recently\b|any\s?more\b)",
    re.I,
)
LABEL = re.compile(
    r"(?:^|(?<=[.;\n]))[^\S\n]{0,9}(?:pertinent\s+|relevant\s+)?(?:absent|no|none|neg(?:ative|atives|s)?|denie[sd]|excluded|ruled\s+out|not\s+(?:present|seen|found|"
    r"observed|detected))(?:[^\S\n]+(?:features?|findings?|phenotypes?|symptoms?|signs?|for))?[^\S\n]{0,9}:"
    r"|\b(?:pertinent|relevant|significant)\s+negatives?\s+(?:include[sd]?|are|were)\b",
    re.I,
)
WRAPPED = re.compile(
    r"(?:\b(?:of|for|or|nor|and|any|known|significant|other|without|denies)|,|(?<=[^\n]{60}))[^\S\n]{0,9}\n[^\S\n]{0,9}(?=[a-z])"
)
"""A line that is broken in the middle of a phrase."""
