"""`bedside chat`: a loop in which the models stay loaded between questions."""

from __future__ import annotations

import json
import sys

import click
from bedside.core.errors import QuestionError
from bedside.core.toolkit.printable import escaped

from .options import answer_options, config_of, home_option, json_option


@click.command()
@answer_options
@json_option
@home_option
def chat(as_json: bool, home: str | None, no_llm: bool, limit: int | None, timeout: float | None) -> int:
    """Ask one question after another; an empty line, `exit` or Ctrl-D ends it. With --json: one answer a line."""
    from ..app import ensure_starter
    from ..runtime import Runtime
    from .progress import LoadBars, Status
    from .render import print_answer

    config = config_of(home, no_llm=no_llm, limit=limit, timeout=timeout)
    with LoadBars() as bars:
        ensure_starter(config, bars)
    person = sys.stdin.isatty()
    with Runtime(config, warm=True) as runtime:
        session = runtime.session()
        while True:
            try:
                text = input("you> " if person else "")
            except EOFError:
                break
            if text.strip().lower() in {"exit", "quit", "bye"} or (person and not text.strip()):
                break
            try:
                with Status() as status:
                    answer = session.ask(text, status)
            except QuestionError as error:  # a bad line ends nothing
                if as_json:
                    click.echo(json.dumps({"error": {"type": "QuestionError", "message": str(error), "hint": error.hint}}))
                else:
                    click.echo(f"error: {error}", err=True)
                continue
            if as_json:
                click.echo(escaped(answer.model_dump_json()))
            else:
                print_answer(answer)
                click.echo()
    return 0
