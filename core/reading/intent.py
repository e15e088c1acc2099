"""What a question asks for, by rules. Two findings in a question about treatment are no request for a diagnosis."""

from __future__ import annotations

import re

from ..intents import Intent as Intent

_RULES: dict[Intent, re.Pattern[str]] = {
    "diagnosis": re.compile(
        r"\b(?:diagnos\w+|differential|which (?:rare |genetic )?(?:diseases?|syndromes?|disorders?|conditions?)|"
        r"what (?:rare |genetic )?(?:diseases?|syndromes?|disorders?|conditions?)|(?:diseases?|syndromes?|disorders?) "
        r"(?:with|explain|cause|fit)\w*|explains?|what (?:could|might) (?:this|it) be)\b",
        re.IGNORECASE,
    ),
    "treatment": re.compile(
        r"\b(?:treat\w*|therap\w+|manag(?:e|ed|ing|ement)|antibiotics?|medications?|medicines?|prescri\w+|dos(?:e|es|age|ing)|"
        r"first[- ]line|surg(?:ery|ical)|vaccin\w+|take|taking|give|administer\w*|drugs?|contraindicat\w+|"
        r"interact\w*|safe(?:ly)?)\b",
        re.IGNORECASE,
    ),
    "dose": re.compile(
        r"\b(?:dos(?:e|es|age|ing)|how (?:much|many) (?:\w+ ){0,2}(?:of|may|should|can)|m[gl]|mcg)\b", re.IGNORECASE
    ),
    "definition": re.compile(
        r"^\s*(?:what (?:is|are) (?!the (?:dose|treatment|cause|diagnosis)|.*(?:treat|dose|caus|diagnos))|define\b|"
        r"what does .* mean|meaning of)|\bdefinition\b|\bdifference between\b",
        re.IGNORECASE,
    ),
    "cause": re.compile(r"\b(?:caus(?:e|es|ed|ing)|why|etiology|aetiology|due to|risk factors?)\b", re.IGNORECASE),
    "prognosis": re.compile(r"\b(?:prognos\w+|surviv\w+|life expectancy|outcomes?|mortality|outlook)\b", re.IGNORECASE),
}

# one family of words per intent: a text about the treatment of something has one of its words
FAMILIES: dict[Intent, re.Pattern[str]] = {
    "treatment": re.compile(
        r"\b(?:treat\w*|therap\w+|manag\w+|medicat\w+|medicin\w+|drugs?|surg\w+|dos(?:e|es|age|ing)|prescri\w+|administ\w+|"
        r"recommend\w*|antibiotic\w*|prevent\w*|mg)\b",
        re.IGNORECASE,
    ),
    "dose": re.compile(r"\bdos(?:e|es|age|ing)\b|\d\s*(?:mg|mcg|µg|g|ml|units?|IU)\b", re.IGNORECASE),
    # "it causes pain" says nothing of what causes it
    "cause": re.compile(
        r"\b(?:caused by|causes? (?:is|are|of|includes?)|due to|result\w* (?:from|of)|secondary to|a?etiolog\w+|because of|"
        r"mutation\w* (?:in|of)|variants? (?:in|of)|inherit\w+|risk factors?)\b",
        re.IGNORECASE,
    ),
    "prognosis": re.compile(
        r"\b(?:prognos\w+|surviv\w+|life|mortality|outcomes?|death|outlook|recover\w*|progress\w*)\b", re.IGNORECASE
    ),
    "diagnosis": re.compile(
        r"\b(?:diagnos\w+|test\w*|criteria|screen\w*|examin\w*|scan\w*|find\w*|imaging)\b", re.IGNORECASE
    ),
}


def intents(text: str) -> frozenset[Intent]:
    """What the question asks for; empty when the rules can't tell (a bare list of findings)."""
    return frozenset(name for name, rule in _RULES.items() if rule.search(text))


def without_asking(text: str) -> str:
    """The text without the words that say what is asked for: those are matched by family, not one by one."""
    for name in intents(text):
        text = _RULES[name].sub(" ", text)
    return text


def speaks_to(text: str, asked: frozenset[Intent]) -> bool:
    """Does a text have a word of the family of every intent asked for?"""
    return all(FAMILIES[i].search(text) for i in asked if i in FAMILIES)
