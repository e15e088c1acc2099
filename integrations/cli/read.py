"""`bedside read`: what is read of a text and a case, whose it is, and the words that say so."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from bedside.core.errors import UsageError
from bedside.core.toolkit.printable import escaped, printable
from bedside.core.wording import say

from .options import config_of, home_option, json_option

if TYPE_CHECKING:
    from bedside.core import Facts, Question

_COLOURS = {"present": "bold green", "denied": "bold red", "unused": "bold yellow", "named": "bold cyan", "cue": "underline"}


@click.command()
@click.argument("text", required=False)
@click.option("--case", "cases", multiple=True, metavar="FILE", help="Case file (text, FHIR JSON, phenopacket); repeatable.")
@click.option(
    "--out", metavar="DIR", help="Folder for reading.json and reading.html, the text with what was read in colour."
)
@json_option
@home_option
def read(text: str | None, cases: tuple[str, ...], out: str | None, as_json: bool, home: str | None) -> int:
    """Show what is read of TEXT (- is standard input): findings, results, drugs, age and sex, whose they are, and the cues.

    \b
    bedside read "His mother has ataxia; he denies seizures."
    bedside read --case note.txt --out DIR
    bedside read - --json < note.txt
    """
    if text is None and not cases:
        raise UsageError("there is no text", hint='type it in quotes: bedside read "…", or --case note.txt')

    from bedside.core import Question
    from bedside.core.toolkit.questions import check_question

    from ..app import ensure_starter, load_plugins, open_app
    from ..case_files import read_case
    from .progress import LoadBars

    if text == "-":
        text = sys.stdin.read()
    if text is not None:
        check_question(text)
    folder = Path(out) if out is not None else None
    if folder is not None:
        from ..page.folder import check_folder

        check_folder(folder)
    config = config_of(home, no_llm=True)
    host = load_plugins(config)
    case = read_case(cases, host.case_kinds)
    with LoadBars() as bars:
        ensure_starter(config, bars)
    question = Question.model_construct(text=text or "", case=case, id=None)
    with open_app(config, host=host) as app:
        facts = app.services.reader.read(
            question, {need for task in host.tasks.values() for group in task.needs for need in group}
        )
    if folder is not None:
        from ..page.reading import write_reading

        for path in write_reading(question, facts, folder):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        click.echo(escaped(facts.model_dump_json(indent=2)))
    else:
        _print(question, facts)
    sys.stdout.flush()
    return 0


def _print(question: Question, facts: Facts) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from ..page.facts import fact_rows
    from ..page.marks import runs_of, texts_of, what_it_is

    console = Console(soft_wrap=False, highlight=False, markup=False)
    for origin, text in texts_of(question):
        shown = Text()
        for run in runs_of(text, origin, facts):
            shown.append(printable(run.text), style=_COLOURS.get(run.kind, ""))
        console.print(Text(printable(origin), style="dim"))
        console.print(Padding(shown, (0, 0, 1, 2)))
    if facts.mentions:
        columns = ("words", "name", "reading", "cues")
        table = Table(*(say(f"read.{column}") for column in columns), box=None, pad_edge=False, header_style="dim")
        for m in facts.mentions:
            cues = ", ".join(f"“{cue.text}”" for cue in m.cues)
            cells = (m.text, f"{m.name} ({m.id})", what_it_is(m), cues)
            table.add_row(*(Text(printable(" ".join(cell.split()))) for cell in cells))
        console.print(table)
    for row in fact_rows(facts, names=False):
        console.print(Text(printable(f"{row.label}: {'; '.join(row.values)}")))
    if not facts.mentions and not facts.unread:
        console.print(Text(say("read.nothing"), style="dim"))
