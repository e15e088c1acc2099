"""`bedside knowledge list` and `status`: what can be loaded, and what is."""

from __future__ import annotations

from typing import Any

import click

from .options import config_of, echo_json, home_option, json_option
from .tables import block


@click.command("list")
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
            block(str(row["id"]), str(row["title"]), f"{row['version']} · {state}", str(row["licence"]))
    return 0


@click.command()
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
        block(i.id, i.title, f"{i.version} · loaded {i.loaded_at[:16].replace('T', ' ')} UTC", counts, i.licence)
    return 0


def _version(source: Any) -> str:
    try:
        return str(source.version())
    except Exception as error:  # a missing package must not hide the rest of the list
        return f"unknown ({error})"
