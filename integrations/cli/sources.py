"""`bedside knowledge list` and `status`: what can be loaded, what is loaded, and what needs attention."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import config_of, echo_json, home_option, json_option
from .tables import block, size_text

if TYPE_CHECKING:
    from ..app import SourceState

_STORES = {
    "passages": ("chroma", "words"),
    "graph": ("graph.lbug", "graph.lbug.wal"),
    "terms": ("terms.sqlite", "terms.sqlite-wal", "terms.sqlite-shm"),
}
_FOLDERS = ("staging", "downloads")


@click.command("list")
@json_option
@home_option
def list_(as_json: bool, home: str | None) -> int:
    """List every source that can be loaded: licence, size, whether it is pulled and loaded."""
    from ..app import open_app, source_states

    with open_app(config_of(home)) as app:
        states = source_states(app)
    if as_json:
        echo_json([_row(state) for state in states])
        return 0
    for state in states:
        size = size_text(state.pulled_bytes or state.size)
        block(
            state.id,
            state.title,
            " · ".join(part for part in (state.available, size, _standing(state)) if part),
            state.licence if state.licence_url in state.licence else f"{state.licence} ({state.licence_url})",
            *([state.note] if state.note else []),
        )
    return 0


@click.command()
@json_option
@home_option
def status(as_json: bool, home: str | None) -> int:
    """Show what is loaded, in which version, since when and where, and what needs attention."""
    from ..app import open_app, source_states

    config = config_of(home)
    with open_app(config) as app:
        states = source_states(app)
        stores = {name: sum(_bytes(app.home.stores / path) for path in paths) for name, paths in _STORES.items()}
    stores |= {name: _bytes(config.home / name) for name in _FOLDERS}
    shown = [state for state in states if state.loaded or state.warnings or state.pull in ("partial", "done")]
    if as_json:
        data: dict[str, Any] = {
            "home": str(config.home),
            "bytes": _bytes(config.home),
            "stores": stores,
            "vectors": config.vectors.backend,
            "graph": config.graph.backend,
            "sources": [
                {**state.loaded.model_dump(mode="json"), "bytes": state.pulled_bytes, "warnings": list(state.warnings)}
                for state in states
                if state.loaded
            ],
            "pulled": [_row(state) for state in shown if not state.loaded],
            "warnings": [f"{state.id}: {warning}" for state in shown for warning in state.warnings],
        }
        echo_json(data)
        return 0
    parts = ", ".join(f"{name} {size_text(size)}" for name, size in stores.items() if size)
    click.echo(
        f"{config.home}: {size_text(_bytes(config.home))}{f' ({parts})' if parts else ''}, "
        f"vectors {config.vectors.backend}, graph {config.graph.backend}"
    )
    if not any(state.loaded for state in states):
        click.echo("nothing is loaded yet; type: bedside knowledge load")
    for state in shown:
        info = state.loaded
        if info is None:
            block(state.id, state.title, _standing(state), warnings=state.warnings)
            continue
        counts = ", ".join(f"{info.counts[k]:,} {k}" for k in ("passages", "nodes", "edges", "terms") if info.counts.get(k))
        pulled = f"{size_text(state.pulled_bytes)} pulled" if state.pulled_bytes else ""
        loaded = f"loaded {info.loaded_at[:16].replace('T', ' ')} UTC"
        block(
            info.id,
            info.title,
            " · ".join(part for part in (info.version, loaded, pulled) if part),
            counts,
            info.licence,
            warnings=state.warnings,
        )
    return 0


def _warnings(state: SourceState) -> list[str]:
    return [click.style(f"warning: {warning}", fg="yellow") for warning in state.warnings]


def _standing(state: SourceState) -> str:
    """Pulled? Loaded? In words."""
    pull = {"": "", "none": "not pulled", "partial": "pull not finished", "done": "pulled"}[state.pull]
    if pull == "not pulled" and state.available:
        pull = ""  # its package has it
    if state.loaded is None:
        load = "not loaded" if state.loadable else "kept as files"
    else:
        load = "loaded" if state.loaded.version == state.available else f"loaded: {state.loaded.version}"
    return ", ".join(part for part in (pull, load) if part)


def _row(state: SourceState) -> dict[str, Any]:
    row = asdict(state)
    row["version"] = row.pop("available")
    row["loaded"] = state.loaded.version if state.loaded else None
    return row


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(_bytes(one) for one in path.iterdir())
    try:
        return int(path.stat().st_size)
    except OSError:  # gone meanwhile
        return 0
