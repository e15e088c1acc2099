"""CPIC look-up: drug + gene + phenotype or diplotype → the line of the guideline for exactly that."""

from __future__ import annotations

import re

from bedside.core import Evidence, GraphEdge, Services, TaskRequest, TaskResult

from ..cite import Citer
from ..pgx.cpic_phenotypes import Phenotyped, phenotype_of
from ..pgx.guidance import SOURCE
from ..pgx.guideline_exceptions import REPLACED, notes_of, split_of
from ..pgx.medications import Given, of_facts, resolved
from ..pgx.recommend import NOT_AVAILABLE

_DRUG_EDGES = ("recommendation", "no_recommendation", "pair")
_GENE_EDGES = ("diplotype_phenotype", "allele_function", "activity_range")
_RESULT = re.compile(
    r"\bactivity score\b|\b(?:deficien\w+|positive|negative|carriers?|homozyg\w+|heterozyg\w+|duplicat\w+|not normal)\b",
    re.IGNORECASE,
)


def run(request: TaskRequest, services: Services) -> TaskResult:
    """Only rows whose every condition is met are returned: same drug, same gene, same phenotype."""
    facts = request.facts
    notes: list[str] = []
    drugs = resolved(of_facts(facts), services, notes)
    edges = services.graph.edges_of([d.drug_id for d in drugs], kinds=_DRUG_EDGES, direction="out", sources=(SOURCE,))
    info = services.sources.get("cpic")
    searched = (f"CPIC recommendations and gene-drug pairs ({info.version if info else 'not loaded'})",)
    if info is None:
        return TaskResult.failed("CPIC is not loaded; type: bedside knowledge load", searched=searched)

    known, steps = _phenotypes(request, services, edges, notes)
    # a gene whose result is named but could not be read is not a gene without a result
    unresolved = {m.id.removeprefix("GENE:") for m in facts.of("gene")} - set(known)
    unread = [m.text for m in (*facts.of("variant"), *facts.of("variant", negated=True))]
    if unread:
        notes.append(f"CPIC's table has no line by variant or single allele; not looked up: {', '.join(unread)}")
    for gene, names in known.items():
        if len(names) > 1:
            notes.append(f"several results for {gene} ({', '.join(sorted(names))}): make sure which is the patient's")
    if len(drugs) > 1:
        notes.append("interactions between drugs (phenoconversion) were not looked at")
    cite = Citer(services)
    evidence: list[Evidence] = []
    ranks: list[int] = []
    used: set[str] = set()
    for drug in drugs:
        mine = [e for e in edges if e.start == drug.drug_id]
        if drug.unresolved:
            parts = ", ".join(drug.unresolved)
            notes.append(f"{drug.name}: not all its substances could be read ({parts}): look up its ingredients one by one")
            continue
        if drug.part_of and mine:  # the engine shows a guideline only for a drug that the question itself names
            notes.append(
                f"CPIC has a gene-drug pair for {drug.name}, of which {drug.part_of} is made: ask about {drug.name}"
            )
            continue
        if not mine:
            notes.append(f"CPIC has no gene-drug pair for {drug.name}")
            continue
        lines = [e for e in mine if e.kind == "recommendation" and _meets(e, known, unresolved)]
        waits = sorted({g for e in mine if e.kind == "recommendation" for g in _missing(e, known, unresolved)})
        if waits:
            notes.append(f"CPIC's lines for {drug.name} also ask for {', '.join(waits)}, whose result could not be read")
        usable = _usable(lines, steps, notes)
        if lines and not usable:
            continue  # told: the guideline is to be opened
        lines = usable
        if len(lines) > 1 and any(len(e.props["conditions"]) > 1 for e in lines):
            notes.append(f"several results per gene fit several lines for {drug.name}; ask for one patient at a time")
            continue
        if lines and drug.name in REPLACED:
            notes.append(f"{drug.name}: {REPLACED[drug.name]}")
        for one in steps if lines else ():
            notes += [f"{drug.name}: {told}" for told in notes_of(drug.name, one.gene, [one.diplotype])]
        for edge in lines:
            evidence.append(cite.edge(edge, kind="guideline", strength=_strength(edge)))
            ranks.append(0)
            used |= set(edge.props["conditions"])
        if not lines:
            pairs = _pairs(drug, mine, known, {g.id for g in facts.of("gene")}, notes)
            if known or unread or facts.unread or _gave_result(request):
                pairs = []  # a result was given, read or not: that a pair exists is no answer to it
            evidence += [cite.edge(e, kind="pair", strength=_strength(e)) for e in pairs]
            ranks += [0] * len(pairs)
    for phenotyped in steps:
        if phenotyped.phenotype and phenotyped.gene in used:
            for step in phenotyped.steps:  # in the order of the reasoning: alleles, then the range of their score
                evidence.append(cite.edge(step, kind="function"))
                ranks.append(len(evidence))
    if not evidence:
        return TaskResult.none(*searched, notes=tuple(notes))
    return TaskResult.found(evidence, ranks=tuple(ranks), searched=searched, notes=tuple(notes))


def _phenotypes(
    request: TaskRequest, services: Services, edges: list[GraphEdge], notes: list[str]
) -> tuple[dict[str, set[str]], list[Phenotyped]]:
    """{gene: phenotypes asked about} and how diplotypes were turned into them."""
    facts = request.facts
    known: dict[str, set[str]] = {}
    named = sorted({m.id.removeprefix("GENE:") for m in facts.of("gene")})
    for m in facts.of("pgx_phenotype"):
        if m.gene:
            known.setdefault(m.gene, set()).add(m.name)
        elif len(named) == 1:
            known.setdefault(named[0], set()).add(m.name)
            notes.append(f"“{m.text}” was taken as {named[0]}'s, the only gene that is named")
        else:
            genes = sorted({g for e in edges if e.kind == "recommendation" for g in e.props["conditions"]})
            by = f"CPIC's lines for this drug are by {' and '.join(genes)}: name the gene" if genes else "name the gene"
            notes.append(f"“{m.text}” of which gene? {by}")
    diplotypes = facts.of("diplotype")
    for m in diplotypes:
        if not m.gene:
            notes.append(f"“{m.text}” of which gene? Write it as in: CYP2D6 {m.name}")
    tied = [m for m in diplotypes if m.gene]
    tables = (
        services.graph.edges_of([f"GENE:{m.gene}" for m in tied], kinds=_GENE_EDGES, direction="out", sources=(SOURCE,))
        if tied
        else []
    )
    steps = []
    for m in tied:
        assert m.gene
        step = phenotype_of(m.gene, m.name, [e for e in tables if e.start == f"GENE:{m.gene}"])
        steps.append(step)
        if not step.phenotype:
            notes.append(f"no phenotype could be assigned: {step.reason}")
        else:
            said = {p.name for p in facts.of("pgx_phenotype") if p.gene == m.gene}
            if said and step.phenotype not in said:  # neither is preferred in silence
                given = ", ".join(sorted(said))
                notes.append(f"{m.gene} {m.name} is {step.phenotype} by CPIC's table, but the question says {given}")
            known.setdefault(m.gene, set()).add(step.phenotype)
    return known, steps


def _meets(edge: GraphEdge, known: dict[str, set[str]], unresolved: set[str]) -> bool:
    """Is every condition met? A gene that nobody speaks of counts as not available, one with an unread result does not."""
    conditions: dict[str, str] = edge.props["conditions"]
    if not set(conditions) & set(known) or set(conditions) & unresolved:
        return False
    return all(
        (phenotype in known[gene]) if gene in known else phenotype == NOT_AVAILABLE for gene, phenotype in conditions.items()
    )


def _usable(lines: list[GraphEdge], steps: list[Phenotyped], notes: list[str]) -> list[GraphEdge]:
    """Without the lines that are for another activity score of the same phenotype. A phenotype that was given without a
    score keeps its line, and the rule is told."""
    out = []
    for line in lines:
        split = split_of(str(line.props["drug"]), line.props["conditions"])
        mine = [s for s in steps if split and s.gene == split.gene and s.phenotype == split.phenotype]
        why = split.why_not([s.score or None for s in mine], [s.diplotype for s in mine]) if split else ""
        if why:
            notes.append(f"{line.props['drug']}: {why}: open the guideline {line.url}")
        if not why or not mine:
            out.append(line)
    return out


def _missing(edge: GraphEdge, known: dict[str, set[str]], unresolved: set[str]) -> set[str]:
    conditions = set(edge.props["conditions"])
    return conditions & unresolved if conditions & set(known) else set()


def _gave_result(request: TaskRequest) -> bool:
    """Does the question give a result in words that are not read here?"""
    text = request.question.text
    return bool(_RESULT.search(text) or request.facts.of("diplotype"))


def _pairs(
    drug: Given, edges: list[GraphEdge], known: dict[str, set[str]], genes: set[str], notes: list[str]
) -> list[GraphEdge]:
    """What can be said when no line applies; the reason goes to `notes`."""
    asked = genes | {f"GENE:{g}" for g in known}
    pairs = [e for e in edges if e.kind == "pair" and e.end in asked]
    for edge in edges:
        if edge.kind == "no_recommendation" and _meets(edge, known, set()):
            notes.append(edge.text)
    by = sorted({g for e in edges if e.kind == "recommendation" for g in e.props["conditions"]})
    if not pairs:
        names = ", ".join(sorted(g.removeprefix("GENE:") for g in asked)) or "the gene asked about"
        notes.append(
            f"CPIC has no gene-drug pair of {drug.name} and {names}"
            + (f"; its lines for {drug.name} are by {' and '.join(by)}" if by else "")
        )
        return []
    if not {g.removeprefix("GENE:") for g in (p.end for p in pairs)} & set(known):
        notes.append(f"give the phenotype or diplotype of the patient for CPIC's line on {drug.name}")
        return pairs
    guided = [e for e in pairs if e.url and e.props.get("cpic_status") == "Final"]
    if not guided:
        levels = ", ".join(f"{e.end.removeprefix('GENE:')}: level {e.props.get('cpic_level')}" for e in pairs)
        notes.append(f"CPIC has no guideline for {drug.name} with this gene ({levels})")
    elif by and not {g.removeprefix("GENE:") for g in asked} & set(by):
        notes.append(f"CPIC's lines for {drug.name} are by {' and '.join(by)}")
    else:
        notes.append(
            f"the loaded CPIC table has no line for {drug.name} with this phenotype; open the guideline: {guided[0].url}"
        )
    return guided


def _strength(edge: GraphEdge) -> str:
    level, status = edge.props.get("cpic_level"), edge.props.get("cpic_status")
    return f"CPIC level {level} ({status})" if level else ""
