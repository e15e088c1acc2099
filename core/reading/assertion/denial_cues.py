"""The words of denial, after NegEx and ConText (Chapman et al. 2001; Harkema et al. 2009): what denies what follows, what
denies what stands before, what only looks like a denial, and where a denial ends.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE

PSEUDO = re.compile(
    r"""\b(?:
      not\s+(?:only|just|merely|necessarily|certain|sure|clear|known\s+if|known\s+whether|take|taking|tolerate|use|using|
        give|given|giving|get|prescribe|prescribed|start|started|receive|respond|recommended|be\s+(?:used|given|taken|
        prescribed|started)|been\s+(?:ruled|excluded)|ruled\s+out|excluded|rule\s+out|exclude|an?\s+candidate|absent)
      |(?:not|never|n't)\s+(?:yet\s+)?(?:been\s+)?(?:formally\s+|fully\s+)?(?:confirmed|assessed|evaluated|tested|examined|
        screened|investigated|checked|asked)(?!\s+negative)
      |(?:should|must|can|could|may|might|would|will|shall|why|if|or|than|do)\s+not(?!\s+(?:be\s+)?(?:seen|found|detected|
        demonstrated|have)\b)
      |(?:cannot|can't|couldn't|to|could\s+not|can\s+not)\s+be\s+(?:entirely\s+|fully\s+)?(?:ruled\s+out|excluded)
      |no\s+(?:significant\s+|further\s+|interval\s+)?(?:change|changes|increase|decrease|improvement|worsening|doubt|
        longer|matter|better|worse|more\s+than|less\s+than)
      |without\s+(?:difficulty|change|regard|delay|doubt|knowing)
      |(?:to|must|should)\s+exclude|no\s+absence\s+of|gram[\s-]negative
    )\b""",
    _FLAGS,
)
BEFORE = re.compile(
    r"""\b(?:
      no\s+(?:known\s+|clear\s+|clinical\s+|radiographic\s+|family\s+|personal\s+|past\s+)*(?:evidence|sign|signs|history|
        suggestion|features|findings?|symptoms?|indication|complaints?)\s+(?:of|for|to\s+suggest)
      |(?:tested\s+|tests\s+|screened\s+)?negative\s+for|ruled\s+out(?:\s+for)?|rules\s+out|exclude[sd]?|free\s+of
      |absence\s+of|absent|lack(?:s|ed|ing)?(?:\s+of)?|den(?:y|ies|ied|ying)|never\s+(?:had|has|have|developed|showed)
      |(?:(?:does|do|did|has|have|had|is|was|are|were)n't|not)(?:\s+(?:currently|yet|have|had|has|having|show|exhibit|
        known\s+to\s+have|been\s+on|be\s+on|on|with|in|any|an?))*
      |no|nor|neither|never|non|without|w/o
    )(?![\w-])""",
    _FLAGS,
)
_SEEN = r"""(?:present|seen|found|detected|observed|noted|identified|evident|documented|reported|demonstrated|apparent|
      recorded|a\s+feature)"""
AFTER = re.compile(
    rf"""[^\S\n]{{0,9}}(?:[:=(-][^\S\n]{{0,9}})*
    (?P<group>(?:,?[^\S\n]{{0,9}}(?:all|both)\b[^\S\n]{{0,9}})?)
    (?P<link>(?:(?:is|was|were|are|has|have|had|been|be|being|test|screen|status|already|clearly|also|since|could|can)\s+)*)
    (?P<word>excluded|ruled\s+out|absent|lacking|denied|negative
      |(?:not|never)\s+(?:been\s+|be\s+)?(?:clinically\s+|clearly\s+|yet\s+)?{_SEEN}
      |(?:did|do|does)(?:\s+not|n't)\s+(?:occur|develop|appear|exist)
      |(?:is|was|were|are)n't\s+{_SEEN}|cannot\s+be\s+(?:seen|found|detected|demonstrated))\b(?!\s+for\b)""",
    _FLAGS,
)
"""What denies the finding right before it. No comma: "seizures, absent thumbs" denies no seizures."""
LATE = re.compile(
    r"[^\S\n]{0,9},[^\S\n]{0,9}(?:absent|excluded|ruled\s+out|denied|negative|not\s+present)[^\S\n]{0,9}(?=[.,;\n]|$)", re.I
)
""" "seizures, absent." may deny the seizures, or belong to what is not read."""
ALONE = re.compile(r"[^\S\n]{0,9}(?:[,;.|)\]\n\t/]|$)")
"""After a "no" that ends here, nothing follows that it could deny."""
END = re.compile(
    r"""[.;:?!\n|\t]|\b(?:but|however|although|though|yet|except|aside\s+from|apart\s+from|despite|still|nevertheless|
      because|since|which|who|whose|presents?|presented|presenting|has|have|had|having|shows?|showed|showing|reports?|
      reported|complains?|develops?|developed|with|is|are|was|were|does|do|did|can|could|should|would|may|might|must|
      then|therefore|so|admits?|positive|confirmed|normal|take|takes|taking|receives?|on)\b""",
    _FLAGS,
)
REACH = 45
"""Characters without a mention after which a denial has faded."""

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
    r"\s*(?:since\b|(?:for|in|over|during)\s+(?:the\s+)?(?:past|last|previous)\b|at\s+(?:birth|onset|first)\b|(?:in|during)\s+(?:infancy|childhood|pregnancy)\b|initially\b|until\b|"
    r"for\s+(?:\d|many|several|two|three)|"
    r"at\s+present\b|currently\b|recently\b|any\s?more\b)",
    re.I,
)
LABEL = re.compile(
    r"(?:^|(?<=[.;\n]))[^\S\n]{0,9}(?:pertinent\s+|relevant\s+)?(?:absent|no|none|negatives?|denie[sd]|excluded|ruled\s+out|not\s+(?:present|seen|found|"
    r"observed|detected))(?:[^\S\n]+(?:features?|findings?|phenotypes?|symptoms?|signs?|for))?[^\S\n]{0,9}:"
    r"|\b(?:pertinent|relevant|significant)\s+negatives?\s+(?:include[sd]?|are|were)\b",
    re.I,
)
WRAPPED = re.compile(
    r"(?:\b(?:of|for|or|nor|and|any|known|significant|other|without|denies)|,|(?<=[^\n]{60}))[^\S\n]{0,9}\n[^\S\n]{0,9}(?=[a-z])"
)
"""A line that is broken in the middle of a phrase."""
