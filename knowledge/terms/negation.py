"""Which mentions are denied, after NegEx (Chapman et al. 2001): trigger words, phrases that only look like them, scope.

A question differs from a note: "should X not take codeine?" denies nothing about the patient, so a "not" after a modal
verb or before a verb of treatment is no trigger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PSEUDO = re.compile(
    r"""\b(?:
      not\s+(?:only|just|merely|necessarily|certain|sure|clear|known\s+if|known\s+whether|take|taking|tolerate|use|using|
        give|given|giving|get|prescribe|prescribed|start|started|receive|respond|recommended|be\s+(?:used|given|taken|
        prescribed|started)|been\s+(?:ruled|excluded)|ruled\s+out|excluded|rule\s+out|exclude|an?\s+candidate)
      |(?:should|must|can|could|may|might|would|will|shall|why|if|or|than|do)\s+not
      |no\s+(?:significant\s+|further\s+|interval\s+)?(?:change|changes|increase|decrease|improvement|worsening|doubt|
        longer|matter|better|worse|more\s+than|less\s+than)
      |without\s+(?:difficulty|change|regard|delay|doubt|knowing)
      |no\s+absence\s+of|gram[\s-]negative
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE = re.compile(
    r"""\b(?:
      no\s+(?:clinical\s+|radiographic\s+|family\s+|personal\s+)?(?:evidence|sign|signs|history|suggestion|features|
        findings?|symptoms?|indication|complaints?)\s+(?:of|for|to\s+suggest)
      |negative\s+for|(?:tested|tests|screened)\s+negative\s+for|ruled\s+out(?:\s+for)?|rules\s+out|excludes?|free\s+of
      |absence\s+of|absent|lack(?:s|ed|ing)?(?:\s+of)?|den(?:y|ies|ied|ying)|never\s+(?:had|has|have|developed|showed)
      |(?:(?:does|do|did|has|have|had|is|was|are|were)n't|not)(?:\s+(?:currently|yet|have|had|has|having|show|exhibit|
        known\s+to\s+have|been\s+on|be\s+on|on|with|in|any|an?))*
      |no|nor|neither|non|without|w/o
    )(?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
_AFTER = re.compile(
    r"""^[\s,:()-]*(?:(?:is|was|were|are|has|have|had|been|be|being|test|screen|status|already|clearly|also|since)\s+)*
    (?:excluded|ruled\s+out|absent|denied|negative|not\s+(?:present|seen|found|detected|observed|noted|identified|evident)
      |(?:is|was|were|are)n't\s+(?:present|seen|found|detected|observed|noted))\b(?!\s+for)""",
    re.IGNORECASE | re.VERBOSE,
)
_END = re.compile(
    r"""[.;:?!\n]|\b(?:but|however|although|though|yet|except|aside\s+from|apart\s+from|despite|still|nevertheless|
      because|since|which|who|whose|presents?|presented|presenting|has|have|had|having|shows?|showed|showing|reports?|
      reported|complains?|develops?|developed|with|is|are|was|were|does|do|did|can|could|should|would|may|might|must|
      then|therefore|so|admits?|positive|confirmed|take|takes|taking|receives?|on)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_REACH = 45
"""Characters without a mention after which a denial has faded."""
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")


def negated(plain: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """For each span of `plain` (in order of appearance) whether it is denied."""
    masked = _PSEUDO.sub(lambda match: "_" * len(match.group()), plain)
    masked = _DECIMAL.sub("_", masked)
    triggers = [match.span() for match in _BEFORE.finditer(masked)]
    flags = [False] * len(spans)
    for begin, place in triggers:
        # "has no": the end of the trigger may not fall inside a mention ("absent thumbs" is itself a finding).
        if any(start <= begin < end for start, end in spans):
            continue
        at = place
        for index, (start, end) in enumerate(spans):
            if end <= place:
                continue
            if start < at:  # Another reading of a span already passed.
                flags[index] = flags[index] or start >= place
                continue
            gap = masked[at:start]
            if len(gap) > _REACH or _END.search(gap):
                break
            flags[index] = True
            at = end
    for index, (_, end) in enumerate(spans):
        if not flags[index] and _AFTER.match(masked[end : end + 60]):
            flags[index] = True
            _spread(masked, spans, flags, index)
    return flags


_LIST = re.compile(r"\s*(?:,\s*)?(?:and|or|,)\s*$", re.IGNORECASE)


def _spread(masked: str, spans: Sequence[tuple[int, int]], flags: list[bool], index: int) -> None:
    """ "Fever and cough were excluded": the whole list before the trigger is denied."""
    while index > 0 and _LIST.fullmatch(masked[spans[index - 1][1] : spans[index][0]]):
        index -= 1
        flags[index] = True
