"""Genomics: pharmacogenomic recommendations and diseases that fit findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedside.core import LocatorKind, Task, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedside.core import (
        CommandGroup,
        Facts,
        Question,
        ResolveContext,
        Resolved,
        Services,
        TaskRequest,
        TaskResult,
        Unresolved,
        VcfRecords,
    )

    from .tasks.arguments import DiseaseArguments, PgxArguments, PgxVcfArguments


def _pgx(request: TaskRequest, services: Services) -> TaskResult:
    from .tasks.pgx_question import run

    return run(request, services)


def _pgx_vcf(request: TaskRequest, services: Services) -> TaskResult:
    from .tasks.pgx_vcf import run

    return run(request, services)


def _diseases(request: TaskRequest, services: Services) -> TaskResult:
    from .tasks.diseases import run

    return run(request, services)


# What a task may be called with is imported when it is asked for: listing the tasks must not import pydantic.


def _pgx_arguments() -> type[PgxArguments]:
    from .tasks.arguments import PgxArguments

    return PgxArguments


def _pgx_from(facts: Facts, question: Question) -> PgxArguments | None:
    from .tasks.arguments import pgx_from

    return pgx_from(facts, question)


def _pgx_vcf_arguments() -> type[PgxVcfArguments]:
    from .tasks.arguments import PgxVcfArguments

    return PgxVcfArguments


def _pgx_vcf_from(facts: Facts, question: Question) -> PgxVcfArguments:
    from .tasks.arguments import pgx_vcf_from

    return pgx_vcf_from(facts, question)


def _disease_arguments() -> type[DiseaseArguments]:
    from .tasks.arguments import DiseaseArguments

    return DiseaseArguments


def _diseases_from(facts: Facts, question: Question) -> DiseaseArguments | None:
    from .tasks.arguments import diseases_from

    return diseases_from(facts, question)


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="genomics.pgx",
            description="Looks up CPIC's recommendation for a drug and a gene's phenotype or diplotype",
            run=_pgx,
            arguments=_pgx_arguments,
            from_facts=_pgx_from,
            needs=(("drug", "pgx"), ("drug", "gene")),
            examples=(
                "Can a CYP2D6 ultrarapid metabolizer take codeine?",
                "clopidogrel for a CYP2C19 poor metabolizer after PCI",
            ),
        ),
        Task(
            name="genomics.pgx_vcf",
            description="Calls pharmacogenes from the case's VCF and looks up CPIC's lines for the drugs that are named",
            run=_pgx_vcf,
            arguments=_pgx_vcf_arguments,
            from_facts=_pgx_vcf_from,
            needs=(("vcf", "drug"), ("vcf",)),
            answers=("treatment", "dose"),
            examples=("Is clopidogrel right for this patient?", "Which of these medications does the genome change?"),
            timeout_s=60.0,
        ),
        Task(
            name="genomics.diseases",
            description="Ranks diseases by how well they explain the patient's findings",
            run=_diseases,
            arguments=_disease_arguments,
            from_facts=_diseases_from,
            needs=(("phenotype",),),
            answers=("diagnosis",),
            examples=("Which disease explains tall stature, arachnodactyly and ectopia lentis?",),
            timeout_s=180.0,  # the first question after a load works out the ranker; later ones take a second
        ),
    ]


def _resolve_vcf(locators: Sequence[VcfRecords], context: ResolveContext) -> list[Resolved | Unresolved]:
    from .vcf.resolver import resolve_vcf

    return resolve_vcf(locators, context)


@hookimpl
def bedside_case_kinds() -> list[LocatorKind]:
    return [LocatorKind("vcf", _resolve_vcf)]


@hookimpl
def bedside_commands(cli: CommandGroup) -> None:
    genomics = cli.lazy_group("genomics", "Pharmacogenomics and rare disease, each statement with its source.")
    here = f"{__name__}.commands"
    genomics.lazy("pgx", "Genome and medications: which prescriptions it changes, by CPIC.", f"{here}.pgx:pgx")
    genomics.lazy("rank", "Findings: which rare diseases explain them, and why.", f"{here}.rank:rank")
