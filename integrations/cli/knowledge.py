"""`bedside knowledge`: what answers rest on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from bedside.core.errors import UsageError

from .options import config_of, echo_json, home_option, json_option


@click.group()
def knowledge() -> None:
    """List, load, search and show what answers rest on."""


@knowledge.command("list")
@json_option
@home_option
def list_(as_json: bool, home: str | None) -> int:
    """List every source that can be loaded, with its licence and whether it is."""
    from ..app import open_app

    with open_app(config_of(home)) as app:
        have = {s.id: s for s in app.services.sources.all()}
        rows = [
            {
                "id": s.id,
                "title": s.title,
                "licence": s.licence,
                "version": _version(s),
                "loaded": have[s.id].version if s.id in have else None,
                "homepage": s.homepage,
            }
            for s in app.catalogue().values()
        ]
        rows += [
            {
                "id": s.id,
                "title": s.title,
                "licence": s.licence,
                "version": s.version,
                "loaded": s.version,
                "homepage": s.url,
            }
            for s in have.values()
            if s.id not in app.catalogue()
        ]
    if as_json:
        echo_json(rows)
    else:
        for row in rows:
            loaded = row["loaded"]
            state = "not loaded" if loaded is None else "loaded" if loaded == row["version"] else f"loaded: {loaded}"
            _block(str(row["id"]), str(row["title"]), f"{row['version']} · {state}", str(row["licence"]))
    return 0


@knowledge.command()
@click.argument("what", required=False)
@click.option("--source", "name", metavar="NAME", help="With a JSON Lines file: the name its passages are kept under.")
@click.option("--title", default="", help="With a file: what a reader is shown as its title.")
@click.option("--licence", default="", help="With a file: its licence.")
@json_option
@home_option
def load(what: str | None, name: str | None, title: str, licence: str, as_json: bool, home: str | None) -> int:
    """Load the starter knowledge, one source by its id, or your own passages.

    \b
    bedside knowledge load
    bedside knowledge load cpic
    bedside knowledge load notes.jsonl --source notes      ({"id", "title", "text", "url", "year"} a line)
    """
    from ..app import jsonl_source, open_app
    from .progress import LoadBars

    config = config_of(home)
    with open_app(config, "write", warm=True) as app, LoadBars() as bars:
        catalogue = app.catalogue()
        if what is None:
            chosen = [s for s in catalogue.values() if s.starter]
        elif what in catalogue and name is None:
            chosen = [catalogue[what]]
        else:
            if name is None:
                raise UsageError(
                    f"{what!r} is no source of the catalogue",
                    hint="`bedside knowledge list` shows them; for a file of your own add --source NAME",
                )
            if name in catalogue:
                raise UsageError(f"{name!r} is a source of the catalogue", hint="choose another --source NAME")
            about = {"title": title or name, **({"licence": licence} if licence else {})}
            chosen = [jsonl_source(Path(what), name, **about)]
        infos = app.load(*chosen, progress=bars)
    if as_json:
        echo_json([i.model_dump(mode="json") for i in infos])
    else:
        for i in infos:
            counts = ", ".join(f"{n:,} {k}" for k, n in i.counts.items() if n)
            click.echo(f"{i.id} {i.version}: {counts or 'nothing'}")
    return 0


@knowledge.command()
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
        _table(("id", "kind", "name"), [t.model_dump() for t in terms], title="Terms")
    rows = [
        {"score": f"{h.score:.2f}", "id": h.passage.id, "source": h.passage.source_id, "text": h.passage.text} for h in hits
    ]
    _table(("score", "id", "source", "text"), rows, title="Passages")
    return 0


@knowledge.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@json_option
@home_option
def show(ids: tuple[str, ...], as_json: bool, home: str | None) -> int:
    """Print a stored passage, graph edge, node or term in full, so that a quote can be checked."""
    from ..app import open_app
    from ..app import show as find

    with open_app(config_of(home)) as app:
        found = [find(app, id_) for id_ in ids]
    if as_json:
        echo_json(found[0] if len(found) == 1 else found)
        return 0
    for data in found:
        source = data.get("source") or {}
        click.secho(data.get("text") or data.get("name"), bold=True)
        click.echo(f"  {data['what']} {data['id']}" + (f", {data['kind']}" if data.get("kind") else ""))
        if data.get("url"):
            click.echo(f"  {data['url']}")
        if data.get("references"):
            click.echo(f"  {', '.join(data['references'])}")
        for key, value in (data.get("props") or data.get("fields") or {}).items():
            if value not in ("", None):
                click.echo(f"  {key}: {value}")
        click.echo(
            f"  from {source.get('title', data['source_id'])} {source.get('version', '')}; {source.get('licence', '')}"
        )
    return 0


@knowledge.command()
@json_option
@home_option
def status(as_json: bool, home: str | None) -> int:
    """Show what is loaded, from which version and when, and where it is kept."""
    from ..app import open_app

    config = config_of(home)
    with open_app(config) as app:
        infos = app.services.sources.all()
    data: dict[str, Any] = {
        "home": str(config.home),
        "bytes": sum(f.stat().st_size for f in config.home.rglob("*") if f.is_file()),
        "vectors": config.vectors.backend,
        "graph": config.graph.backend,
        "sources": [i.model_dump(mode="json") for i in infos],
    }
    if as_json:
        echo_json(data)
        return 0
    click.echo(f"{config.home}: {data['bytes'] / 2**20:.0f} MiB, vectors {data['vectors']}, graph {data['graph']}")
    if not infos:
        click.echo("nothing is loaded yet; type: bedside knowledge load")
        return 0
    for i in infos:
        counts = ", ".join(f"{i.counts[k]:,} {k}" for k in ("passages", "nodes", "edges", "terms") if i.counts.get(k))
        _block(i.id, i.title, f"{i.version} · loaded {i.loaded_at[:16].replace('T', ' ')} UTC", counts, i.licence)
    return 0


def _block(id_: str, title: str, *lines: str) -> None:
    """One source: its id, which people copy, on a line of its own."""
    click.echo(click.style(id_, bold=True) + f"  {title}")
    for line in lines:
        click.echo(f"    {line}")


def _version(source: Any) -> str:
    try:
        return str(source.version())
    except Exception as error:  # a missing package must not hide the rest of the list
        return f"unknown ({error})"


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]], title: str = "") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title=title or None, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for row in rows:
        table.add_row(*("" if row.get(c) is None else str(row.get(c, "")) for c in columns))
    Console(highlight=False).print(table)
