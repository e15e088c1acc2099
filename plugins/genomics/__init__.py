"""Genomics: pharmacogenomic recommendations and diseases that fit findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedside.core import Task, hookimpl

if TYPE_CHECKING:
    from bedside.core import Services, TaskRequest, TaskResult


def _pgx(request: TaskRequest, services: Services) -> TaskResult:
    from .pgx import run

    return run(request, services)


def _diseases(request: TaskRequest, services: Services) -> TaskResult:
    from .diseases import run

    return run(request, services)


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="genomics.pgx",
            description="Looks up CPIC's recommendation for a drug and a gene's phenotype or diplotype",
            run=_pgx,
            needs=(("drug", "pgx"), ("drug", "gene")),
            examples=(
                "Can a CYP2D6 ultrarapid metabolizer take codeine?",
                "clopidogrel for a CYP2C19 poor metabolizer after PCI",
            ),
        ),
        Task(
            name="genomics.diseases",
            description="Finds diseases whose annotated findings overlap with the patient's",
            run=_diseases,
            needs=(("phenotype",),),
            answers=("diagnosis",),
            examples=("Which disease explains tall stature, arachnodactyly and ectopia lentis?",),
        ),
    ]
