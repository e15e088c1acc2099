"""`bedside ask`: one question, or many from a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from bedside.core.errors import UsageError
from bedside.core.toolkit.printable import escaped

from .options import answer_options, config_of, home_option, json_option


@click.command()
@click.argument("text", required=False)
@click.option("--case", "cases", multiple=True, metavar="FILE", help="Case file (text, FHIR JSON, phenopacket); repeatable.")
@click.option("--batch", metavar="IN.jsonl", help='Questions, one {"id", "text"} a line.')
@click.option(
    "--out",
    metavar="DIR|OUT.jsonl",
    help="Folder for answer.json, answer.html and the figures; with --batch: the file with one Recommendation a line.",
)
@answer_options
@json_option
@home_option
def ask(
    text: str | None,
    cases: tuple[str, ...],
    batch: str | None,
    out: str | None,
    as_json: bool,
    home: str | None,
    no_llm: bool,
    limit: int | None,
    timeout: float | None,
) -> int:
    """Answer TEXT with sentences whose quotes can be opened.

    \b
    bedside ask "Can a CYP2D6 ultrarapid metabolizer take codeine?"
    bedside ask "Which disease fits?" --case patient.json --json
    bedside ask "Which disease fits?" --case patient.json --out DIR
    bedside ask --batch questions.jsonl --out answers.jsonl
    """
    if batch is not None:
        if text is not None or cases:
            raise UsageError("--batch takes its questions from the file: omit TEXT and --case")
        if out is None:
            raise UsageError("--batch and --out go together", hint="bedside ask --batch IN.jsonl --out OUT.jsonl")
    elif text is None:
        raise UsageError("there is no question", hint='type it in quotes: bedside ask "…"')

    from bedside.core.toolkit.questions import check_question

    config = config_of(home, no_llm=no_llm, limit=limit, timeout=timeout)
    if batch is not None and out is not None:
        from .batch import run_batch

        return run_batch(config, Path(batch), Path(out), as_json=as_json)

    from ..app import ensure_starter, load_plugins, open_app
    from ..case_files import read_case
    from .progress import LoadBars, Status

    assert text is not None
    check_question(text)  # before anything slow
    folder = Path(out) if out is not None else None
    if folder is not None:
        from ..page.folder import check_folder

        check_folder(folder)
    host = load_plugins(config)
    case = read_case(cases, host.case_kinds)
    with LoadBars() as bars:
        ensure_starter(config, bars)
    from bedside.core import Question

    with open_app(config, warm=True, host=host) as app, Status() as status:
        answer = app.engine.ask(Question(text=text, case=case), status)
    written: list[Path] = []
    if folder is not None:
        from ..page.folder import write_folder

        written = write_folder(answer, folder)
        for path in written:
            click.echo(f"wrote {path}", err=True)
    if as_json:
        click.echo(escaped(answer.model_dump_json(indent=2)))
    else:
        from .render import print_answer

        print_answer(answer, written)  # pictures come first
    sys.stdout.flush()
    return 0
