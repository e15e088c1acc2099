"""For which people a line of guidance holds, and whether a patient is one of them.

Nothing absent is guessed: where what a population asks for is not known of the patient, its fit is not known, and the words
say what is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from .indications import Indication, IndicationKind
from .person import Person
from .phrases import data

State = Literal["yes", "no", "unknown"]

_SUBGROUP = re.compile(
    r"^affected subgroups?\s*:|allele (?:positive|negative)$|\bcarriers?$|\bmetaboli[sz]ers?$", re.IGNORECASE
)
"""Parts that say a genetic result, which the key of the line says too."""
_CHILD_OVER = re.compile(r"^child(?:ren)?>(\d+)kgadults?$")
_USE = re.compile(r"^(?P<drug>[a-z]+?)(?:(?P<naive>na[iï]ve)|(?P<long>use>3mo(?:nth)?s?)|(?P<none>noalternatives?))$")


@dataclass(frozen=True)
class AgeGroup:
    """Adults, children, or adults and children over `over_kg`."""

    group: Literal["adults", "children", "both"]
    over_kg: float | None = None


@dataclass(frozen=True)
class IndicatedFor:
    """An indication of CPIC's clopidogrel guideline; `words` name it."""

    indication: IndicationKind
    words: str


@dataclass(frozen=True)
class Exposed:
    """Whether one of `drugs` was taken: never, or for more than three months."""

    drugs: tuple[str, ...]
    use: Literal["naive", "long"]


@dataclass(frozen=True)
class NoAlternative:
    """There is no alternative to `drug`."""

    drug: str


@dataclass(frozen=True)
class NotRead:
    """A population that is not known here."""

    words: str


PopulationCondition = AgeGroup | IndicatedFor | Exposed | NoAlternative | NotRead


@dataclass(frozen=True)
class Population:
    """For whom a line is: `raw` as the guidance writes it, `words` in plain English ("" for everyone), and the
    `conditions` that all have to be met."""

    raw: str
    words: str
    conditions: tuple[PopulationCondition, ...] = ()

    @property
    def of_an_age(self) -> bool:
        """Does the line say for which age it is?"""
        return any(isinstance(one, AgeGroup) for one in self.conditions)


@dataclass(frozen=True)
class Fit:
    """Whether a person is of a population, and `why` in words."""

    state: State
    why: str = ""


def population(raw: str | None, drug: str) -> Population:
    """The population that a line of `drug` names by `raw`; never raises."""
    words: list[str] = []
    conditions: list[PopulationCondition] = []
    for part in (raw or "").split(";"):
        said = " ".join(part.split())
        if _plain(said) in _everyone() or _SUBGROUP.search(said):
            continue
        of_it, in_words = _known(said, drug)
        words.append(in_words)
        conditions += of_it
    return Population(raw or "", "; ".join(words), tuple(conditions))


def fit(of: Population, person: Person) -> Fit:
    """“no” where one condition is not met, “unknown” where one is not known, else “yes”."""
    fits = [_fit(one, person) for one in of.conditions]
    for state in ("no", "unknown", "yes"):
        found = [one.why for one in fits if one.state == state and one.why]
        if any(one.state == state for one in fits):
            return Fit(state, "; ".join(dict.fromkeys(found)))
    return Fit("yes")


def _known(said: str, drug: str) -> tuple[tuple[PopulationCondition, ...], str]:
    key = _plain(said)
    if entry := _table().get(key):
        if "age" in entry:
            return (AgeGroup(entry["age"]),), entry["words"]
        return (IndicatedFor(entry["indication"], entry["words"]),), entry["words"]
    if over := _CHILD_OVER.match(key):
        return (AgeGroup("both", float(over[1])),), f"adults and children over {over[1]} kg"
    if use := _USE.match(key):
        return _of_use(use, drug)
    return (NotRead(said),), said


def _of_use(use: re.Match[str], drug: str) -> tuple[tuple[PopulationCondition, ...], str]:
    file = data("populations.toml")
    substances = tuple(file["substances"].get(use["drug"], (use["drug"],)))
    kind = "naive" if use["naive"] else "long" if use["long"] else "no_alternative"
    words = file["use"][kind].format(drug=substances[0])
    if kind == "no_alternative":  # CPIC: for those who have not taken it
        return (Exposed(substances, "naive"), NoAlternative(drug if drug in substances else substances[0])), words
    return (Exposed(substances, "naive" if kind == "naive" else "long"),), words


def _fit(one: PopulationCondition, person: Person) -> Fit:
    if isinstance(one, AgeGroup):
        return _fit_age(one, person)
    if isinstance(one, IndicatedFor):
        return _fit_indication(one, person)
    if isinstance(one, Exposed):
        return _fit_use(one, person)
    if isinstance(one, NoAlternative):
        if person.alternatives is None:
            return Fit("unknown", f"whether there is an alternative to {one.drug} is not known")
        return Fit("no", "there are alternatives") if person.alternatives else Fit("yes", "there is no alternative")
    return Fit("unknown", f"whether the patient is of “{one.words}” is not known")


def _fit_age(one: AgeGroup, person: Person) -> Fit:
    child = person.is_child
    if child is None:
        return Fit("unknown", "the age is not known")
    if one.over_kg is None:
        return Fit("yes" if child == (one.group == "children") else "no", person.age_said)
    if not child:
        return Fit("yes", person.age_said)
    return _fit_weight(one.over_kg, person)


def _fit_weight(over: float, person: Person) -> Fit:
    """Of a child."""
    file = data("populations.toml")
    if person.weight_kg is not None:
        return Fit("yes" if person.weight_kg > over else "no", f"{person.age_said} and weighs {person.weight_kg:g} kg")
    if person.weight_over_kg is not None and person.weight_over_kg >= over:
        return Fit("yes", f"{person.age_said} and weighs more than {person.weight_over_kg:g} kg")
    if person.weight_under_kg is not None and person.weight_under_kg <= over:
        return Fit("no", f"{person.age_said} and weighs less than {person.weight_under_kg:g} kg")
    young = person.small or (person.age_years is not None and person.age_years < file["light_below_years"])
    if young and over >= file["light_below_kg"]:
        return Fit("no", f"{person.age_said}: a child of this age weighs less than {over:g} kg")
    return Fit("unknown", f"{person.age_said}; the weight is not known")


def _fit_indication(one: IndicatedFor, person: Person) -> Fit:
    counted = _counted(person)
    mine = [i for i in counted if i.kind == one.indication]
    others = [i for i in counted if i.kind != one.indication]
    if now := [i for i in mine if i.state == "current"]:
        return Fit("yes", f"the indication is {_said(now)}")
    past = [i for i in mine if i.state == "past"]
    if past and not any(i.event for i in past) and all(i.state == "past" for i in others):
        return Fit("yes", f"{_said(past)} of the past")
    if past:
        return Fit("unknown", f"{_said(past)} is of the past: whether the drug is given for it is not known")
    if mine:
        return Fit("unknown", f"{_said(mine)} is not certain")
    if one.indication == "other_cardiovascular" and any(i.event and i.state == "past" for i in others):
        # an infarction of long ago is stable coronary disease by now, unless a stent was placed
        return Fit("unknown", f"{_said(others)} is of the past: whether the drug is given for it is not known")
    if placed := [i for i in others if i.kind != "unplaced" and i.state == "current"]:
        return Fit("no", f"the indication is {_said(placed)}")
    if placed := [i for i in others if i.kind != "unplaced" and i.state == "past" and not i.event]:
        return Fit("no", f"the indication is {_said(placed)}")
    if others:
        return Fit("unknown", f"the indication is not known ({_said(others)} does not say whether it is {one.words})")
    return Fit("unknown", "the indication is not known")


def _counted(person: Person) -> list[Indication]:
    """Without the coronary disease that an ACS or PCI comes of."""
    coronary = any(i.kind == "acs_pci" and i.state != "uncertain" for i in person.indications)
    found = sorted(person.indications, key=lambda i: (i.kind, i.words))
    return [i for i in found if not (i.weak and coronary)]


def _said(some: list[Indication]) -> str:
    return " and ".join(dict.fromkeys(f"“{i.words}”" for i in some))


def _fit_use(one: Exposed, person: Person) -> Fit:
    drug = one.drugs[0]
    known = [person.exposures[d] for d in one.drugs if d in person.exposures]
    if not known:
        return Fit("unknown", f"whether the patient has taken {drug}, and for how long, is not known")
    uses = {e.use for e in known}
    words = " and ".join(dict.fromkeys(f"“{e.words}”" for e in known))
    if "long" in uses:
        return Fit(
            "yes" if one.use == "long" else "no", f"the patient has taken {drug} for more than three months ({words})"
        )
    if "short" in uses:
        taken = f"the patient has taken {drug}, not for more than three months ({words})"
        if one.use == "long":
            return Fit("no", taken)
        return Fit(
            "unknown", f"{taken}: the guideline's groups are those who have not taken it and those who have for longer"
        )
    return Fit("yes" if one.use == "naive" else "no", f"the patient has not taken {drug} ({words})")


def _plain(raw: str) -> str:
    return re.sub(r"[\s_–-]+", "", raw).lower()


@cache
def _everyone() -> frozenset[str]:
    return frozenset(map(_plain, data("populations.toml")["everyone"]))


@cache
def _table() -> dict[str, dict[str, Any]]:
    return {_plain(raw): one for one in data("populations.toml")["population"] for raw in one["raw"]}
