"""A ranking for a person at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from ..rare_disease.report.report_text import (
    LIMITS,
    NEVER,
    UNLISTED,
    UNTOLD,
    finding,
    how_often,
    inferred,
    neutral,
    no_finding,
    percent,
    references,
    share,
    tempered,
    times,
    untold,
    why,
)

if TYPE_CHECKING:
    from bedside.core import CommandContext

    from ..rare_disease.patient.case_evidence import Subject
    from ..rare_disease.patient.findings import CaseFindings, Finding
    from ..rare_disease.scoring.results import DiseaseRanking, RankedDisease


def show(
    context: CommandContext,
    ranking: DiseaseRanking,
    read: CaseFindings,
    known: Subject,
    names: Mapping[str, str],
    explained: int,
) -> None:
    """`known` is what else is known of the patient, `names` those of all diseases; the first `explained` diseases come with
    their reasons."""
    _tell("Present", read.observed)
    _tell("Absent", read.excluded)
    if read.worded:
        click.echo(UNLISTED)
    for told in known.words():
        click.echo(f"Also known: {told}")
    for note in dict.fromkeys((*read.unread, *map(no_finding, ranking.unread))):
        click.secho(f"! not used: {note}", fg="yellow")
    for note in (*read.notes, *known.notes, *ranking.notes):
        click.secho(f"! {note}", fg="yellow")
    click.echo()
    marked = {d.disease_id for d in ranking.diseases if inferred(d)}
    rows = [
        {
            "": place,
            "disease": f"{d.name} †" if d.disease_id in marked else d.name,
            "id": d.disease_id,
            "posterior": percent(d.posterior),
            "genes": ", ".join(d.genes),
        }
        for place, d in enumerate(ranking.diseases, 1)
    ]
    context.table(("", "disease", "id", "posterior", "genes"), rows)
    if marked:
        click.echo("† none of these findings is told of the disease itself: only of its kin, or by its name")
    click.echo(f"All other diseases together: {percent(ranking.rest)}")
    for place, disease in enumerate(ranking.diseases[:explained], 1):
        _explain(context, place, disease, names)
    _next(context, ranking)
    click.echo("\n" + click.wrap_text(f"{tempered(ranking.tempering)} {LIMITS}", width=100))
    click.echo("Bedside supports a clinician's decision; it is not a medical device.")


def _tell(title: str, findings: Sequence[Finding]) -> None:
    if findings:
        click.echo(f"{title}: {', '.join(f'{f.name} ({f.id})' for f in findings)}")


def _explain(context: CommandContext, place: int, disease: RankedDisease, names: Mapping[str, str]) -> None:
    also = f", also {', '.join(disease.also)}" if disease.also else ""
    click.secho(f"\n{place}. {disease.name} ({disease.disease_id}{also}): {percent(disease.posterior)}", bold=True)
    weightless = [r for r in disease.reasons if r.excluded and neutral(r.likelihood_ratio)]
    rows = [
        {
            "finding": finding(r),
            "weight": times(r.likelihood_ratio),
            "why": why(r, names),
            "how often": how_often(r),
            "references": references(r.support),
        }
        for r in disease.reasons
        if r not in weightless
    ]
    context.table(("finding", "weight", "why", "how often", "references"), rows)
    click.echo(f"{UNTOLD.capitalize()}: {times(untold(disease))}")
    if weightless:
        click.echo(f"Without weight here: {', '.join(finding(r) for r in weightless)}")


def _next(context: CommandContext, ranking: DiseaseRanking) -> None:
    if not ranking.next_findings:
        return
    shown = [id_ for id_, _ in ranking.next_findings[0].frequencies]
    place = {d.disease_id: str(n) for n, d in enumerate(ranking.diseases, 1)}
    columns = [place.get(id_, id_) for id_ in shown]
    rows = [
        {"finding": f"{n.term} ({n.term_id})", **{c: share(x) for c, (_, x) in zip(columns, n.frequencies, strict=True)}}
        for n in ranking.next_findings
        if any(share(x) != NEVER for _, x in n.frequencies)
    ]
    click.secho("\nWhat to look for next, with the share of patients who have it in diseases 1, 2, …", bold=True)
    context.table(("finding", *columns), rows)
