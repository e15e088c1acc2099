"""Which drugs matter now: those that were given, and those that the case names as taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .products import ingredients, inside_a_word, racemate

if TYPE_CHECKING:
    from bedside.core import Services
    from bedside.core.types import Facts, Mention

GIVEN = "--drugs"


@dataclass(frozen=True)
class Given:
    """A drug and where it was named. `unresolved` are the parts of a product that are no single known substance; `part_of`
    is the product through which this substance was named, where the text itself names no substance; `product` the product
    as the text writes it, where reading took it apart."""

    drug_id: str
    name: str
    told: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    part_of: str = ""
    product: str = ""


def of_names(names: Sequence[str], services: Services, problems: list[str]) -> list[Given]:
    """The drugs of a list. What could not be read is reported in `problems`; a misspelt name is taken and reported."""
    found: list[Given] = []
    for name in names:
        facts = services.terms.find(name, origin=GIVEN)
        problems += facts.unread
        mentions = facts.of("drug")
        if inside_a_word(name, mentions):
            together = [m for m in services.terms.find(name.replace("-", ""), origin=GIVEN).of("drug") if m.how != "fuzzy"]
            mentions = tuple(together) or mentions
            problems += [f"read “{name}” as {m.name}: check that this is the drug you meant" for m in mentions]
        if not mentions:
            problems.append(f"“{name}” is not in the loaded drug names: nothing was looked up for it")
        products = _products(mentions)
        for mention in mentions:
            if mention.how == "fuzzy":
                problems.append(f"read “{mention.text}” as {mention.name}: check that this is the drug you meant")
            found.append(
                Given(
                    mention.id,
                    mention.name,
                    (GIVEN,),
                    product=products.get((mention.origin, mention.start, mention.end), ""),
                )
            )
    return found


def of_facts(facts: Facts, not_taken: Collection[str] = ()) -> list[Given]:
    """The drugs that a question or a case names and does not deny.

    `not_taken` are names of drugs that are denied only as taken before ("never had carbamazepine"): they are asked about."""
    drugs: dict[str, Given] = {}
    drugs_named = [m for m in facts.mentions if m.kind == "drug" and m.used]
    named = [m for m in drugs_named if not m.negated or m.name in not_taken]
    products = _products(named)
    for mention in named:
        before = drugs.get(mention.id)
        told = dict.fromkeys([*(before.told if before else ()), mention.origin])
        product = products.get((mention.origin, mention.start, mention.end)) or (before.product if before else "")
        drugs[mention.id] = Given(mention.id, mention.name, tuple(told), product=product)
    return list(drugs.values())


def _products(mentions: Iterable[Mention]) -> dict[tuple[str, int, int], str]:
    """The words that name several drugs at once (a product, a regimen), by where they stand."""
    first: dict[tuple[str, int, int], str] = {}
    found: dict[tuple[str, int, int], str] = {}
    for m in mentions:
        place = (m.origin, m.start, m.end)
        if first.setdefault(place, m.id) != m.id:
            found[place] = m.text
    return found


def resolved(given: Sequence[Given], services: Services, problems: list[str]) -> list[Given]:
    """Each product of several substances as these, and what is reported of it in `problems`."""
    terms = {t.id: t for t in services.terms.lookup([g.drug_id for g in given])} if given else {}
    out: list[Given] = []
    apart: dict[str, list[str]] = {}
    for one in given:
        if one.product:
            apart.setdefault(one.product, []).append(one.name)
    problems += [_several(product, names) for product, names in apart.items()]
    for one in given:
        term = terms.get(one.drug_id)
        parts = ingredients(term, services) if term else None
        if term and parts is None and (base := racemate(term, services)):
            problems.append(f"{one.name} is looked up as {base.name}, by which CPIC's lines are")
            out.append(Given(base.id, base.name, one.told, part_of=one.name))
            continue
        known, unread = parts or ((), ())
        if known:
            problems.append(_several(one.name, [m.name for m in known]))
        out += [Given(m.id, m.name, one.told, part_of=one.name) for m in known]
        if unread or not known:
            out.append(Given(one.drug_id, one.name, one.told, tuple(unread)))
    return merged(out)


def _several(product: str, substances: Sequence[str]) -> str:
    return f"{product} is a product of several substances: {', '.join(substances)} looked up"


def merged(*lists: Sequence[Given]) -> list[Given]:
    """Each drug once, with every place that names it, in order of appearance."""
    out: dict[str, Given] = {}
    for one in (g for given in lists for g in given):
        before = out.get(one.drug_id)
        told = tuple(dict.fromkeys([*(before.told if before else ()), *one.told]))
        by_itself = before is not None and not before.part_of
        out[one.drug_id] = Given(one.drug_id, one.name, told, one.unresolved, "" if by_itself else one.part_of, one.product)
    return list(out.values())
