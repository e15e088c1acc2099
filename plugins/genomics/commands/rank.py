"""`bedside genomics rank`: one patient, or many from a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from bedside.core.errors import BedsideError, UsageError

if TYPE_CHECKING:
    from bedside.core import CommandContext

_NEXT = 8
_DRAWN = 1
"""A picture needs the reasons of one disease at least."""


def _typed(name: str) -> bool:
    """Whether the option was given, or has its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not click.core.ParameterSource.DEFAULT


@click.command()
@click.option("--case", "files", multiple=True, metavar="FILE", help="Case file (text, FHIR JSON, phenopacket); repeatable.")
@click.option("--text", help="Findings in words; what is denied counts as absent.")
@click.option("--hpo", multiple=True, metavar="HP:…,HP:…", help="Findings that are there, by id; repeatable.")
@click.option("--not", "absent", multiple=True, metavar="HP:…,HP:…", help="Findings that are not there, by id; repeatable.")
@click.option("--sex", metavar="male|female", help="Of the patient.")
@click.option("--onset", metavar="AGE", help="When the disease began: P3Y2M (ISO 8601), congenital, childhood, … or HPO id.")
@click.option(
    "--inheritance", multiple=True, metavar="MODE", help="As the family shows it: AD, AR, XL, … or HPO id; repeatable."
)
@click.option("--genes", multiple=True, metavar="A,B", help="Candidate genes, or @FILE with one a line; repeatable.")
@click.option("--genes-complete", is_flag=True, help="No gene beside those of --genes comes into question.")
@click.option("--vcf", metavar="FILE", help="Variants (GRCh38), by ClinVar: annotated in the file, or pulled (clinvar).")
@click.option("--sample", metavar="NAME", help="Which sample of --vcf, where the file has several.")
@click.option("--findings-only", is_flag=True, help="Leave out sex, onset and variants of the case files.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 1000), help="Diseases to list.")
@click.option("--explain", default=3, show_default=True, type=click.IntRange(0, 50), help="Diseases to give reasons for.")
@click.option("--plot", metavar="OUT.svg|OUT.png", help="Draw the reasons of the explained diseases, five at most.")
@click.option("--cases", "bulk", metavar="IN.jsonl", help='Many patients, one {"case_id", "observed", "excluded"} a line.')
@click.option("--out", metavar="OUT.jsonl", help='Where --cases writes {"case_id", "ranking"} a line.')
@click.option("--leave-out-pmids", is_flag=True, help="With --cases: ignore annotations from each case's own `pmids`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.option("--home", metavar="FOLDER", help="Data folder, instead of BEDSIDE_HOME.")
@click.pass_obj
def rank(
    context: CommandContext,
    files: tuple[str, ...],
    text: str | None,
    hpo: tuple[str, ...],
    absent: tuple[str, ...],
    sex: str | None,
    onset: str | None,
    inheritance: tuple[str, ...],
    genes: tuple[str, ...],
    genes_complete: bool,
    vcf: str | None,
    sample: str | None,
    findings_only: bool,
    top: int,
    explain: int,
    plot: str | None,
    bulk: str | None,
    out: str | None,
    leave_out_pmids: bool,
    as_json: bool,
    home: str | None,
) -> int:
    """Which rare diseases explain a patient's findings, and why: each finding with its weight and its publications.

    \b
    bedside genomics rank --text "tall stature, arachnodactyly, ectopia lentis, no seizures"
    bedside genomics rank --hpo HP:0001166,HP:0001083 --not HP:0001250 --plot reasons.svg
    bedside genomics rank --case phenopacket.json --json
    bedside genomics rank --cases cases.jsonl --out ranked.jsonl

    ×12 means that the finding is twelve times as likely in the disease as it is among all diseases, ÷3 a third as likely.
    """
    given = {"--case": files, "--text": text, "--hpo": hpo, "--not": absent}
    if bulk is not None or out is not None or leave_out_pmids:
        if bulk is None or out is None:
            raise UsageError("--cases and --out go together", hint="bedside genomics rank --cases IN.jsonl --out OUT.jsonl")
        more: dict[str, object] = {"--sex": sex, "--onset": onset, "--inheritance": inheritance, "--genes": genes}
        more |= {"--genes-complete": genes_complete, "--vcf": vcf, "--sample": sample, "--findings-only": findings_only}
        more |= {"--plot": plot, **{f"--{name}": True for name in ("top", "explain") if _typed(name)}}
        beside = [flag for flag, value in {**given, **more}.items() if value not in (None, (), False)]
        if beside:
            raise UsageError(f"--cases and {', '.join(beside)} do not go together")
        from .rank_bulk import run_bulk

        return run_bulk(context, Path(bulk), Path(out), home=home, leave_out=leave_out_pmids, as_json=as_json)
    if not any(given.values()):
        raise UsageError("there are no findings", hint='bedside genomics rank --text "arachnodactyly, ectopia lentis"')
    if text is not None and not text.strip():
        raise UsageError("--text is empty", hint='bedside genomics rank --text "arachnodactyly, ectopia lentis"')
    if sample is not None and vcf is None:
        raise UsageError("--sample goes with --vcf", hint="bedside genomics rank --vcf FILE --sample NAME")
    from . import rank_input as read

    target = read.picture_of(plot)
    question = read.question_of(context, files, text or "", read.ids_of("--hpo", hpo), read.ids_of("--not", absent))
    asked = {
        "sex": sex,
        "onset": onset,
        "inheritance": read.modes_of(inheritance),
        "genes": read.genes_of(genes),
        "genes_complete": genes_complete,
    }
    known = read.subject_of_all(context, files, question.case, asked, findings_only)
    with context.services(home) as services, context.progress() as progress:
        from ..rare_disease.model.load_annotations import knowledge
        from ..rare_disease.patient.findings import contradictions, read_findings
        from ..rare_disease.scoring.ranker import Patient, Ranker

        loaded = knowledge(services)
        findings = read_findings(question, services)
        read.check_found(findings)
        known = read.with_variants(known, question.case, vcf, sample, findings_only, services)
        ranker = Ranker.open(services, lambda stage, done, total: progress("diseases", stage, done, total))
        patient = Patient(
            observed=[f.id for f in findings.observed],
            excluded=[f.id for f in findings.excluded],
            context=known.context(),
        )
        ranking = ranker.rank(patient, top=top, reasons=top, following=_NEXT)
        odd = contradictions(ranking.observed, ranking.excluded, ranker.scorer.ontology)
        findings = replace(findings, notes=(*findings.notes, *odd))
    if not ranking.diseases:
        from ..rare_disease.report.report_text import no_finding

        told = "; ".join((*map(no_finding, ranking.unread), *ranking.notes))
        raise BedsideError(told, hint="give a finding that the patient has: --hpo HP:…, --text")
    if target is not None:
        from ..rare_disease.report.drawing import draw

        drawn = replace(ranking, diseases=ranking.diseases[: max(explain, _DRAWN)])
        draw(drawn, target, source=", ".join(f"{id_} {version}" for id_, version, _ in loaded[:2]))
        click.echo(f"{target} written", err=True)
    if as_json:
        from ..plain import plain
        from ..rare_disease.report.document import document

        context.json(plain(document(ranking, findings, known, loaded)))
    else:
        from .rank_text import show

        a = ranker.scorer.annotations
        show(context, ranking, findings, known, dict(zip(a.diseases, a.disease_names, strict=True)), explain)
    return 0
