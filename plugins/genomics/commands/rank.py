"""`bedside genomics rank`: one patient, or many from a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.errors import BedsideError, UsageError

if TYPE_CHECKING:
    from bedside.core import CommandContext, Question

    from ..rare_disease.patient.case_evidence import Subject
    from ..rare_disease.patient.findings import CaseFindings
    from ..rare_disease.scoring.ranker_cache import Loaded
    from ..rare_disease.scoring.results import DiseaseRanking

_NEXT = 8
_DRAWN = 1
"""A picture needs the reasons of one disease at least."""
_EXAMPLE = 'bedside genomics rank --text "arachnodactyly, ectopia lentis"'


@dataclass(frozen=True)
class Options:
    """What was typed, as click gives it."""

    files: tuple[str, ...]
    text: str | None
    hpo: tuple[str, ...]
    absent: tuple[str, ...]
    sex: str | None
    onset: str | None
    inheritance: tuple[str, ...]
    genes: tuple[str, ...]
    genes_complete: bool
    vcf: str | None
    sample: str | None
    findings_only: bool
    top: int
    explain: int
    plot: str | None
    bulk: str | None
    out: str | None
    leave_out_pmids: bool
    as_json: bool
    home: str | None

    def findings(self) -> dict[str, object]:
        """By flag, what names the findings of one patient."""
        return {"--case": self.files, "--text": self.text, "--hpo": self.hpo, "--not": self.absent}

    def besides(self) -> dict[str, object]:
        """By flag, the other options for one patient; defaults are not among them."""
        given: dict[str, object] = {"--sex": self.sex, "--onset": self.onset, "--inheritance": self.inheritance}
        given |= {"--genes": self.genes, "--genes-complete": self.genes_complete, "--vcf": self.vcf}
        given |= {"--sample": self.sample, "--findings-only": self.findings_only, "--plot": self.plot}
        return given | {f"--{name}": True for name in ("top", "explain") if _typed(name)}


@dataclass(frozen=True)
class Ranked:
    """The ranking of one patient and what it was made from. `names`: disease id → name, of all diseases."""

    ranking: DiseaseRanking
    findings: CaseFindings
    known: Subject
    loaded: Loaded
    names: dict[str, str]


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
def rank(context: CommandContext, **typed: Any) -> int:
    """Which rare diseases explain a patient's findings, and why: each finding with its weight and its publications.

    \b
    bedside genomics rank --text "tall stature, arachnodactyly, ectopia lentis, no seizures"
    bedside genomics rank --hpo HP:0001166,HP:0001083 --not HP:0001250 --plot reasons.svg
    bedside genomics rank --case phenopacket.json --json
    bedside genomics rank --cases cases.jsonl --out ranked.jsonl

    ×12 means that the finding is twelve times as likely in the disease as it is among all diseases, ÷3 a third as likely.
    """
    options = Options(**typed)
    if options.bulk is not None or options.out is not None or options.leave_out_pmids:
        return _many(context, options)
    _check(options)
    from . import rank_input as read

    target = read.picture_of(options.plot)
    present, absent = read.ids_of("--hpo", options.hpo), read.ids_of("--not", options.absent)
    question = read.question_of(context, options.files, options.text or "", present, absent)
    ranked = _ranked(context, options, question, _known(context, options, question))
    if target is not None:
        _draw(ranked, options.explain, target)
    _show(context, ranked, options)
    return 0


def _many(context: CommandContext, options: Options) -> int:
    if options.bulk is None or options.out is None:
        raise UsageError("--cases and --out go together", hint="bedside genomics rank --cases IN.jsonl --out OUT.jsonl")
    given = {**options.findings(), **options.besides()}
    beside = [flag for flag, value in given.items() if value not in (None, (), False)]
    if beside:
        raise UsageError(f"--cases and {', '.join(beside)} do not go together")
    from .rank_bulk import run_bulk

    source, target = Path(options.bulk), Path(options.out)
    leave_out = options.leave_out_pmids
    return run_bulk(context, source, target, home=options.home, leave_out=leave_out, as_json=options.as_json)


def _check(options: Options) -> None:
    """Raises `UsageError` for what makes no sense together, before anything is read."""
    if not any(options.findings().values()):
        raise UsageError("there are no findings", hint=_EXAMPLE)
    if options.text is not None and not options.text.strip():
        raise UsageError("--text is empty", hint=_EXAMPLE)
    if options.sample is not None and options.vcf is None:
        raise UsageError("--sample goes with --vcf", hint="bedside genomics rank --vcf FILE --sample NAME")


def _known(context: CommandContext, options: Options, question: Question) -> Subject:
    """What is known besides the findings, of the case and of the options; variants are not among it yet."""
    from . import rank_input as read

    asked = {
        "sex": options.sex,
        "onset": options.onset,
        "inheritance": read.modes_of(options.inheritance),
        "genes": read.genes_of(options.genes),
        "genes_complete": options.genes_complete,
    }
    return read.subject_of_all(context, options.files, question.case, asked, options.findings_only)


def _ranked(context: CommandContext, options: Options, question: Question, known: Subject) -> Ranked:
    """Raises `BedsideError` when nothing can be ranked."""
    from . import rank_input as read

    with context.services(options.home) as services, context.progress() as progress:
        from ..rare_disease.model.load_annotations import knowledge
        from ..rare_disease.patient.case_evidence import with_person
        from ..rare_disease.patient.findings import contradictions, of_other_sex, read_findings
        from ..rare_disease.scoring.ranker import Patient, Ranker

        loaded = knowledge(services)
        findings = read_findings(question, services)
        read.check_found(findings)
        if not options.findings_only:
            known = with_person(known, findings.patient).checked()
        known = read.with_variants(known, question.case, options.vcf, options.sample, options.findings_only, services)
        ranker = Ranker.open(services, lambda stage, done, total: progress("diseases", stage, done, total))
        patient = Patient(
            observed=[f.id for f in findings.observed],
            excluded=[f.id for f in findings.excluded],
            context=known.context(),
        )
        ranking = ranker.rank(patient, top=options.top, reasons=options.top, following=_NEXT)
        odd = contradictions(ranking.observed, ranking.excluded, ranker.scorer.ontology)
        odd += of_other_sex(ranking.observed, known.sex, ranker.scorer.ontology)
    if not ranking.diseases:
        from ..rare_disease.report.report_text import no_finding

        why = "; ".join((*map(no_finding, ranking.unread), *ranking.notes))
        raise BedsideError(why, hint="give a finding that the patient has: --hpo HP:…, --text")
    annotations = ranker.scorer.annotations
    names = dict(zip(annotations.diseases, annotations.disease_names, strict=True))
    return Ranked(ranking, replace(findings, notes=(*findings.notes, *odd)), known, loaded, names)


def _draw(ranked: Ranked, explain: int, target: Path) -> None:
    from ..rare_disease.report.drawing import draw

    drawn = replace(ranked.ranking, diseases=ranked.ranking.diseases[: max(explain, _DRAWN)])
    draw(drawn, target, source=", ".join(f"{id_} {version}" for id_, version, _ in ranked.loaded[:2]))
    click.echo(f"{target} written", err=True)


def _show(context: CommandContext, ranked: Ranked, options: Options) -> None:
    if options.as_json:
        from ..plain import plain
        from ..rare_disease.report.document import document

        context.json(plain(document(ranked.ranking, ranked.findings, ranked.known, ranked.loaded)))
        return
    from .rank_text import show

    show(context, ranked.ranking, ranked.findings, ranked.known, ranked.names, options.explain)
