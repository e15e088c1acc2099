"""What the tasks of genomics may be called with, as JSON, and how that follows from what was read of a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bedside.core import Facts, Mention, Question, Services
from bedside.core.errors import UsageError
from pydantic import BaseModel, ConfigDict, Field

ORIGIN = "arguments"
_RESULTS = ("pgx_phenotype", "activity_score", "diplotype")
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GeneResult(_Arguments):
    """A genetic result of the patient."""

    gene: Name = Field(description="symbol of the gene", examples=["CYP2D6"])
    result: Name = Field(
        description="diplotype, phenotype in CPIC's words or activity score, nothing else; taken as the patient's",
        examples=["*1/*4", "Poor Metabolizer", "activity score 0.5"],
    )


class PgxArguments(_Arguments):
    """A drug, and what is known of the patient's genes."""

    drugs: list[Name] = Field(
        min_length=1, max_length=50, description="drugs by name, brand or RxNorm id", examples=[["codeine"], ["RXNORM:2670"]]
    )
    results: list[GeneResult] = Field(default=[], max_length=50, description="the patient's results, one for each gene")
    genes: list[Name] = Field(default=[], max_length=50, description="genes without a result", examples=[["CYP2D6"]])
    person: str = Field(
        default="",
        max_length=500,
        description="the patient's age, weight, indication and earlier use of the drug, in words; lines are chosen by them",
        examples=["9 years old, 30 kg", "after a coronary stent", "never had carbamazepine"],
    )

    def to_facts(self, services: Services) -> Facts:
        mentions = drug_mentions(self.drugs, services)
        for place, one in enumerate(self.results):
            [gene] = grounded(f"results.{place}.gene", "gene", [one.gene], services, several=False)
            symbol, text = gene.id.removeprefix("GENE:"), one.result.strip()
            whole = f"{symbol} {text}"
            found = services.terms.find(whole, origin=ORIGIN)
            read = [m for m in found.mentions if m.kind in _RESULTS]
            if found.unread or not all(_is_all_of(m, symbol, whole, len(whole) - len(text)) for m in read) or not read:
                raise UsageError(
                    f"results.{place}.result: not read as one diplotype, phenotype or score, and nothing else, of the "
                    f"gene in results.{place}.gene",
                    hint='for example {"gene": "CYP2D6", "result": "*1/*4"}',
                )
            mentions += [m for m in found.mentions if m.used]
        mentions += grounded("genes", "gene", self.genes, services)
        return Facts(mentions=tuple(mentions))


class PgxVcfArguments(_Arguments):
    """Drugs; the variant file is one of the case."""

    drugs: list[Name] = Field(
        default=[], max_length=50, description="drugs by name, brand or RxNorm id; none: those that the genome changes"
    )

    def to_facts(self, services: Services) -> Facts:
        return Facts(mentions=tuple(drug_mentions(self.drugs, services)))


class DiseaseArguments(_Arguments):
    """Findings of one patient."""

    findings: list[Name] = Field(
        min_length=1,
        max_length=200,
        description="findings that the patient has, by HPO id or name; two or more tell diseases apart",
        examples=[["HP:0001166", "ectopia lentis"]],
    )
    excluded: list[Name] = Field(
        default=[], max_length=200, description="findings that were looked for and are not there, by HPO id or name"
    )

    def to_facts(self, services: Services) -> Facts:
        there = grounded("findings", "phenotype", self.findings, services)
        absent = grounded("excluded", "phenotype", self.excluded, services)
        return Facts(mentions=(*there, *(m.model_copy(update={"negated": True}) for m in absent)))


def _is_all_of(mention: Mention, gene: str, whole: str, start: int) -> bool:
    """Is the result this one of this gene and nothing else? Of "Poor Metabolizer in his father" nothing may be taken."""
    covers = mention.start <= start and mention.end == len(whole)
    return covers and mention.gene == gene and not mention.negated and mention.used


def drug_mentions(names: Sequence[str], services: Services) -> list[Mention]:
    return grounded("drugs", "drug", names, services)


def grounded(field: str, kind: str, names: Sequence[str], services: Services, *, several: bool = True) -> list[Mention]:
    """Each name or id as a mention; `field` is a list unless not `several`. Raises `UsageError` that names the field, never
    the value: it may be the patient's."""
    by_name = services.terms.ground(kind, list(names)) if names else {}
    by_id = {i: t for t in services.terms.lookup([n for n in names if ":" in n]) for i in (t.id, *t.related)}
    out = []
    for place, name in enumerate(names):
        term = by_name.get(name) or by_id.get(name)
        if term is None or term.kind != kind:
            raise UsageError(
                f"{field}{f'.{place}' if several else ''}: no {kind} of this name or id is known",
                hint="bedside knowledge search NAME",
            )
        out.append(
            Mention(
                kind=kind,  # type: ignore[arg-type]
                id=term.id,
                name=term.name,
                text=name,
                start=0,
                end=len(name),
                origin=ORIGIN,
                how="given",
                related=term.related,
            )
        )
    return out


def pgx_from(facts: Facts, question: Question) -> PgxArguments | None:
    # a drug that is only denied may be the one that is asked about ("never had carbamazepine"): the task tells by the person
    drugs = _names(facts, "drug") or _names(facts, "drug", denied=True)
    known = [m for kind in _RESULTS for m in facts.of(kind) if m.gene and m.used]
    results = {(m.gene, m.name): GeneResult(gene=m.gene, result=_said(m)) for m in known if m.gene}
    if not drugs:
        return None
    return PgxArguments(
        drugs=drugs, results=list(results.values())[:50], genes=_names(facts, "gene"), person=question.text[:500]
    )


def _said(mention: Mention) -> str:
    return f"activity score {mention.name}" if mention.kind == "activity_score" else mention.name


def pgx_vcf_from(facts: Facts, question: Question) -> PgxVcfArguments:
    return PgxVcfArguments(drugs=_names(facts, "drug"))


def diseases_from(facts: Facts, question: Question) -> DiseaseArguments | None:
    there = [m.id for m in facts.of("phenotype") if m.used]
    absent = [m.id for m in facts.of("phenotype", negated=True) if m.used]
    kept = list(dict.fromkeys(there))[:200]
    return DiseaseArguments(findings=kept, excluded=list(dict.fromkeys(absent))[:200]) if kept else None


def _names(facts: Facts, kind: str, *, denied: bool = False) -> list[str]:
    found = (m for m in facts.mentions if m.kind == kind and m.used and m.negated == denied)
    return list(dict.fromkeys(m.name[:200] for m in found))[:50]
