"""How old the patient is, and of which sex, by the words of a text. Nothing is guessed.

An age counts where the text says it of the patient: "a 4-year-old girl", "58 yo M", "a boy of 7", "Mr. B., aged 71", "she
is 12". The age of a relative, of several ("patients aged 65"), of an onset ("since age 3") or of a thing ("a 3-year-old
scar") does not, nor a decade ("in her sixties"). Two that differ are both left out and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ..types.context import PatientContext, Sex, TextAddress
from ..types.reading import Span
from ..wording import say
from .age_shapes import AGED, BRACKET, EVENT, IS, NUMBERS, OF, OLD, PRONOUN, SEX_SAID, SHORT, TENS, TURNED, WORD
from .assertion.experiencer import People
from .fhir import OLDEST_YEARS
from .rule_files import rule_file
from .sentences import sentences

_DAYS = {"y": 365.25, "m": 365.25 / 12, "w": 7.0, "d": 1.0}
_AHEAD = 4
"""Words between an age and the person that it is said of, at most."""
_GOES_ON = frozenset(
    """with who has had is was on and presents presented presenting taking takes can should for in comes came
    admitted or now be after before following undergoing weighing without whose needs needing post scheduled awaiting due
    having given started starting receiving newly""".split()
)
_OF_SOMEONE = re.compile(r"\b(?:of|to|by|with|from)\s+(?:an?|the|his|her|this|another)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)


class _Said(NamedTuple):
    value: float | Sex
    start: int
    end: int
    origin: str


def person_in_texts(texts: Sequence[tuple[str, str]], known: PatientContext, unread: list[str]) -> PatientContext:
    """`known` (what coded resources say) with age and sex as `texts` ((origin, text)) say them.

    What differs is reported in `unread`, and not used."""
    ages: list[_Said] = []
    sexes: list[_Said] = []
    weak: list[_Said] = []
    for origin, text in texts:
        for clause in sentences(text, clauses=True):
            about = _Clause(text[clause.start : clause.end])
            for value, start, end, sex in _ages(about.text):
                if about.of_patient(start, end):
                    ages.append(_Said(value, clause.start + start, clause.start + end, origin))
                    if sex:
                        sexes.append(_Said(sex, clause.start + start, clause.start + end, origin))
            sexes += _sexes(about, clause, origin)
            if not sexes:
                weak += _pronouns(about, clause, origin)
    aged = _agreed(known, "age_years", ages, unread)
    return _agreed(aged, "sex", sexes or weak, unread, told=bool(sexes))


class _Clause:
    """Whom a clause speaks of is looked at only where it says an age or a sex."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._people: People | None = None

    def of_patient(self, start: int, end: int) -> bool:
        self._people = self._people or People(self.text)
        return self._people.owner(start, end) is None


def _agreed(known: PatientContext, field: str, said: list[_Said], unread: list[str], *, told: bool = True) -> PatientContext:
    """`known` with what is `said` of `field`; `told`: what differs is reported."""
    if not said:
        return known
    values = {one.value for one in said}
    given = getattr(known, field)
    if given is not None:
        differs = any(abs(v - given) >= 1.5 if isinstance(v, float) else v != given for v in values)
        if differs and told:
            unread.append(say("reading.age-differs") if field == "age_years" else say("reading.sex-differs"))
        return known
    if len(values) > 1:
        if told:
            unread.append(say("reading.several-ages") if field == "age_years" else say("reading.several-sexes"))
        return known
    first = said[0]
    address = TextAddress(origin=first.origin, start=first.start, end=first.end)
    return known.model_copy(update={field: first.value, "addresses": {**known.addresses, field: address}})


def _ages(clause: str) -> Iterator[tuple[float, int, int, Sex | None]]:
    """(years, start, end, sex where it is said with it) of each age that is said of one person, not of a thing."""
    taken: list[tuple[int, int]] = []
    for shape in (OLD, SHORT, TURNED, BRACKET, OF, IS, AGED):
        for found in shape.finditer(clause):
            start, end = found.span()
            if any(a < end and start < b for a, b in taken):
                continue
            years = _years(found)
            if years is None or not _of_one(shape, found, clause):
                continue
            end = found.end() if shape is not OLD else _person_after(clause, found.end())[1]
            taken.append((start, end))
            start = found.start("number")
            yield years, start, end, _sex_of(found, clause)


def _years(found: re.Match[str]) -> float | None:
    unit = (found["unit"] or "y").lower()
    if unit == "m" and found.re is SHORT:
        unit = "y"
    number = found["number"].lower()
    years = (float(number) if number[0].isdigit() else _number(number)) * _DAYS[unit[0]] / _DAYS["y"]
    return round(years, 2) if years <= OLDEST_YEARS else None


def _number(worded: str) -> int:
    """Of "four" and "forty-two"."""
    words = re.split(r"[\s-]", worded)
    return sum(10 * (TENS.index(word) + 2) if word in TENS else NUMBERS.index(word) + 1 for word in words)


def _of_one(shape: re.Pattern[str], found: re.Match[str], clause: str) -> bool:
    """Is this the age of one person, as far as the words next to it say?"""
    before = clause[: found.start()]
    if shape is OLD:
        return _person_after(clause, found.end())[0]
    if shape is SHORT:
        return (
            bool(found["unit"]) or len(found["sex"]) > 1 or not before.strip() or before.rstrip().endswith(("(", ":", "/"))
        )
    if shape is TURNED:
        return not before.strip() or before.rstrip().endswith(("(", ":"))
    if shape is AGED:
        word = (found["at"] or "").strip().lower()
        return not (EVENT.search(word) or word in _words("many") or EVENT.search(before))
    if shape is IS:
        return True
    word = found["person"].lower()
    return word in _words("male") | _words("female") | _words("either") or word.startswith("year")


def _person_after(clause: str, at: int) -> tuple[bool, int]:
    """Whether a person, or nothing that could be a thing, follows the age that ends at `at`; and where the person ends."""
    if clause[at : at + 2] in ("'s", "’s"):
        return True, at
    end = at
    for number, found in enumerate(WORD.finditer(clause, at)):
        gap = clause[end : found.start()]
        word = found.group().lower()
        if any(sign in gap for sign in ",.;:?!()") or number == _AHEAD:
            return number == 0, at
        if word in _words("many"):
            return False, at
        if word in _words("male") | _words("female") | _words("either") or word in ("m", "f"):
            return True, found.end()
        if number == 0 and word in _GOES_ON:
            return True, at
        end = found.end()
    return end == at, at


def _sex_of(found: re.Match[str], clause: str) -> Sex | None:
    word = (found.groupdict().get("sex") or "").lower()
    if not word:
        after = clause[found.end() : found.end() + 40]
        near = [w.group().lower() for w in list(WORD.finditer(after))[:_AHEAD]] if found.re is OLD else []
        person = (found.groupdict().get("person") or "").lower()
        word = next((w for w in (*near, person) if _sex(w) and (w not in ("m", "f") or near[:1] == [w])), "")
    return _sex(word)


def _sex(word: str) -> Sex | None:
    if word in _words("male") or word in ("m", "he"):
        return "male"
    return "female" if word in _words("female") or word in ("f", "she") else None


def _sexes(about: _Clause, clause: Span, origin: str) -> Iterator[_Said]:
    """The sex of the person whom a clause is about: "This woman", "the boy", "Mr. B.", "Sex: F"."""
    for found in SEX_SAID.finditer(about.text):
        sex = _sex(found["sex"].lower())
        if sex:
            yield _Said(sex, clause.start + found.start(), clause.start + found.end(), origin)
    for found in _nouns().finditer(about.text):
        sex = _sex(found.group().lower().rstrip("."))
        if sex and about.of_patient(found.start(), found.end()) and not _of_another(about.text, found.start()):
            yield _Said(sex, clause.start + found.start(), clause.start + found.end(), origin)


def _of_another(said: str, at: int) -> bool:
    """ "the daughter of a man with ataxia": the man is not the patient."""
    return bool(_OF_SOMEONE.search(said[max(0, at - 40) : at]))


def _pronouns(about: _Clause, clause: Span, origin: str) -> Iterator[_Said]:
    for found in PRONOUN.finditer(about.text):
        if about.of_patient(found.start(), found.end()):
            sex: Sex = "female" if found["f"] else "male"
            yield _Said(sex, clause.start + found.start(), clause.start + found.end(), origin)


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(rule_file("en/person.toml")[kind])


@cache
def _nouns() -> re.Pattern[str]:
    some = sorted(_words("male") | _words("female"), key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, some)) + r")(?![\w-])", re.IGNORECASE)
