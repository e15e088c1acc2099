"""What a question says of the patient's genes: phenotypes, diplotypes, and results that could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cpic_phenotypes import Phenotyped, phenotype_of
from .guidance import SOURCE
from .recommend import NOT_AVAILABLE

if TYPE_CHECKING:
    from bedside.core import Facts, GraphEdge, Mention, Services

_GENE_EDGES = ("diplotype_phenotype", "allele_function", "activity_range")


@dataclass(frozen=True)
class AskedResults:
    """`known`: gene → the phenotypes asked about, in CPIC's words; `derived`: how diplotypes were turned into them.

    `unresolved` are genes that are named and whose result could not be read: not the same as genes without a result.
    """

    known: Mapping[str, set[str]]
    derived: Sequence[Phenotyped]
    unresolved: frozenset[str]

    def meet(self, edge: GraphEdge) -> bool:
        """Is every condition of a line met? A gene that nobody speaks of counts as not available; one with an unread result
        does not."""
        conditions: dict[str, str] = edge.props["conditions"]
        if not set(conditions) & set(self.known) or set(conditions) & self.unresolved:
            return False
        return all(
            phenotype in self.known[gene] if gene in self.known else phenotype == NOT_AVAILABLE
            for gene, phenotype in conditions.items()
        )

    def missing(self, edge: GraphEdge) -> set[str]:
        """Genes without which a line that is otherwise about this patient can't be judged."""
        conditions = set(edge.props["conditions"])
        return conditions & self.unresolved if conditions & set(self.known) else set()


def asked_results(facts: Facts, services: Services, edges: Sequence[GraphEdge], notes: list[str]) -> AskedResults:
    """`edges` are the lines of the drugs that were asked about. What can't be read of a result, or contradicts another, goes
    to `notes`."""
    named = sorted({m.id.removeprefix("GENE:") for m in facts.of("gene")})
    known: dict[str, set[str]] = {}
    for mention in facts.of("pgx_phenotype"):
        gene = mention.gene or _only_gene(mention, named, edges, notes)
        if gene:
            known.setdefault(gene, set()).add(mention.name)
    derived = _of_diplotypes(facts, services, notes)
    for one in derived:
        if one.phenotype:
            known.setdefault(one.gene, set()).add(one.phenotype)
    return AskedResults(known, derived, frozenset(named) - set(known))


def _only_gene(mention: Mention, named: Sequence[str], edges: Sequence[GraphEdge], notes: list[str]) -> str:
    """The gene of a phenotype that is written without one, where only one is named; else the empty string, with a note."""
    if len(named) == 1:
        notes.append(f"“{mention.text}” was taken as {named[0]}'s, the only gene that is named")
        return named[0]
    genes = genes_of_lines(edges)
    by = f"CPIC's lines for this drug are by {' and '.join(genes)}: name the gene" if genes else "name the gene"
    notes.append(f"“{mention.text}” of which gene? {by}")
    return ""


def _of_diplotypes(facts: Facts, services: Services, notes: list[str]) -> list[Phenotyped]:
    """Each diplotype's phenotype by CPIC's tables, or why it has none."""
    diplotypes = facts.of("diplotype")
    notes += [f"“{m.text}” of which gene? Write it as in: CYP2D6 {m.name}" for m in diplotypes if not m.gene]
    tied = [(m.gene, m.name) for m in diplotypes if m.gene]
    ids = [f"GENE:{gene}" for gene, _ in tied]
    tables = services.graph.edges_of(ids, kinds=_GENE_EDGES, direction="out", sources=(SOURCE,)) if tied else []
    out: list[Phenotyped] = []
    for gene, name in tied:
        one = phenotype_of(gene, name, [e for e in tables if e.start == f"GENE:{gene}"])
        out.append(one)
        said = {p.name for p in facts.of("pgx_phenotype") if p.gene == gene}
        if not one.phenotype:
            notes.append(f"no phenotype could be assigned: {one.reason}")
        elif said and one.phenotype not in said:  # neither is preferred in silence
            given = ", ".join(sorted(said))
            notes.append(f"{gene} {name} is {one.phenotype} by CPIC's table, but the question says {given}")
    return out


def genes_of_lines(edges: Sequence[GraphEdge]) -> list[str]:
    """Genes by which CPIC has lines among these edges."""
    return sorted({gene for e in edges if e.kind == "recommendation" for gene in e.props["conditions"]})
