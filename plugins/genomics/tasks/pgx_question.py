"""Guidance look-up: drug + gene + result → what CPIC, DPWG and the FDA say for exactly that, in the patient's population."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bedside.core import Evidence, Facts, GraphEdge, Question, Services, TaskRequest, TaskResult
from bedside.core.types import Table

from ..cite import Citer
from ..pgx.asked_results import AskedResults, asked_results, words_of
from ..pgx.choose import Chosen, choose, notes_on_age
from ..pgx.guidance_line import GuidanceLine, lines_of
from ..pgx.loaded import Loaded, gene_changes, logged
from ..pgx.medications import Given, of_facts, resolved
from ..pgx.person import Person, person_of_texts
from ..pgx.warfarin_place import chart_steps
from .arguments import PgxArguments
from .pgx_table import Advised, drug_table
from .pgx_warfarin import chart_tables

_RESULT = re.compile(
    r"\bactivity score\b|\b(?:deficien\w+|positive|negative|carriers?|homozyg\w+|heterozyg\w+|duplicat\w+|not normal)\b",
    re.IGNORECASE,
)
_MOST_LINES = 12


def run(request: TaskRequest, services: Services) -> TaskResult:
    """Only lines one of whose keys is met by all genes are returned: same drug, same genes, same results."""
    facts = request.facts
    notes: list[str] = []
    loaded = Loaded.of(services)
    if loaded.packaged is None:
        return TaskResult.failed("CPIC is not loaded; type: bedside knowledge load", searched=loaded.searched)
    person = _person(request, services)
    # "never had carbamazepine": asked about, where no other drug is
    named = of_facts(facts) or of_facts(facts, person.exposures)
    drugs = resolved(named, services, notes)
    edges = loaded.edges(services, [d.drug_id for d in drugs])
    asked = asked_results(facts, services, lines_of(edges), notes)
    notes += _of_the_question(facts, drugs)
    steps = [step for one in asked.derived for step in one.steps]
    since = max((str(step.props.get("date") or "") for step in steps), default="")
    notes += gene_changes(services, loaded, {one.gene for one in asked.derived}, since).values()
    lookup = _Lookup(
        asked,
        genes={g.id.removeprefix("GENE:") for g in facts.of("gene")},
        gave_result=_gave_result(request, asked),
        person=person,
        loaded=loaded,
        cite=Citer(services),
        notes=notes,
    )
    for drug in drugs:
        lookup.add(drug, [e for e in edges if e.start == drug.drug_id])
    lookup.add_functions()
    if not lookup.evidence:
        return TaskResult.none(*loaded.searched, notes=tuple(dict.fromkeys(notes)))
    lookup.add_charts(edges)
    several = len({one.line.start for one in lookup.advised}) > 1 or len(lookup.advised) > 2
    return TaskResult.found(
        lookup.evidence,
        ranks=tuple(lookup.ranks),
        searched=loaded.searched,
        notes=tuple(dict.fromkeys(notes)),
        blocks=(*((drug_table(lookup.advised),) if several else ()), *lookup.charts),
    )


def _person(request: TaskRequest, services: Services) -> Person:
    """By the question, or by the argument of that name where the task is called by its name."""
    given, text, facts = request.arguments, request.question.text, request.facts
    # worked out from a question, the argument is the question, perhaps cut short
    if isinstance(given, PgxArguments) and not text.startswith(given.person):
        text = given.person
        facts = services.reader.read(Question(text=text, case=request.question.case), ("vcf", "image"))
    return person_of_texts(facts, [("question", text), *((t.origin, t.text) for t in request.question.case.texts)], services)


class _Lookup:
    """Gathers evidence, drug by drug; what can't be answered goes to `notes`.

    `genes` are named; `gave_result`: a result was given, read or not.
    """

    def __init__(
        self,
        asked: AskedResults,
        *,
        genes: set[str],
        gave_result: bool,
        person: Person,
        loaded: Loaded,
        cite: Citer,
        notes: list[str],
    ) -> None:
        self._asked = asked
        self._genes = genes
        self._gave_result = gave_result
        self._person = person
        self._loaded = loaded
        self._cite = cite
        self._notes = notes
        self._used: set[str] = set()  # genes whose result led to a line
        self.evidence: list[Evidence] = []
        self.ranks: list[int] = []
        self.advised: list[Advised] = []
        self.charts: list[Table] = []

    def add(self, drug: Given, edges: Sequence[GraphEdge]) -> None:
        """What is said of one drug for these results, else that there is a gene-drug pair."""
        if drug.unresolved:
            parts = ", ".join(drug.unresolved)
            self._notes.append(f"{drug.name}: not all its substances could be read ({parts}): look them up one by one")
            return
        if not edges:
            self._notes.append(f"{drug.name}: {self._loaded.nothing(f'for {drug.name}')}")
            return
        if drug.part_of:  # the engine shows a guideline only for a drug that the question itself names
            self._notes.append(f"there are lines for {drug.name}, of which {drug.part_of} is made: ask about {drug.name}")
            return
        lines = lines_of(edges)
        chosen = choose(lines, self._asked.possible, self._asked.unresolved, self._person)
        self._notes += [*chosen.problems, *chosen.notes]
        if self._mixed(chosen):
            self._notes.append(f"several results per gene fit several lines for {drug.name}; ask for one patient at a time")
        elif chosen.lines:
            self._add_lines(drug, chosen.lines, edges)
        elif not chosen.problems:
            self._without_line(drug, lines, edges)

    def _mixed(self, chosen: Chosen) -> bool:
        """Would lines be shown for results that may not be one person's: of two genes, one of which has several?"""
        possible = self._asked.possible
        several = {gene for gene, results in possible.items() if len(results) > 1}
        return any(line.genes & several and len(line.genes & possible.keys()) > 1 for line in chosen.lines)

    def add_functions(self) -> None:
        """How the diplotypes lead to the phenotypes of the lines: alleles, then the range of their score."""
        for one in self._asked.derived:
            if one.phenotype and one.gene in self._used:
                for step in one.steps:
                    self.evidence.append(self._cite.edge(step, kind="function"))
                    self.ranks.append(len(self.evidence))

    def add_charts(self, edges: Sequence[GraphEdge]) -> None:
        """A guideline that is a flow chart, as a table behind the lines: where the person stands in it, no dose."""
        steps = chart_steps(edges, self._asked.possible, self._person)
        if steps:
            self.charts, cited = chart_tables(steps, self._cite)
            self.evidence += cited
            self.ranks += [len(self.evidence)] * len(cited)
            self._notes.append("warfarin: CPIC's guideline is a flow chart; no dose is computed here")

    def _add_lines(self, drug: Given, lines: Sequence[GuidanceLine], edges: Sequence[GraphEdge]) -> None:
        self._notes += notes_on_age(drug.name, lines, self._person)
        for line in lines[:_MOST_LINES]:
            if date := logged(line, edges):
                self._notes.append(f"{drug.name}: CPIC logged a change on {date}, after the data of this line ({line.date})")
            if line.packaged and line.date:
                self._notes.append(f"{drug.name}: the line is of the packaged CPIC table, data of {line.date}")
            self._cite_edges([line.edge], kind="guideline")
            self.advised.append(Advised(line.edge, self.evidence[-1]))
            self._used |= line.genes

    def _without_line(self, drug: Given, lines: Sequence[GuidanceLine], edges: Sequence[GraphEdge]) -> None:
        """No line applies: why, and the pairs where no result was given (that a pair exists is no answer to a result)."""
        about = self._genes | set(self._asked.possible)
        by = sorted({gene for line in lines for gene in line.genes})
        pairs = [e for e in edges if e.kind == "pair" and e.end.removeprefix("GENE:") in about]
        guided = about & ({*by} | {e.end.removeprefix("GENE:") for e in pairs})
        if not about:
            self._notes.append(f"give the patient's result of {' or '.join(by) or 'a gene'} for a line on {drug.name}")
        elif not guided:
            lines_by = f"; its lines are by {' and '.join(by)}" if by else ""
            self._notes.append(f"{drug.name}: {self._loaded.nothing(f'for it with {_and(about)}')}{lines_by}")
        elif not guided & set(self._asked.possible):
            self._notes.append(f"give the phenotype or diplotype of {_and(guided)} for a line on {drug.name}")
            if not self._gave_result:
                self._cite_edges(pairs, kind="pair")
        else:
            results = [words_of(gene, self._asked.possible[gene]) for gene in sorted(guided & set(self._asked.possible))]
            said = f"for {drug.name} with {' and '.join(results)}"
            levels = ", ".join(str(e.props.get("strength")) for e in pairs if e.props.get("strength"))
            self._notes.append(f"{drug.name}: {self._loaded.nothing(said)}{f' ({levels})' if levels else ''}")

    def _cite_edges(self, edges: Sequence[GraphEdge], *, kind: str) -> None:
        self.evidence += [self._cite.edge(edge, kind=kind) for edge in edges]
        self.ranks += [0] * len(edges)


def _of_the_question(facts: Facts, drugs: Sequence[Given]) -> list[str]:
    """What a reader must know whichever drug it is."""
    notes = []
    if unread := _variants(facts):
        notes.append(f"no line goes by a variant or a single allele; not looked up: {', '.join(unread)}")
    if len(drugs) > 1:
        notes.append("interactions between drugs (phenoconversion) were not looked at")
    return notes


def _variants(facts: Facts) -> list[str]:
    return [m.text for m in (*facts.of("variant"), *facts.of("variant", negated=True))]


def _gave_result(request: TaskRequest, asked: AskedResults) -> bool:
    """Does the question give a result, in words that are read here or not?"""
    facts = request.facts
    unread = _variants(facts) or facts.unread or facts.of("diplotype")
    return bool(asked.possible or unread or _RESULT.search(request.question.text))


def _and(genes: Iterable[str]) -> str:
    return " and ".join(sorted(genes))
