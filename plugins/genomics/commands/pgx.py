"""`bedside genomics pgx`: one file, or a folder of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from bedside.core.errors import UsageError

if TYPE_CHECKING:
    from bedside.core import Case, CommandContext, Services

    from ..pgx.medications import Given
    from ..pgx.person import Person
    from ..pgx.report.types import PgxDocument


@click.command()
@click.option("--vcf", metavar="FILE", help="VCF or BCF of one person, GRCh38; .gz or not.")
@click.option("--sample", metavar="NAME", help="Which sample, where the file has several.")
@click.option("--outside", metavar="TSV", help="Calls from other tests: gene, diplotype, phenotype, activity score.")
@click.option("--case", "cases", multiple=True, metavar="FILE", help="Case file whose medications count; repeatable.")
@click.option("--drugs", multiple=True, metavar="A,B", help="Medications, by name; repeatable.")
@click.option("--missing-is-reference", is_flag=True, help="Read positions that the file does not have as reference.")
@click.option("--html", metavar="OUT.html", help="Write the report as one file to open or print.")
@click.option("--batch", metavar="DIR", help="Every VCF and BCF in a folder, or every sample of one file.")
@click.option("--out", metavar="OUT.jsonl", help="Where --batch writes a line for each file and sample.")
@click.option("--genes-only", is_flag=True, help="With --batch: no recommendations.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.option("--home", metavar="FOLDER", help="Data folder, instead of BEDSIDE_HOME.")
@click.pass_obj
def pgx(
    context: CommandContext,
    vcf: str | None,
    sample: str | None,
    outside: str | None,
    cases: tuple[str, ...],
    drugs: tuple[str, ...],
    missing_is_reference: bool,
    html: str | None,
    batch: str | None,
    out: str | None,
    genes_only: bool,
    as_json: bool,
    home: str | None,
) -> int:
    """Which prescriptions a genome changes: star alleles, phenotypes, and CPIC's line for each drug.

    \b
    bedside genomics pgx --vcf sample.vcf.gz --drugs clopidogrel,simvastatin
    bedside genomics pgx --vcf sample.vcf --case meds.json --outside cyp2d6.tsv --html report.html
    bedside genomics pgx --batch vcfs/ --out calls.jsonl

    A position that the file does not have is never read as reference unless --missing-is-reference says so. Needs the allele
    definitions: bedside knowledge pull pharmcat.
    """
    names = [name.strip() for given in drugs for name in given.split(",") if name.strip()]
    if drugs and not names:
        raise UsageError("--drugs names no drug", hint="bedside genomics pgx --vcf FILE --drugs clopidogrel,codeine")
    if batch is not None or out is not None:
        alone = {"--vcf": vcf, "--sample": sample, "--outside": outside, "--case": cases, "--drugs": drugs, "--html": html}
        beside = [flag for flag, value in alone.items() if value]
        if beside:
            raise UsageError(f"--batch and {', '.join(beside)} do not go together", hint="give one file with --vcf instead")
        if batch is None or out is None:
            raise UsageError("--batch and --out go together", hint="bedside genomics pgx --batch DIR --out OUT.jsonl")
        from .pgx_batch import run_batch

        return run_batch(
            context,
            Path(batch),
            Path(out),
            home=home,
            missing_is_reference=missing_is_reference,
            recommend=not genes_only,
            as_json=as_json,
        )
    if genes_only:
        raise UsageError(
            "--genes-only goes with --batch", hint="bedside genomics pgx --batch DIR --out OUT.jsonl --genes-only"
        )
    case = context.case(cases)
    path, problems = _variant_file(vcf, case)
    if html is not None:
        from bedside.core.toolkit.atomic_files import check_target

        named = [path, Path(f"{path}.tbi"), Path(f"{path}.csi"), *map(Path, cases), *([Path(outside)] if outside else [])]
        check_target("--html", Path(html), named, example="OUT.html")
    with context.services(home) as services:
        from ..pgx.pipeline import Assessor, one_sample
        from ..pgx.report.document import document

        assessor = Assessor(services)
        calls = assessor.calls(
            path,
            outside=Path(outside) if outside else None,
            sample=sample,
            missing_is_reference=missing_is_reference,
        )
        mine = one_sample(calls, path.name)
        given, person = _of_case(names, case, services, problems) if assessor.tables else ([], None)
        assessment = assessor.assess(mine, given, person=person, missing_is_reference=missing_is_reference)
        data = document(assessment, assessor, services, problems)
    return _give(context, data, html, as_json)


def _variant_file(vcf: str | None, case: Case) -> tuple[Path, list[str]]:
    """The file to read, and what of the case is not read. Raises `UsageError` when it is not clear which."""
    variants = [f for f in case.files if f.need == "vcf" and f.path]
    rest = [f"{f.name} ({f.kind}) of the case is not read here" for f in case.files if f not in variants]
    if vcf is not None:
        return Path(vcf), [*rest, *(f"{f.name} of the case is not read: --vcf names the file" for f in variants)]
    if len(variants) == 1 and variants[0].path:
        return variants[0].path, rest
    if variants:
        raise UsageError(f"the case holds {len(variants)} variant files", hint="name one: --vcf FILE")
    raise UsageError("there is no variant file", hint="bedside genomics pgx --vcf FILE")


def _of_case(names: list[str], case: Case, services: Services, problems: list[str]) -> tuple[list[Given], Person]:
    """The drugs that were named, and what the case says of the person. Without loaded drug names nothing can be looked up,
    which is reported."""
    from bedside.core import Question
    from bedside.core.errors import ServiceError

    from ..pgx.medications import merged, of_facts, of_names, resolved
    from ..pgx.person import person_of_texts

    facts = services.reader.read(Question(text="", case=case), ("vcf", "image"))
    problems += facts.unread
    try:
        listed = of_names(names, services, problems)
    except ServiceError as error:
        problems.append(f"the names given with --drugs could not be looked up: {error}")
        listed = []
    return resolved(merged(listed, of_facts(facts)), services, problems), person_of_texts(
        facts, [(t.origin, t.text) for t in case.texts], services
    )


def _give(context: CommandContext, data: PgxDocument, html: str | None, as_json: bool) -> int:
    if html is not None:
        from ..pgx.report.html import write_report

        write_report(data, Path(html))
        if not as_json:
            click.echo(f"{html} written", err=True)
    try:
        if as_json:
            from ..plain import plain

            context.json(plain(data))
        elif html is None:
            from .pgx_text import lines

            click.echo("\n".join(lines(data)))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough: the shell's own way to end
        raise
    except OSError as error:
        # nothing more can be printed there, neither an error as JSON nor what is left in the buffer
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"error: the result can't be printed: {error.strerror}", err=True)
        return 1
    return 0
