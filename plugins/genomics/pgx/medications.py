"""Which drugs matter now: those that were given, and those that the case names as taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedside.core import Services
    from bedside.core.types import Facts

GIVEN = "--drugs"


@dataclass(frozen=True)
class Given:
    """A drug and where it was named. `how` is set when it was read as another word."""

    drug_id: str
    name: str
    told: tuple[str, ...] = ()


def of_names(names: Sequence[str], services: Services, problems: list[str]) -> list[Given]:
    """The drugs of a list. What could not be read is told in `problems`; a misspelt name is taken and told."""
    found: list[Given] = []
    for name in names:
        facts = services.terms.find(name, origin=GIVEN)
        problems += facts.unread
        mentions = facts.of("drug")
        if not mentions:
            problems.append(f"“{name}” is not in the loaded drug names: nothing was looked up for it")
        for mention in mentions:
            if mention.how == "fuzzy":
                problems.append(f"read “{mention.text}” as {mention.name}: check that this is the drug you meant")
            found.append(Given(mention.id, mention.name, (GIVEN,)))
    return found


def of_facts(facts: Facts) -> list[Given]:
    """The drugs that a question or a case names and does not deny."""
    drugs: dict[str, Given] = {}
    for mention in facts.mentions:
        if mention.kind == "drug" and not mention.negated:
            before = drugs.get(mention.id)
            told = dict.fromkeys([*(before.told if before else ()), mention.origin])
            drugs[mention.id] = Given(mention.id, mention.name, tuple(told))
    return list(drugs.values())


def merged(*lists: Sequence[Given]) -> list[Given]:
    """Each drug once, with every place that names it, in order of appearance."""
    out: dict[str, Given] = {}
    for one in (g for given in lists for g in given):
        before = out.get(one.drug_id)
        told = tuple(dict.fromkeys([*(before.told if before else ()), *one.told]))
        out[one.drug_id] = Given(one.drug_id, one.name, told)
    return list(out.values())
