"""A question about drugs, asked with a VCF: CPIC's lines for what the file shows, and the file's own lines as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bedside.core import Evidence, GraphEdge, Services, TaskRequest, TaskResult, VcfRecords
from bedside.core.errors import BedsideError
from bedside.core.types import CaseFile, Draft

from ..pgx.medications import of_facts, resolved
from ..pgx.person import person_of_texts
from ..pgx.pipeline import Assessment, Assessor, one_sample
from ..pgx.quotes import LineQuotes
from ..pgx.report.wording import possible_words
from ..vcf.resolver import read_lines
from .pgx_table import Advised, drug_table

if TYPE_CHECKING:
    from ..pgx.recommend import DrugRecommendation
    from ..pgx.results import GeneResult

MOST_LINES = 12
"""VCF lines quoted for one gene: enough for its variants; a gene without one may have forty."""


def run(request: TaskRequest, services: Services) -> TaskResult:
    """Lines for the drugs that the question and the case name; without any, those that ask for a change."""
    files = [f for f in request.question.case.files if f.need == "vcf" and f.path]
    if len(files) != 1 or files[0].path is None:
        return TaskResult.failed(f"the case holds {len(files)} variant files; one person has one: give one VCF")
    try:
        assessor = Assessor(services)
        calls = assessor.calls(files[0].path)
        mine = one_sample(calls, files[0].name)
    except BedsideError as error:
        return TaskResult.failed(f"{error}; {error.hint}" if error.hint else str(error))
    told: list[str] = []
    given = resolved(of_facts(request.facts), services, told)
    texts = [("question", request.question.text), *((t.origin, t.text) for t in request.question.case.texts)]
    assessment = assessor.assess(mine, given, person=person_of_texts(request.facts, texts, services))
    searched = (
        f"{files[0].name} by allele definitions of PharmCAT ({assessor.files.version})",
        *(assessor.tables.loaded.searched if assessor.tables else ("CPIC recommendations (not loaded)",)),
    )
    if assessment.problem:
        return TaskResult.failed(assessment.problem, searched=searched)
    return _Answer(request, services, assessment, files[0], told).result(searched)


def _open(r: DrugRecommendation) -> str:
    """Why what is said of a drug that was asked about is not all that there is to know; empty where it is."""
    if r.status in ("not_available", "not_resolved", "no_line"):
        return r.reason
    doubted = r.status == "recommended" and r.urgency == "review"
    return f"usual dosing can't be relied on: {'; '.join(r.notes) or r.reason}" if doubted else ""


class _Answer:
    """Evidence in the order of the recommendations: the line, then what its genes rest on."""

    def __init__(
        self, request: TaskRequest, services: Services, assessment: Assessment, file: CaseFile, told: Sequence[str]
    ) -> None:
        self._request = request
        self._services = services
        self._assessment = assessment
        self._file = file
        self._told = told
        self._quotes = LineQuotes(services)
        self._evidence: list[Evidence] = []
        self._drafts: list[Draft] = []
        self._notes: list[str] = []
        self._asked = {m.id for m in request.facts.mentions if m.kind == "drug"}
        self._shown: dict[str, tuple[Evidence, ...]] = {}  # what each gene rests on
        self._advised: list[Advised] = []

    def result(self, searched: tuple[str, ...]) -> TaskResult:
        named = [r for r in self._assessment.recommendations if r.given]
        chosen = named or [r for r in self._assessment.recommendations if r.urgency == "change" and r.lines]
        most = max(1, self._request.limit // 2)
        if not named and len(chosen) > most:
            self._notes.append(f"{len(chosen) - most} more drugs: bedside genomics pgx --vcf {self._file.name}")
            chosen = chosen[:most]
        for recommendation in chosen:
            self._add(recommendation)
        problems = [*self._contradictions(), *(f"{r.drug}: {_open(r)}" for r in named if _open(r))]
        told = tuple(dict.fromkeys(problems))
        said = dict.fromkeys([*self._assessment.calls.warnings, *self._told, *self._notes])
        notes = tuple(note for note in said if note not in told)  # a problem is not repeated as a remark
        unknown = [f"{r.drug}: {r.reason}" for r in chosen if r.status == "not_available"]
        if unknown and len(unknown) == len(chosen):  # nothing could be looked up, which is no answer
            return TaskResult(status="failed", message="; ".join(unknown), searched=searched, notes=notes, problems=told)
        if not self._evidence:
            return TaskResult(status="none", searched=searched, notes=notes, problems=told)
        ranks = tuple(range(len(self._evidence)))
        blocks = (drug_table(self._advised, called=True),) if self._advised else ()
        return TaskResult.found(
            self._evidence,
            drafts=tuple(self._drafts),
            ranks=ranks,
            searched=searched,
            notes=notes,
            problems=told,
            blocks=blocks,
        )

    def _add(self, r: DrugRecommendation) -> None:
        self._notes += [f"{r.drug}: {note}" for note in r.notes]
        if r.reason:
            self._notes.append(f"{r.drug}: {r.reason}")
        self._notes += [
            f"{r.drug}, not advice for this person: {line.publisher_words}'s line for "
            f"{possible_words(line.conditions)}: {line.text}"
            for line in r.possible
        ]
        if r.given and self._asked and r.drug_id not in self._asked:
            # a substance of a product: the engine shows a guideline only for a drug that the question itself names
            self._notes += [
                f"{line.publisher_words}'s line for {r.drug}: {line.text} Ask about {r.drug} for its source"
                for line in r.lines
                if line.recommends
            ]
            return
        edges: Sequence[GraphEdge] = [line.edge for line in r.lines] or r.pairs[:1]
        cited = [self._quotes.evidence(edge) for edge in edges]
        self._evidence += cited
        if not r.lines:
            return
        for gene in r.genes:
            result = self._assessment.genes.get(gene)
            if result and result.state == "known" and gene not in self._shown:
                self._shown[gene] = self._rests_on(result)
        for line, quote in zip(r.lines, cited, strict=True):
            known = [gene for gene in r.genes if gene in self._shown and gene in line.genes]
            diplotypes = [d for gene in known for d in self._assessment.genes[gene].call.diplotypes[:1]]
            rests_on = tuple(e for gene in known for e in self._shown[gene])
            self._advised.append(Advised(line.edge, quote, diplotypes, rests_on))

    def _rests_on(self, result: GeneResult) -> tuple[Evidence, ...]:
        """The VCF lines of the gene, and the rows of CPIC's tables that lead from its alleles to its phenotype."""
        call = result.call
        told = f"{call.gene} is called {' or '.join(call.diplotypes) or ', '.join(call.haplotypes) or call.phenotype_from}"
        score = f" (activity score {call.activity_score})" if call.activity_score else ""
        others = ", ".join(f"{name} ({means or 'phenotype not known'})" for name, means in result.alternatives[:4])
        also = f"; {others} also fit, ranked lower" if others else ""
        self._notes.append(f"{told}: {result.cpic[0]}{score}{also}")
        records = self._records(result)
        rows = [self._quotes.evidence(step) for step in result.steps]
        row = self._row(result)
        if row is not None:
            rows.append(self._quotes.evidence(row))
            if records is not None:  # the row says in words what the records are called
                self._drafts.append(Draft(text=row.text, evidence=(records.id, rows[-1].id)))
        evidence = (*([records] if records else []), *rows)
        self._evidence += evidence
        return evidence

    def _row(self, result: GeneResult) -> GraphEdge | None:
        """CPIC's own row for the one diplotype that was called, where it says the same phenotype."""
        call = result.call
        if len(call.diplotypes) != 1:
            return None
        edges = self._assessment.tables.of_gene(call.gene, call.diplotypes[0]) if self._assessment.tables else []
        rows = [e for e in edges if e.kind == "diplotype_phenotype" and e.props["phenotype"] == result.cpic[0]]
        return rows[0] if rows and rows[0] not in result.steps else None

    def _records(self, result: GeneResult) -> Evidence | None:
        """The lines with a variant, else those that show there is none."""
        call = result.call
        if call.source != "vcf":
            return None
        numbers = sorted({v.line for v in call.variants if v.line}) or list(call.records)
        if not numbers:
            self._notes.append(f"{self._file.name} was read by its index: no line of it is quoted for {call.gene}")
            return None
        if len(numbers) > MOST_LINES:
            self._notes.append(f"{call.gene}: {MOST_LINES} of {len(numbers)} lines of {self._file.name} are quoted")
        sample = self._assessment.calls.sample
        where = VcfRecords(file=self._file.name, lines=tuple(numbers[:MOST_LINES]), sample=sample)
        try:
            quote = read_lines(self._file.name, where.lines, [self._file]).quote(where)
        except ValueError:
            self._notes.append(f"{self._file.name} could not be read again: none of its lines is quoted for {call.gene}")
            return None
        return Evidence.of(kind="variant", quote=quote, source="case", locator=where)

    def _contradictions(self) -> list[str]:
        """What the question says of a gene is not what the file shows: neither is preferred in silence."""
        out = []
        for m in self._request.facts.of("pgx_phenotype"):
            result = self._assessment.genes.get(m.gene or "")
            if result and result.cpic and m.name not in result.cpic:
                shown = " or ".join(result.cpic)
                out.append(f"contradiction: {m.gene}: the question says {m.name}, {self._file.name} gives {shown}")
        return out
