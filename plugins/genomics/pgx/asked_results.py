"""What a question says of the patient's genes: phenotypes, activity scores, diplotypes, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cpic_phenotypes import Phenotyped, in_range, phenotype_of
from .fitting import Result
from .guidance_line import PACKAGED, GuidanceLine, Score

if TYPE_CHECKING:
    from bedside.core import Facts, GraphEdge, Mention, Services

_GENE_EDGES = ("diplotype_phenotype", "allele_function", "activity_range")


@dataclass(frozen=True)
class AskedResults:
    """`possible`: gene → the results that were read of it; `derived`: how diplotypes were turned into phenotypes.

    `unresolved` are genes that are named and whose result could not be read: not the same as genes without a result.
    """

    possible: Mapping[str, tuple[Result, ...]]
    derived: Sequence[Phenotyped]
    unresolved: frozenset[str]


def asked_results(facts: Facts, services: Services, lines: Sequence[GuidanceLine], notes: list[str]) -> AskedResults:
    """`lines` are those of the drugs that were asked about. What can't be read of a result, or contradicts another, goes to
    `notes`."""
    named = sorted({m.id.removeprefix("GENE:") for m in facts.of("gene")})
    phenotypes: dict[str, list[str]] = {}
    for mention in facts.of("pgx_phenotype"):
        gene = mention.gene or _only_gene(mention, named, lines, notes)
        if gene:
            phenotypes.setdefault(gene, []).append(mention.name)
    scores: dict[str, list[str]] = {}
    for mention in facts.of("activity_score"):
        if mention.gene:
            scores.setdefault(mention.gene, []).append(mention.name)
    genes = sorted({*phenotypes, *scores, *(m.gene for m in facts.of("diplotype") if m.gene)})
    tables = services.graph.edges_of(
        [f"GENE:{gene}" for gene in genes], kinds=_GENE_EDGES, direction="out", sources=(PACKAGED,)
    )
    derived = _of_diplotypes(facts, tables, notes)
    possible: dict[str, tuple[Result, ...]] = {}
    for gene in genes:
        rows = [e for e in tables if e.start == f"GENE:{gene}"]
        mine = [one for one in derived if one.gene == gene and (one.phenotype or Score.of(one.score))]
        found = _of_gene(gene, phenotypes.get(gene, []), scores.get(gene, []), mine, rows, notes)
        if found:
            possible[gene] = found
    return AskedResults(possible, derived, frozenset(named) - set(possible))


def _of_gene(
    gene: str,
    phenotypes: Sequence[str],
    scores: Sequence[str],
    diplotypes: Sequence[Phenotyped],
    rows: Sequence[GraphEdge],
    notes: list[str],
) -> tuple[Result, ...]:
    """One result where all that is said agrees; else each of them, with a note."""
    if gene.startswith("HLA-"):
        return _of_hla(gene, frozenset(phenotypes), notes)
    said = list(dict.fromkeys(phenotypes))
    found = [Result(d.phenotype, d.score, tuple(d.diplotype.split("/"))) for d in diplotypes]
    if found:
        known = {r.score for r in found} if scores else set()
        scores = [s for s in scores if not any(_same_score(s, other) for other in known)]
    found += [Result(_of_score(score, rows), score) for score in scores]
    for phenotype in said:
        if not any(phenotype == r.phenotype for r in found):
            found.append(Result(phenotype))
    found = list(dict.fromkeys(found))
    if len(found) > 1:
        words = " and ".join(dict.fromkeys(filter(None, (_words(r) for r in found))))
        notes.append(f"several results for {gene} ({words}) contradict each other: make sure which is the patient's")
    return tuple(found)


def _of_hla(gene: str, statuses: frozenset[str], notes: list[str]) -> tuple[Result, ...]:
    """Statuses of several alleles hold together; of one allele that is said to be there and not there, nothing is used."""
    alleles = [status.split()[0] for status in statuses]
    twice = {allele for allele in alleles if alleles.count(allele) > 1}
    notes += [
        f"{gene}{allele} is said to be positive and negative: make sure which is the patient's; neither was used"
        for allele in sorted(twice)
    ]
    kept = frozenset(status for status in statuses if status.split()[0] not in twice)
    return (Result(statuses=kept),) if kept else ()


def words_of(gene: str, results: Sequence[Result]) -> str:
    """`CYP2D6 Poor Metabolizer`, `HLA-B *57:01 positive`."""
    said = [", ".join(sorted(r.statuses)) or _words(r) for r in results]
    return f"{gene} {' or '.join(dict.fromkeys(said))}"


def _words(result: Result) -> str:
    alleles, score = "/".join(result.alleles), f"activity score {result.score}" if result.score else ""
    return " ".join(filter(None, (alleles, result.phenotype, f"({score})" if score and result.phenotype else score)))


def _same_score(a: str, b: str) -> bool:
    return bool(a and b) and Score.of(a) == Score.of(b)


def _of_score(score: str, rows: Sequence[GraphEdge]) -> str:
    """The phenotype of a score by CPIC's table; empty where it has none."""
    given = Score.of(score)
    if given is None:
        return ""
    ranges = [e for e in rows if e.kind == "activity_range" and in_range(e, given.value, at_least=given.least)]
    return str(ranges[0].props["phenotype"]) if len(ranges) == 1 else ""


def _only_gene(mention: Mention, named: Sequence[str], lines: Sequence[GuidanceLine], notes: list[str]) -> str:
    """The gene of a phenotype that is written without one, where only one is named; else the empty string, with a note."""
    if len(named) == 1:
        notes.append(f"“{mention.text}” was taken as {named[0]}'s, the only gene that is named")
        return named[0]
    genes = sorted({gene for line in lines for gene in line.genes})
    by = f"the lines for this drug are by {' and '.join(genes)}: name the gene" if genes else "name the gene"
    notes.append(f"“{mention.text}” of which gene? {by}")
    return ""


def _of_diplotypes(facts: Facts, tables: Sequence[GraphEdge], notes: list[str]) -> list[Phenotyped]:
    """Each diplotype's phenotype by CPIC's tables, or why it has none."""
    diplotypes = facts.of("diplotype")
    notes += [f"“{m.text}” of which gene? Write it as in: CYP2D6 {m.name}" for m in diplotypes if not m.gene]
    out: dict[tuple[str, str], Phenotyped] = {}
    for mention in diplotypes:
        gene, name = mention.gene or "", mention.name
        if not gene or (gene, name) in out:
            continue
        one = phenotype_of(gene, name, [e for e in tables if e.start == f"GENE:{gene}"])
        out[gene, name] = one
        if not one.phenotype:
            notes.append(f"no phenotype could be assigned: {one.reason}")
    return list(out.values())
