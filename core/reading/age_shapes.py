"""The shapes in which a text says an age or a sex: "4-year-old", "58 yo M", "F/45", "a boy of 7", "aged 71", "she is 12"."""

from __future__ import annotations

import re

NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
_UNIT = r"(?P<unit>years?|yrs?|y(?=[\s./-]?o\b)|y|months?|mths?|mos?|weeks?|wks?|wk|days?)"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDED = rf"(?:(?:{'|'.join(TENS)})(?:[\s-](?:{'|'.join(NUMBERS[:9])}))?|{'|'.join(reversed(NUMBERS))})"
_NUMBER = rf"(?<![\w.,/:-])(?P<number>\d{{1,3}}(?:[.]5)?|{_WORDED})"
_SEX = r"(?P<sex>male|female|M|F|man|woman|boy|girl)"
_GOES_ON = r"with|who|c/o|present|on|has|patient|hx|h/o|admitted|s/p|known"
_THEN = r"with|who|has|had|is|was|on|and|presents|presented|presenting|taking|admitted|comes|came"

OLD = re.compile(rf"{_NUMBER}[\s-]*{_UNIT}[\s./-]*(?:old|o(?:ld)?\b|of\s+age)(?!\w)", re.IGNORECASE)
""" "4-year-old", "8 y/o", "6 weeks of age"."""
SHORT = re.compile(
    rf"{_NUMBER}\s*-?\s*(?P<unit>y|yr|yrs|years?|m|mo|months?)?\s*[-/]?\s*{_SEX}"
    rf"(?=\s*(?:[,;.)(/]|$|\b(?:{_GOES_ON})))"
)
""" "45F with cough", "67M", "34 y female"."""
TURNED = re.compile(
    r"(?<![\w-])(?P<sex>male|female|M|F)\s?[/,]?\s?(?P<number>\d{1,3})(?P<unit>)\s?(?:y|yrs?|years?|yo)?"
    r"(?=\s*(?:[,;.)]|$|\b(?:with|c/o|present|who)\b))"
)
""" "F/45", "(M, 45)"."""
BRACKET = re.compile(
    r"(?<!\w)(?P<person>[a-z]+|year\s+of\s+life)\s*\((?P<number>\d{1,3})(?P<unit>)(?:\s*(?:y|yrs?|years?|yo|y/o))?"
    r"(?:[,/ ]+(?P<sex>M|F|male|female))?\)",
    re.IGNORECASE,
)
""" "woman (45)"."""
OF = re.compile(
    rf"(?<!\w)(?P<person>[a-z]+)(?:\s+of|,)\s+(?P<number>\d{{1,3}})(?:\s*{_UNIT}(?:\s+(?:old|of\s+age))?)?"
    rf"(?=\s*(?:[,;.:)]|$|\b(?:{_THEN})\b))",
    re.IGNORECASE,
)
""" "a boy of 7", "a woman, 31,"."""
IS = re.compile(
    rf"(?<!\w)(?P<person>she|he|patient|child|boy|girl|I)\s*(?:(?:is|was|am)|[’']?s|[’']m)\s+(?:now\s+|only\s+|just\s+)?"
    rf"(?P<number>\d{{1,3}})(?:\s*{_UNIT})?(?:\s+(?:old|of\s+age))?(?=\s*(?:[,;.)]|$|\b(?:and|with|now|has|who|but|on|today)\b))",
    re.IGNORECASE,
)
""" "she is 12 and"; not "she is 12 weeks pregnant"."""
AGED = re.compile(
    rf"(?<![\w-])(?P<at>\w+\s+)?(?:aged?\s*[:=]?\s*|age\s+is\s+)(?P<number>\d{{1,3}}(?:[.]5)?)\s*{_UNIT}?(?![\w%])"
    r"(?!\s*[-–]\s*\d)(?!\s+(?:and|or)\s+(?:over|older|above|under|younger|below))(?!\s*(?:\+|to\s+\d))",
    re.IGNORECASE,
)
""" "aged 71", "Age: 45"; not "aged 65 and over"."""
EVENT = re.compile(
    r"\b(?:at|since|from|until|till|by|before|after|under|over|around|about|to|between|below|above|of|than|onset|menarche|"
    r"menopause|diagnosed|died|school|same|gestational|bone|maternal|paternal|mental|middle)\s*$",
    re.IGNORECASE,
)
"""What stands before an age at which something happened, or that is no age of a person."""
SEX_SAID = re.compile(r"\b(?:sex|gender)\s*[:=]\s*(?P<sex>male|female|M|F)\b", re.IGNORECASE)
PRONOUN = re.compile(r"(?<!\w)(?:(?P<f>she|her|hers|herself)|(?P<m>he|him|his|himself))(?!\w)", re.IGNORECASE)
WORD = re.compile(r"[a-z][a-z’'-]*", re.IGNORECASE)
