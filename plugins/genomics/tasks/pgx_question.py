"""CPIC look-up: drug + gene + phenotype or diplotype → the line of the guideline for exactly that."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bedside.core import Evidence, Facts, GraphEdge, Services, TaskRequest, TaskResult

from ..cite import Citer
from ..pgx.asked_results import AskedResults, asked_results, genes_of_lines
from ..pgx.cpic_phenotypes import Phenotyped
from ..pgx.guidance import SOURCE
from ..pgx.guideline_exceptions import REPLACED, notes_of, split_of
from ..pgx.medications import Given, of_facts, resolved
from .pgx_table import Advised, drug_table

_DRUG_EDGES = ("recommendation", "no_recommendation", "pair")
_RESULT = re.compile(
    r"\bactivity score\b|\b(?:deficien\w+|positive|negative|carriers?|homozyg\w+|heterozyg\w+|duplicat\w+|not normal)\b",
    re.IGNORECASE,
)


def run(request: TaskRequest, services: Services) -> TaskResult:
    """Only rows whose every condition is met are returned: same drug, same gene, same phenotype."""
    facts = request.facts
    notes: list[str] = []
    drugs = resolved(of_facts(facts), services, notes)
    ids = [d.drug_id for d in drugs]
    edges = services.graph.edges_of(ids, kinds=_DRUG_EDGES, direction="out", sources=(SOURCE,))
    info = services.sources.get(SOURCE)
    searched = (f"CPIC recommendations and gene-drug pairs ({info.version if info else 'not loaded'})",)
    if info is None:
        return TaskResult.failed("CPIC is not loaded; type: bedside knowledge load", searched=searched)
    asked = asked_results(facts, services, edges, notes)
    notes += _of_the_question(facts, asked, drugs)
    lookup = _Lookup(asked, {g.id for g in facts.of("gene")}, _gave_result(request, asked), Citer(services), notes)
    for drug in drugs:
        lookup.add(drug, [e for e in edges if e.start == drug.drug_id])
    lookup.add_functions()
    if not lookup.evidence:
        return TaskResult.none(*searched, notes=tuple(notes))
    several = len({one.line.start for one in lookup.advised}) > 1
    blocks = (drug_table(lookup.advised),) if several else ()
    return TaskResult.found(lookup.evidence, ranks=tuple(lookup.ranks), searched=searched, notes=tuple(notes), blocks=blocks)


class _Lookup:
    """Gathers evidence, drug by drug; what can't be answered goes to `notes`.

    `genes`: ids of the genes that are named; `gave_result`: a result was given, read or not.
    """

    def __init__(self, asked: AskedResults, genes: set[str], gave_result: bool, cite: Citer, notes: list[str]) -> None:
        self._asked = asked
        self._genes = genes
        self._gave_result = gave_result
        self._cite = cite
        self._notes = notes
        self._used: set[str] = set()  # genes whose result led to a line
        self.evidence: list[Evidence] = []
        self.ranks: list[int] = []
        self.advised: list[Advised] = []

    def add(self, drug: Given, edges: Sequence[GraphEdge]) -> None:
        """What CPIC says of one drug: its lines that fit, else that there is a gene-drug pair."""
        if why := _not_looked_up(drug, edges):
            self._notes.append(why)
            return
        lines = self._lines(drug, edges)
        if lines is None:
            return
        if lines:
            self._add_lines(drug, lines)
            return
        pairs = _pairs(drug, edges, self._asked, self._genes, self._notes)
        if not self._gave_result:  # that a pair exists is no answer to a result
            self._add(pairs, kind="pair")

    def add_functions(self) -> None:
        """How the diplotypes lead to the phenotypes of the lines: alleles, then the range of their score."""
        for one in self._asked.derived:
            if one.phenotype and one.gene in self._used:
                for step in one.steps:
                    self.evidence.append(self._cite.edge(step, kind="function"))
                    self.ranks.append(len(self.evidence))

    def _lines(self, drug: Given, edges: Sequence[GraphEdge]) -> list[GraphEdge] | None:
        """The lines that fit, or none; None where some do and can't be relied on (the guideline is to be opened)."""
        lines = [e for e in edges if e.kind == "recommendation"]
        waits = sorted({gene for e in lines for gene in self._asked.missing(e)})
        if waits:
            self._notes.append(
                f"CPIC's lines for {drug.name} also ask for {', '.join(waits)}, whose result could not be read"
            )
        fitting = [e for e in lines if self._asked.meet(e)]
        usable = _usable(fitting, self._asked.derived, self._notes)
        if fitting and not usable:
            return None
        if len(usable) > 1 and any(len(e.props["conditions"]) > 1 for e in usable):
            self._notes.append(f"several results per gene fit several lines for {drug.name}; ask for one patient at a time")
            return None
        return usable

    def _add_lines(self, drug: Given, lines: Sequence[GraphEdge]) -> None:
        if drug.name in REPLACED:
            self._notes.append(f"{drug.name}: {REPLACED[drug.name]}")
        for one in self._asked.derived:
            self._notes += [f"{drug.name}: {note}" for note in notes_of(drug.name, one.gene, [one.diplotype])]
        self._add(lines, kind="guideline")
        self.advised += map(Advised, lines, self.evidence[-len(lines) :])
        self._used.update(gene for line in lines for gene in line.props["conditions"])

    def _add(self, edges: Sequence[GraphEdge], *, kind: str) -> None:
        self.evidence += [self._cite.edge(edge, kind=kind) for edge in edges]
        self.ranks += [0] * len(edges)


def _of_the_question(facts: Facts, asked: AskedResults, drugs: Sequence[Given]) -> list[str]:
    """What a reader must know whichever drug it is."""
    notes = []
    if unread := _variants(facts):
        notes.append(f"CPIC's table has no line by variant or single allele; not looked up: {', '.join(unread)}")
    for gene, names in asked.known.items():
        if len(names) > 1:
            notes.append(f"several results for {gene} ({', '.join(sorted(names))}): make sure which is the patient's")
    if len(drugs) > 1:
        notes.append("interactions between drugs (phenoconversion) were not looked at")
    return notes


def _variants(facts: Facts) -> list[str]:
    return [m.text for m in (*facts.of("variant"), *facts.of("variant", negated=True))]


def _gave_result(request: TaskRequest, asked: AskedResults) -> bool:
    """Does the question give a result, in words that are read here or not?"""
    facts = request.facts
    unread = _variants(facts) or facts.unread or facts.of("diplotype")
    return bool(asked.known or unread or _RESULT.search(request.question.text))


def _not_looked_up(drug: Given, edges: Sequence[GraphEdge]) -> str:
    """Why nothing can be said of a drug, or the empty string."""
    if drug.unresolved:
        parts = ", ".join(drug.unresolved)
        return f"{drug.name}: not all its substances could be read ({parts}): look up its ingredients one by one"
    if not edges:
        return f"CPIC has no gene-drug pair for {drug.name}"
    if drug.part_of:  # the engine shows a guideline only for a drug that the question itself names
        return f"CPIC has a gene-drug pair for {drug.name}, of which {drug.part_of} is made: ask about {drug.name}"
    return ""


def _usable(lines: Sequence[GraphEdge], derived: Sequence[Phenotyped], notes: list[str]) -> list[GraphEdge]:
    """Without the lines that are for another activity score of the same phenotype. A phenotype that was given without a
    score keeps its line, and the rule is reported."""
    out = []
    for line in lines:
        split = split_of(str(line.props["drug"]), line.props["conditions"])
        mine = [s for s in derived if split and s.gene == split.gene and s.phenotype == split.phenotype]
        why = split.why_not([s.score or None for s in mine], [s.diplotype for s in mine]) if split else ""
        if why:
            notes.append(f"{line.props['drug']}: {why}: open the guideline {line.url}")
        if not why or not mine:
            out.append(line)
    return out


def _pairs(
    drug: Given, edges: Sequence[GraphEdge], asked: AskedResults, genes: set[str], notes: list[str]
) -> list[GraphEdge]:
    """What can be said when no line applies; the reason goes to `notes`."""
    about = genes | {f"GENE:{g}" for g in asked.known}
    names = {g.removeprefix("GENE:") for g in about}
    pairs = [e for e in edges if e.kind == "pair" and e.end in about]
    without = AskedResults(asked.known, asked.derived, frozenset())
    notes += [e.text for e in edges if e.kind == "no_recommendation" and without.meet(e)]
    by = genes_of_lines(edges)
    if not pairs:
        of = ", ".join(sorted(names)) or "the gene asked about"
        lines = f"; its lines for {drug.name} are by {' and '.join(by)}" if by else ""
        notes.append(f"CPIC has no gene-drug pair of {drug.name} and {of}{lines}")
        return []
    if not {p.end.removeprefix("GENE:") for p in pairs} & set(asked.known):
        notes.append(f"give the phenotype or diplotype of the patient for CPIC's line on {drug.name}")
        return pairs
    guided = [e for e in pairs if e.url and e.props.get("cpic_status") == "Final"]
    if not guided:
        levels = ", ".join(f"{e.end.removeprefix('GENE:')}: level {e.props.get('cpic_level')}" for e in pairs)
        notes.append(f"CPIC has no guideline for {drug.name} with this gene ({levels})")
    elif by and not names & set(by):
        notes.append(f"CPIC's lines for {drug.name} are by {' and '.join(by)}")
    else:
        notes.append(
            f"the loaded CPIC table has no line for {drug.name} with this phenotype; open the guideline: {guided[0].url}"
        )
    return guided
