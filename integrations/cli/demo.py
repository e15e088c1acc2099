"""`bedside demo`: the starter knowledge and three questions, one of which must not be answered."""

from __future__ import annotations

import time

import click
from bedside.core.wording import say

from .options import config_of, echo_json, home_option, json_option

QUESTIONS = (
    ("Pharmacogenomics", "clopidogrel for a CYP2C19 poor metabolizer after PCI"),
    ("Rare disease", "tall stature, arachnodactyly, ectopia lentis, aortic root aneurysm"),
    ("Beyond what is loaded", "Which antibiotic should be given for Lyme disease in pregnancy?"),
)


@click.command()
@json_option
@home_option
def demo(as_json: bool, home: str | None) -> int:
    """Build the starter knowledge (once) and answer three questions with their quotes."""
    from ..app import ensure_starter, open_app
    from .progress import LoadBars, Status
    from .render import print_answer

    config = config_of(home, limit=3)
    started = time.monotonic()
    click.echo(say("demo.folder", folder=config.home), err=True)
    click.echo(say("demo.step-one"), err=True)
    with LoadBars() as bars:
        ensure_starter(config, bars)
    click.echo(say("demo.step-two"), err=True)
    answers = []
    with open_app(config, warm=True) as app:
        for number, (title, text) in enumerate(QUESTIONS, 1):
            with Status() as status:
                answer = app.engine.ask(text, status)
            answers.append(answer)
            if not as_json:
                click.secho(f"\n── {number}. {title} " + "─" * max(0, 70 - len(title)), bold=True)
                click.secho(f"Question: {text}\n", bold=True)
                print_answer(answer)
    if as_json:
        echo_json([a.model_dump(mode="json") for a in answers])
    else:
        click.echo(f'\nDone in {time.monotonic() - started:.0f} s. Ask your own: bedside ask "…"')
    return 0
