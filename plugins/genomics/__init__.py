"""Genomics: pharmacogenomic recommendations and diseases that fit findings."""

from bedside.core import Task, hookimpl

from . import diseases, pgx


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="genomics.pgx",
            description="Looks up CPIC's recommendation for a drug and a gene's phenotype or diplotype",
            run=pgx.run,
            needs=(("drug", "pgx"), ("drug", "gene")),
            examples=(
                "Can a CYP2D6 ultrarapid metabolizer take codeine?",
                "clopidogrel for a CYP2C19 poor metabolizer after PCI",
            ),
        ),
        Task(
            name="genomics.diseases",
            description="Finds diseases whose annotated findings overlap with the patient's",
            run=diseases.run,
            needs=(("phenotype",),),
            answers=("diagnosis",),
            examples=("Which disease explains tall stature, arachnodactyly and ectopia lentis?",),
        ),
    ]
