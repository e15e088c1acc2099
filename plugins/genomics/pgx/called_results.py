"""The results of a sample's genes, as lines of guidance are chosen by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cpic_vocabulary import PHENOTYPES
from .fitting import Result

if TYPE_CHECKING:
    from .results import GeneResult


def possible_results(result: GeneResult) -> tuple[Result, ...]:
    """Each result that the gene may have, once, those among them that an unread position leaves open; none where nothing is
    known of it."""
    call = result.call
    if result.state == "unknown":
        return ()
    found: dict[Result, None] = {}
    for i in range(max(len(call.diplotypes), len(call.phenotypes), len(call.activity_scores), 1)):
        phenotype = (call.phenotypes[i] if i < len(call.phenotypes) else None) or ""
        score = (call.activity_scores[i] if i < len(call.activity_scores) else None) or ""
        name = call.diplotypes[i] if i < len(call.diplotypes) else ""
        if not phenotype and len(result.cpic) == 1:
            phenotype = result.cpic[0]
        words = PHENOTYPES.get((call.gene, " ".join(phenotype.split())), phenotype)
        if call.gene.startswith("HLA-"):
            one = Result(statuses=frozenset(part.strip() for part in words.split(";") if part.strip()))
        else:
            one = Result(words, score, tuple(name.split("/")) if name else ())
        if words or score:
            found[one] = None
    if found:
        found |= {Result(phenotype or "", score or ""): None for phenotype, score in result.could_be if phenotype or score}
    return tuple(found)
