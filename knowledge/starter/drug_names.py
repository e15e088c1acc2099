"""Names of drugs: what they are also called, and under which brands they are sold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import Term

from ..terms.words import english_words
from .drug_ids import DICTIONARY, cpic_name, dictionary, drug_id, drug_node, related_ids
from .files import version_of

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "drug-names"
NOT_DRUGS = frozenset(
    """thyroid oxygen water air salt sugar honey milk egg wheat corn rice soy oat tea coffee tobacco alcohol ethanol
    diamond gold silver copper iron lead mercury nickel platinum tin light sulfur carbon nitrogen hydrogen helium
    caffeine nicotine sand talc chalk gum castor clove garlic ginger onion pepper mustard vanilla chocolate cocoa
    peanut almond cashew walnut sugarcane apple banana lemon orange peach cherry mint camphor silk wool cotton
    protein fat fiber starch gluten blood plasma urine bile mucus saliva
    homocysteine histamine serotonin glutamate ammonia urea creatine creatinine lactate pyruvate
    hematoxylin eosin
    antibodies allergens vaccines""".split()
)
"""Entries of the dictionary that in a clinical text are hardly ever a medicine: food, elements, what a body makes."""

_CHEMICAL = re.compile(r"\d|[\[\](){},;]|^\w+-")
_SHORT_WORDS = frozenset("am an as at be by do go he if in is it me mg kg ml my no of on or pm so to up us we".split())


def records() -> Iterator[Record]:
    names, data, of_writing = dictionary()
    words = english_words()
    medline = _medline_block(names, data)
    writings: dict[str, list[str]] = {}
    for writing, canonical in names.items():
        writings.setdefault(canonical, []).append(writing)
    given: dict[str, Term] = {}
    for canonical, forms in writings.items():
        listed = cpic_name(canonical)
        if not _is_medicine(canonical, data.get(canonical, {}), listed, words):
            continue
        name = listed or canonical
        ident = drug_id(name)
        kept = [form for form in dict.fromkeys([canonical, *forms]) if form != name and _is_name(form, name, words)]
        # A writing that CPIC lists as a drug of its own belongs to that drug.
        kept = [form for form in kept if cpic_name(form) in (None, listed)]
        brands = tuple(form for form in kept if _is_brand(form, canonical, of_writing.get(form, {}), medline))
        term = Term(
            id=ident,
            kind="drug",
            name=name,
            synonyms=tuple(form for form in kept if form not in brands),
            brands=brands,
            source_id=ID,
            related=related_ids(name),
        )
        if ident in given:  # Two entries of the dictionary with one DrugBank number.
            first = given[ident]
            term = first.model_copy(
                update={
                    "synonyms": tuple(dict.fromkeys((*first.synonyms, name, *term.synonyms))),
                    "brands": tuple(dict.fromkeys((*first.brands, *term.brands))),
                }
            )
        given[ident] = term
    for term in given.values():
        yield drug_node(term.name, ID)
        yield term


def _is_medicine(canonical: str, entry: dict[str, Any], listed: str | None, words: frozenset[str]) -> bool:
    """Whether the entry is a substance given to people. The dictionary also holds MeSH's enzymes, classes and stains."""
    if listed:
        return True
    if canonical in NOT_DRUGS or len(canonical) < 4:
        return False
    known = "medline_plus_id" in entry or "nhs_url" in entry
    if not known and "drugbank_id" not in entry:
        return False
    return known or canonical not in words


def _is_name(form: str, name: str, words: frozenset[str]) -> bool:
    """Whether a writing can be looked for in a text without finding ordinary language."""
    if len(form) < 4 or len(form) > 80 or form in NOT_DRUGS:
        return False
    parts = re.findall(r"[^\W\d_]+", form)
    if not parts or _SHORT_WORDS.intersection(parts) or max(map(len, parts)) < 2:
        return False
    if all(part in words or len(part) < 3 for part in parts):
        # "vitamin c", "lithium carbonate" and "5-fu" name a drug, "little noses" and "sits" say something else.
        return any(char.isdigit() for char in form) or (
            len(parts) > 1 and any(part in name for part in parts if len(part) > 4)
        )
    return True


def _medline_block(names: dict[str, str], data: dict[str, dict[str, Any]]) -> frozenset[str]:
    """The writings at the head of the dictionary, which come from MedlinePlus: generic names and brands of the US."""
    block = []
    for writing, canonical in names.items():
        if "medline_plus_id" not in data.get(canonical, {}):
            break
        block.append(writing)
    return frozenset(block)


def _is_brand(form: str, canonical: str, entry: dict[str, Any], medline: frozenset[str]) -> bool:
    """The dictionary marks few writings as brands; MedlinePlus gives, besides the generic name, brands only."""
    if "is_brand" in entry:
        return bool(entry["is_brand"])
    if form not in medline or _CHEMICAL.search(form) or form.endswith(" acid"):
        return False
    return form[:5] != canonical[:5] and canonical not in form


SOURCE = KnowledgeSource(
    id=ID,
    title="Drug names and brands (drug-named-entity-recognition)",
    licence="MIT (package); it compiled the names from MedlinePlus, MeSH, DrugBank's open vocabulary, NHS and Wikipedia",
    version=lambda: f"{DICTIONARY} {version_of(DICTIONARY)}",
    records=records,
    homepage="https://fastdatascience.com/drug-named-entity-recognition-python-library/",
    package=DICTIONARY,
    starter=True,
)
