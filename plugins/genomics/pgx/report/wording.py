"""The words around a recommendation, the same on the terminal and in the report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...plain import plain
from ..populations import population
from ..urgency import ORDER, Urgency
from .types import DrugReport, GeneReport, LineReport, PgxDocument


@dataclass(frozen=True)
class Group:
    """`title` over the drugs of one urgency, `mark` beside one of them."""

    title: str
    mark: str


GROUPS: dict[Urgency, Group] = {
    "change": Group("Action: another drug, dose or watch, or a condition on it", "ACTION"),
    "review": Group("To be looked at: no line can be relied on", "REVIEW"),
    "other": Group("To be read: neither usual dosing nor a change", "READ"),
    "standard": Group("Usual dosing by the line", "USUAL"),
}
NOW = "Medications that matter now"


@dataclass(frozen=True)
class SameOfDrugs:
    """Drugs of which the same is said: `said` holds for each of `drugs`, but for its name, id and evidence."""

    drugs: tuple[str, ...]
    said: DrugReport


def grouped(data: PgxDocument) -> list[tuple[str, list[SameOfDrugs]]]:
    """Titles with their recommendations: those that were named first, then the other drugs by urgency."""
    named = [r for r in data.recommendations if r.given]
    out = [(NOW, merged(named))] if named else []
    before = "Other drugs. " if named else ""
    for urgency in ORDER:
        rest = [r for r in data.recommendations if not r.given and r.urgency == urgency]
        if rest:
            out.append((f"{before}{GROUPS[urgency].title}", merged(rest)))
    return out


def merged(recommendations: Sequence[DrugReport]) -> list[SameOfDrugs]:
    """Drugs of which the same is said, for the same reason and by the same genes, as one entry."""
    found: dict[str, list[DrugReport]] = {}
    for r in recommendations:
        lines = tuple(replace(line, guideline="", evidence=None, url="", references=()) for line in r.lines)  # type: ignore[arg-type]
        same = plain(replace(r, drug="", drug_id="", evidence=(), lines=lines))
        found.setdefault(json.dumps(same, sort_keys=True), []).append(r)
    return [SameOfDrugs(tuple(r.drug for r in alike), alike[0]) for alike in found.values()]


def diplotype_words(gene: GeneReport) -> str:
    return " or ".join(dict.fromkeys(gene.diplotypes)) or ", ".join(gene.haplotypes)


def ranked_lower(gene: GeneReport) -> str:
    """`*3B/*3C (Poor Metabolizer)`: other diplotypes that fit the genotypes."""
    shown = [f"{a.diplotype} ({a.phenotype or 'phenotype not known'})" for a in gene.alternatives[:6]]
    more = len(gene.alternatives) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def gene_words(gene: GeneReport) -> str:
    """`*1/*2  Intermediate Metabolizer (activity score 1.0)`."""
    phenotypes = dict.fromkeys(p or "phenotype not known" for p in gene.phenotypes)
    if not any(gene.phenotypes) and gene.cpic_phenotypes:  # the definitions have none, CPIC's own tables do
        phenotypes = dict.fromkeys(gene.cpic_phenotypes)
    scores = dict.fromkeys(s for s in gene.activity_scores if s)
    words = " or ".join(phenotypes) or "phenotype not known"
    if scores:
        words += f" (activity score {' or '.join(scores)})"
    source = ", outside call" if gene.source == "outside" else ""
    by = f"by {gene.phenotype_from} alone" if gene.phenotype_from else diplotype_words(gene)
    return f"{by}  {words}{source}".strip()


def of_genes(r: DrugReport, data: PgxDocument) -> str:
    """`CYP2C19 *2/*2 Poor Metabolizer, CYP2D6 not assessed`."""
    calls = {gene.gene: gene for gene in data.genes}
    return ", ".join(_of_gene(gene, phenotype, calls.get(gene)) for gene, phenotype in r.genes.items())


def _of_gene(name: str, phenotype: str | None, call: GeneReport | None) -> str:
    if call is None or not call.assessed:
        return f"{name} not assessed"
    diplotypes = diplotype_words(call)
    if len(call.diplotypes) > 2:
        diplotypes = f"{len(call.diplotypes)} possible diplotypes"
    return " ".join(filter(None, (name, diplotypes, phenotype or "(phenotype not known)")))


def line_ranges(numbers: Sequence[int]) -> str:
    """`3, 5–8`: the numbers of lines, neighbours together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("–".join(map(str, run)) for run in runs)


def possible_words(conditions: Sequence[Mapping[str, str]]) -> str:
    """Every combination of results (gene → result) for which there is a text; activity scores of one gene together."""
    genes = {gene for condition in conditions for gene in condition}
    if len(genes) == 1:
        gene = genes.pop()
        return f"{gene} {' or '.join(dict.fromkeys(_result(condition[gene]) for condition in conditions))}"
    return "; or ".join(
        " and ".join(f"{gene} {_result(result)}" for gene, result in condition.items()) for condition in conditions
    )


def _result(result: str) -> str:
    if result in ("None", "No Result"):
        return "result not available"
    return f"activity score {result}" if result.lstrip("≥").replace(".", "").isdigit() else result


def source_words(line: LineReport) -> str:
    """`CPIC, Strong, for adults, data of 2024-03-25`."""
    date = f"data of {line.date}" if line.date else ""
    whom = f"for {line.people}" if line.people else ""
    table = "packaged table" if line.packaged else ""
    return ", ".join(filter(None, (line.publisher, line.strength, whom, table, date)))


def people(raw: str) -> str:
    """A publisher's population in plain words: `acute coronary syndrome or PCI` for "CVI ACS PCI"; empty for everybody, and
    where it only says the genetic result, which stands beside it."""
    return population(raw, "").words
