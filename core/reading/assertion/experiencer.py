"""Whose finding is it? The nearest person before a finding who is said to have something: a relative or the patient."""

from __future__ import annotations

import re

PERSON = (
    r"(?:mother|father|mum|mom|dad|brothers?|sisters?|siblings?|twins?|parents?|sons?|daughters?|cousins?|aunts?|uncles?|"
    r"grand(?:mother|father|parents?|son|daughter)|nieces?|nephews?|husband|wife|spouse|relatives?|family\s+members?|donors?)"
)
_HISTORY = r"family\s+(?:history|hx)|fhx?(?=\s*:)"
RELATIVE = re.compile(rf"\b(?:{PERSON}|{_HISTORY})\b", re.IGNORECASE)
MY = re.compile(rf"\bmy\s+{PERSON}\b", re.IGNORECASE)
# relatives who only report, who are well, or by whom the patient is described
_BYSTANDER = re.compile(
    rf"\b{PERSON}\s+(?:(?:is|are|was|were)\s+)?(?:reports?|reported|notic\w+|not(?:es|ed)|states?|stated|says?|said|describ\w+|"
    r"asks?|asked|worr\w+|brought|den(?:y|ies|ied)|feels?|felt|thinks?|thought|observed|saw|recalls?|witnessed|concerned)\b|"
    r"\b(?:non-?)?(?:consanguineous|unrelated|healthy|unaffected)(?:\s+and\s+\w+)?\s+parents\b|"
    rf"\b(?:{PERSON}|{_HISTORY})\s*(?:(?:is|are|was|were|both|all|alive|and)\s+)*"
    r"(?:healthy|well|unaffected|asymptomatic|normal|negative|unremarkable|non-?contributory|unknown)\b|"
    r"\b(?:sons?|daughters?|twins?|sibling)\s+(?:born\s+)?(?:of|to)\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"['’]s?\s|\s*[:(]|\s+-\s|\W+(?:\w+\W+){0,3}?(?:has|had|have|having|with|is|was|are|were|known|died|dead|deceased|"
    r"suffer\w*|affected|diagnosed|develop\w*|carr\w+|positive|show\w*|exhibit\w*|experienc\w+)\b|\s+(?:of|for)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?<!of )(?<!of the )(?<!of our )(?<!of this )\b(?:patient|proband|proposit\w+|index(?:\s+case)?|pt)\b(?!['’]s)|"
    r"\b(?:the|this|our)\s+(?:child|boy|girl|infant|baby|newborn)\b(?!['’]s)|\b(?:she|he)\s+(?:herself|himself)\b|\bI\b",
    re.IGNORECASE,
)
_PARENTAL = re.compile(r"\b(?:maternal|paternal)\s+(?:\w+\s+)?(?:of\s+)?$", re.IGNORECASE)
_IN_AFTER = re.compile(
    rf"^(?P<gap>[^.;!?\n]{{0,60}}?)\b(?:in|of)\s+(?:(?:the|his|her|a|an|their|patient['’]s|maternal|paternal)\s+){{0,2}}"
    rf"(?:{PERSON}|family)\b",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\b(?:born|birth|child|son|daughter|baby|infant|care|milk)\b", re.IGNORECASE)
_HEADING = re.compile(rf"^[^\S\n]*(?:#+\s*)?(?:{_HISTORY}|family)[^\S\n]*:?[^\S\n]*$", re.IGNORECASE | re.MULTILINE)
_NEXT_PART = re.compile(r"\n\s*\n|^[^\S\n]*(?:#+\s*)?[A-Z][\w /-]{2,40}:", re.MULTILINE)


def bystanders_masked(sentence: str) -> str:
    """The sentence without the persons who only report, are well, or describe the patient; of the same length."""
    return _BYSTANDER.sub(lambda found: "_" * len(found.group()), sentence)


def relative_with(sentence: str, start: int, end: int) -> str:
    """The relative who has the finding at `start:end` of the sentence, "" when it is the patient's."""
    masked = bystanders_masked(sentence)
    owner, at = "", -1
    for cue, relative in ((RELATIVE, True), (_OWN, False)):
        for found in cue.finditer(masked[:start]):
            between = masked[found.end() : start]
            if found.start() > at and (not between.strip() or _LINK.match(between)):
                owner, at = (found.group() if relative else ""), found.start()
    if owner:
        return owner
    if parental := _PARENTAL.search(masked[:start]):
        return parental.group().strip()
    after = _IN_AFTER.match(masked[end:])
    if after and not _BIRTH.search(after["gap"]) and not _OWN.search(after["gap"]):
        return after.group().rpartition(" ")[2]
    return ""


def family_parts(text: str) -> list[tuple[int, int]]:
    """The lines under a heading "Family history:", up to an empty line or the next heading."""
    parts = []
    for found in _HEADING.finditer(text):
        begin = found.end() + 1
        end = _NEXT_PART.search(text, begin)
        parts.append((begin, end.start() if end else len(text)))
    return parts


def names_patient(sentence: str) -> bool:
    return bool(_OWN.search(sentence))
