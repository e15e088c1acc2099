"""Each phrase of the cue files makes the call that its rule says, and is named as the cue of it."""

from __future__ import annotations

import re

import pytest
from bedside.core.reading.assertion.attribution import attributed
from bedside.core.reading.assertion.cues import RULES, CueRule, CueWords, cue_rules
from bedside.core.reading.assertion.negation import senses
from bedside.core.types import Facts, Mention


def spelled(phrase: str) -> str:
    """The phrase with the first of each choice, and without what may be missing."""
    text = re.sub(r"\([^()]*\)\?\s*", "", phrase)
    text = re.sub(r"\(([^()|]*)[^()]*\)", r"\1", text)
    return re.sub(r"\s+", " ", text.replace("…", "").replace("*", "").replace("#", "4")).strip()


def phrases(name: str, category: str, scope: str, **more: str) -> list[str]:
    rules = [r for r in cue_rules(name) if (r.category, r.scope) == (category, scope)]
    return [spelled(p) for r in rules if all(getattr(r, key) == value for key, value in more.items()) for p in r.phrases]


def read(text: str, *, negated: bool = False) -> Mention:
    """How “seizures” of `text` is read."""
    at = text.index("seizures")
    found = Mention(
        kind="phenotype", id="HP:0001250", name="Seizure", text="seizures", start=at, end=at + 8, negated=negated
    )
    [mention] = attributed(text, Facts(mentions=(found,))).mentions
    return mention


def sense(text: str) -> str:
    at = text.index("seizures")
    return senses(text, [(at, at + 8)])[0].sense


DOUBT = [*phrases("uncertainty", "uncertainty", "forward"), *phrases("uncertainty", "hypothetical", "forward")]
DOUBT_AFTER = [*phrases("uncertainty", "uncertainty", "backward"), *phrases("uncertainty", "not-done", "backward")]


@pytest.mark.parametrize("phrase", DOUBT)
def test_doubt_before_a_finding(phrase: str) -> None:
    mention = read(f"Seen today, {phrase} seizures, note ends.")
    assert not mention.used
    assert [cue.category for cue in mention.cues] in (["uncertainty"], ["temporality"])
    assert mention.cues[0].text in f"Seen today, {phrase} seizures"


@pytest.mark.parametrize("phrase", DOUBT_AFTER)
def test_doubt_behind_a_finding(phrase: str) -> None:
    assert not read(f"Seen today. Her seizures {phrase}. Note ends.").used


@pytest.mark.parametrize("phrase", phrases("time", "past", "forward"))
def test_past_before_a_finding(phrase: str) -> None:
    mention = read(f"Seen today: {phrase} seizures. Note ends.")
    assert (mention.used, mention.temporality) == (True, "historical")


@pytest.mark.parametrize("phrase", phrases("time", "past", "backward"))
def test_past_behind_a_finding(phrase: str) -> None:
    assert read(f"Seen today. Her seizures {phrase}. Note ends.").temporality == "historical"


@pytest.mark.parametrize("who", ["relative", "other"])
def test_every_person_has_her_own_findings(who: str) -> None:
    wrong = []
    for person in phrases("experiencer", "experiencer", "clause", who=who):
        mention = read(f"Today the {person} has seizures.")
        if mention.used or mention.experiencer != who:
            wrong.append((person, mention.experiencer))
    assert wrong == []


def test_who_only_tells_has_nothing() -> None:
    wrong = [
        p
        for p in phrases("experiencer", "experiencer", "forward", who="tells")
        if not read(f"His mother {p} seizures.").used
    ]
    assert wrong == []


def test_who_is_well_has_nothing_and_lacks_what_is_denied() -> None:
    assert read("Mother healthy, seizures at night.").used
    assert read("Sister healthy, no seizures.", negated=True).experiencer == "relative"


@pytest.mark.parametrize("phrase", [p for p in phrases("negation", "negation", "forward") if p not in ("excluded",)])
def test_denial_before_a_finding(phrase: str) -> None:
    assert sense(f"Seen today. {phrase} seizures. Note ends.") == "denied"


@pytest.mark.parametrize("phrase", phrases("negation", "negation", "backward"))
def test_denial_behind_a_finding(phrase: str) -> None:
    assert sense(f"Seen today. Seizures were {phrase}. Note ends.".replace("Seizures", "The seizures")) == "denied"


@pytest.mark.parametrize("phrase", phrases("negation", "pseudo", "forward"))
def test_what_looks_like_a_denial_is_none(phrase: str) -> None:
    assert sense(f"Seen today. She is {phrase} seizures. Note ends.") == "there"


@pytest.mark.parametrize("word", phrases("negation", "part", "backward"))
def test_a_denial_in_part_is_neither(word: str) -> None:
    assert sense(f"Seen today. No {word} seizures. Note ends.") == "unclear"


@pytest.mark.parametrize("rules", RULES)
def test_the_quick_way_finds_what_the_expression_finds(rules: str) -> None:
    text = " ".join(
        f"She {spelled(p)} x, it is Half-brother's. FH: {spelled(p)}; ?y" for r in cue_rules(rules) for p in r.phrases
    )
    for rule in cue_rules(rules):
        assert [f.span() for f in rule.all(CueWords(text))] == [f.span() for f in rule.pattern.finditer(text)]


def test_a_phrase_that_is_none_is_refused() -> None:
    from bedside.core.reading.assertion.cues import any_of

    for wrong in ("(perhaps)?", "…", "((a|b) c)"):
        with pytest.raises(ValueError, match="not a phrase"):
            any_of([wrong])


def test_rules_are_frozen() -> None:
    assert all(isinstance(rule, CueRule) and rule.begins for name in RULES for rule in cue_rules(name))
