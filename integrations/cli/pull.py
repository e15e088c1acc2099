"""`bedside knowledge pull`: download a source's files after its licence has been accepted."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from bedside.core.config import Config
from bedside.core.errors import UsageError

from .options import config_of, echo_json, home_option, json_option
from .tables import size_text

if TYPE_CHECKING:
    from bedside.core import KnowledgeSource

    from ..app import PullReport


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--files", default="", metavar="RANGE", help="Only these files of a numbered source, e.g. 1-3,7.")
@click.option("--yes", is_flag=True, help="Accept the licences without being asked.")
@json_option
@home_option
def pull(ids: tuple[str, ...], files: str, yes: bool, as_json: bool, home: str | None) -> int:
    """Download a source's files from their publisher, or copy them from the folder BEDSIDE_MIRROR, and verify them.

    Resumes where it was interrupted. No other command downloads anything.

    \b
    bedside knowledge pull medquad
    bedside knowledge pull pubmed-baseline --files 1-3
    """
    from ..app import every_source, pull_source
    from .pull_progress import PullBars

    config = config_of(home)
    catalogue = every_source(config)
    chosen = [_known(catalogue, one) for one in dict.fromkeys(ids)]
    if files and len(chosen) > 1:
        raise UsageError("--files is for one source at a time", hint=f"bedside knowledge pull {ids[0]} --files {files}")
    for source in chosen:
        if source.pulled:
            _licence(source, config, yes)
    reports = []
    for source in chosen:
        with PullBars() as bars:
            report = pull_source(source, config, files=files, progress=bars)
        reports.append(report)
        if not as_json:
            _tell(source, report)
    if as_json:
        echo_json([_as_dict(source, report) for source, report in zip(chosen, reports, strict=True)])
    return 0


def _known(catalogue: dict[str, KnowledgeSource], source_id: str) -> KnowledgeSource:
    if source_id in catalogue:
        return catalogue[source_id]
    from difflib import get_close_matches

    near = get_close_matches(source_id, catalogue, n=1)
    raise UsageError(
        f"{source_id!r} is not a source of the catalogue",
        hint=f"did you mean {near[0]}?" if near else "`bedside knowledge list` shows them",
    )


def _licence(source: KnowledgeSource, config: Config, yes: bool) -> None:
    """Shown and asked once per source; what was agreed to is kept in the data folder."""
    from ..app import accept_licence, licence_accepted

    if licence_accepted(source, config):
        return
    link = f" ({source.licence_url})" if source.licence_url else ""
    click.echo(f"{source.id}: {source.title}\n  licence: {source.licence}{link}", err=True)
    if not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError(
                f"the licence of {source.id} has not been accepted, and there is no terminal to ask at",
                hint=f"bedside knowledge pull {source.id} --yes   (accepts: {source.licence})",
            )
        click.confirm("Do you accept it?", abort=True, err=True)
    accept_licence(source, config)


def _tell(source: KnowledgeSource, report: PullReport) -> None:
    done = [f for f in report.files if f.state != "here"]
    size = sum(f.size for f in done)
    here = len(report.files) - len(done)
    parts = [f"{len(done)} file{'s' * (len(done) != 1)}, {size_text(size)}"] if done else []
    parts += [f"{here} were here already"] if here else []
    click.echo(f"{report.source_id}: {'; '.join(parts) or 'nothing to do'} in {report.folder}")
    ways = sorted({f.verified or "nothing to verify against" for f in report.files})
    click.echo(f"  verified: {', '.join(ways)}")
    for note in report.notes:
        click.echo(f"  note: {note}")
    if source.packaged or source.read is not None:
        click.echo(f"  now type: bedside knowledge load {source.id}")


def _as_dict(source: KnowledgeSource, report: PullReport) -> dict[str, Any]:
    loadable = source.packaged or source.read is not None
    return {
        **asdict(report),
        "folder": str(report.folder),
        "licence": source.licence,
        "next": f"bedside knowledge load {source.id}" if loadable else "",
    }
