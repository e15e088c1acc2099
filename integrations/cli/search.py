"""`bedside knowledge search`: passages and terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from bedside.core.errors import UsageError
from bedside.core.toolkit.json_lines import halved

from .options import config_of, echo_json, home_option, json_option
from .search_filters import check_kinds, check_sources, years_of
from .tables import table

_SHOWN_CHARS = 300


@click.command()
@click.argument("text", required=False)
@click.option("--k", default=10, show_default=True, type=click.IntRange(1, 200), help="How many of each to show.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="Only passages of this source; repeatable.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only passages of this kind (guideline…); repeatable.")
@click.option("--year", metavar="YEAR", help="Only passages of this year or these years: 2015, 2015-2020.")
@click.option("--explain", is_flag=True, help="Show the scores behind the order, and the other names searched for.")
@click.option("--rerank/--no-rerank", default=False, show_default=True, help="Let the language model rerank the first hits.")
@click.option("--queries", metavar="IN.jsonl", help='Many searches, one {"id", "text"} a line; one hit for each document.')
@click.option("--out", metavar="OUT.jsonl", help='Where --queries writes {"id", "hits": [{"doc_id", "score"}]} a line.')
@json_option
@home_option
def search(
    text: str | None,
    k: int,
    sources: tuple[str, ...],
    kinds: tuple[str, ...],
    year: str | None,
    explain: bool,
    rerank: bool,
    queries: str | None,
    out: str | None,
    as_json: bool,
    home: str | None,
) -> int:
    """Search passages by words and meaning, and terms (drugs, genes, findings, diseases, ICD-10-CM codes) by name.

    \b
    bedside knowledge search "lens dislocation" --explain
    bedside knowledge search "clopidogrel" --source pubmed --year 2015-2020
    bedside knowledge search --queries questions.jsonl --out hits.jsonl
    """
    how: dict[str, Any] = {"source_ids": sources, "kinds": kinds, "years": years_of(year), "rerank": rerank}
    if queries or out:
        if not (queries and out):
            raise UsageError(
                "--queries and --out go together", hint="bedside knowledge search --queries IN.jsonl --out OUT.jsonl"
            )
        if text:
            raise UsageError("give either a text or --queries")
        from .search_batch import run_batch

        return run_batch(config_of(home), Path(queries), Path(out), k, how, as_json=as_json)
    if not text or not text.strip():
        raise UsageError("there is nothing to search for", hint='bedside knowledge search "lens dislocation"')
    if halved(text):
        raise UsageError("the text contains half a character (a lone surrogate, or bytes that are not UTF-8)")
    from ..app import open_app

    with open_app(config_of(home), warm=True) as app:
        check_sources(app, sources)
        check_kinds(app, kinds)
        terms = [] if sources or kinds or year else app.services.terms.search(text, k=k)
        found = app.services.search.find(text, k, **how)
    if as_json:
        passages = [
            {"score": round(hit.score, 4), "parts": hit.parts, **hit.passage.model_dump(mode="json")} for hit in found.hits
        ]
        echo_json(
            {
                "terms": [t.model_dump(mode="json") for t in terms],
                "passages": passages,
                "expanded": found.expanded,
                "notes": found.notes,
            }
        )
        return 0
    if terms:
        table(("id", "kind", "name"), [t.model_dump() for t in terms], title="Terms")
    parts = list(dict.fromkeys(name for hit in found.hits for name in hit.parts)) if explain else []
    rows = [_row(hit, parts) for hit in found.hits]
    table(("score", *parts, "id", "source", "text"), rows, title="Passages")
    if explain:
        for name, others in found.expanded.items():
            click.echo(f"also searched for, instead of {name!r}: {', '.join(others)}")
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    return 0


def _row(hit: Any, parts: list[str]) -> dict[str, Any]:
    passage = hit.passage
    text = passage.text if len(passage.text) <= _SHOWN_CHARS else passage.text[:_SHOWN_CHARS].rstrip() + "…"
    warning = "RETRACTED. " if passage.fields.get("retracted") else ""
    return {
        "score": f"{hit.score:.2f}",
        **{name: f"{hit.parts[name]:.3f}" if name in hit.parts else "" for name in parts},
        "id": passage.id,
        "source": passage.source_id,
        "text": warning + (f"{passage.title}: {text}" if passage.title else text),
    }
