"""`bedside knowledge search`: passages and terms."""

from __future__ import annotations

import click
from bedside.core.errors import UsageError

from .options import config_of, echo_json, home_option, json_option
from .tables import table


@click.command()
@click.argument("text")
@click.option("--k", default=10, show_default=True, type=click.IntRange(1, 200), help="How many of each to show.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="Only passages of this source; repeatable.")
@json_option
@home_option
def search(text: str, k: int, sources: tuple[str, ...], as_json: bool, home: str | None) -> int:
    """Search passages by meaning and terms (drugs, genes, findings, diseases, ICD-10-CM codes) by name."""
    from ..app import open_app

    if not text.strip():
        raise UsageError("there is nothing to search for", hint='bedside knowledge search "lens dislocation"')
    with open_app(config_of(home), warm=True) as app:
        s = app.services
        for id_ in sources:
            if s.sources.get(id_) is None:
                raise UsageError(f"no source {id_!r} is loaded", hint="bedside knowledge status")
        terms = [] if sources else s.terms.search(text, k=k)
        hits = s.vectors.query(s.embedder.embed([text])[0], k, source_ids=sources)
    if as_json:
        echo_json(
            {
                "terms": [t.model_dump(mode="json") for t in terms],
                "passages": [{"score": round(h.score, 4), **h.passage.model_dump(mode="json")} for h in hits],
            }
        )
        return 0
    if terms:
        table(("id", "kind", "name"), [t.model_dump() for t in terms], title="Terms")
    rows = [
        {"score": f"{h.score:.2f}", "id": h.passage.id, "source": h.passage.source_id, "text": h.passage.text} for h in hits
    ]
    table(("score", "id", "source", "text"), rows, title="Passages")
    return 0
