"""`bedside knowledge`: what answers rest on. Each command is in a module of its own and imported when it is called."""

from __future__ import annotations

import click

from .lazy import LazyGroup

_HERE = "bedside.integrations.cli"
COMMANDS = {
    "graph": (f"{_HERE}.graph:graph", "Show and draw parts of the knowledge graph."),
    "list": (f"{_HERE}.sources:list_", "List every source that can be loaded, with its licence and state."),
    "load": (f"{_HERE}.load:load", "Load the starter knowledge, one source by its id, or your own documents."),
    "pull": (f"{_HERE}.pull:pull", "Download a source's files and verify them."),
    "reembed": (f"{_HERE}.remove:reembed", "Embed stored passages again after the embedding model has changed."),
    "remove": (f"{_HERE}.remove:remove", "Remove sources and everything loaded from them."),
    "search": (f"{_HERE}.search:search", "Search passages and terms."),
    "show": (f"{_HERE}.show:show", "Print a stored passage, graph edge, node or term in full."),
    "status": (f"{_HERE}.sources:status", "Show what is loaded, in which version, since when and where."),
}


@click.group(cls=LazyGroup, targets=COMMANDS)
def knowledge() -> None:
    """List, load, search and show what answers rest on."""
