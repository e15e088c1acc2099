"""`bedside knowledge graph`: what surrounds a node, and what lies between two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from bedside.core.errors import UsageError

from .options import config_of, echo_json, home_option, json_option


@click.group()
def graph() -> None:
    """Show and draw parts of the knowledge graph. NODE is an id (HP:0001166) or a name."""


def _drawing_options(command: Any) -> Any:
    for option in (
        click.option(
            "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Draw it: FILE.svg or FILE.html."
        ),
        click.option("--kinds", multiple=True, metavar="KIND", help="Only edges of this kind; repeatable."),
        click.option("--source", "sources", multiple=True, metavar="ID", help="Only edges of this source; repeatable."),
        json_option,
        home_option,
    ):
        command = option(command)
    return command


@graph.command()
@click.argument("node")
@click.option("--depth", default=1, show_default=True, type=click.IntRange(1, 2), help="Steps from the node.")
@click.option("--to", "other", metavar="NODE", help="The paths to this node instead of the neighbourhood.")
@click.option("--limit", type=click.IntRange(1, 2000), help="Edges (60) or, with --to, paths (10) at most.")
@_drawing_options
def show(
    node: str,
    depth: int,
    other: str | None,
    limit: int | None,
    out: Path | None,
    kinds: tuple[str, ...],
    sources: tuple[str, ...],
    as_json: bool,
    home: str | None,
) -> int:
    """Show the nodes around NODE with the edges that join them, or draw them.

    \b
    bedside knowledge graph show OMIM:154700 --out marfan.svg
    bedside knowledge graph show clopidogrel --depth 2 --out clopidogrel.html
    bedside knowledge graph show HP:0001166 --kinds has_phenotype --json
    """
    if other is not None:
        return _paths(node, other, 3, limit or 10, out, kinds, sources, as_json, home)
    from ..app import open_app

    _check(out, kinds)
    with open_app(config_of(home)) as app:
        infos = _infos(app, sources)
        middle = find_node(app, node)
        found = app.services.graph.neighbourhood([middle.id], depth=depth, kinds=kinds, limit=limit or 60, sources=sources)
    if as_json:
        echo_json(found.model_dump(mode="json"))
    if out is not None:
        from ..drawing import around

        title = f"{middle.name} ({middle.id}): {'one step' if depth == 1 else 'two steps'} around"
        _draw(around(found, [middle.id]), title, _notes(found, "--limit"), infos, out, quiet=as_json)
    elif not as_json:
        names = {n.id: n for n in found.nodes}
        click.secho(f"{middle.name} ({middle.id}), {middle.kind}", bold=True)
        for edge in sorted(found.edges, key=lambda e: (e.kind, names[e.start].name, names[e.end].name)):
            _line(edge, names, found.parallel.get(edge.id, 1))
        _tell(_notes(found, "--limit") if found.edges else [_nothing(kinds, sources)])
    return 0


@graph.command()
@click.argument("start")
@click.argument("end")
@click.option("--max-length", default=3, show_default=True, type=click.IntRange(1, 4), help="Edges of a path at most.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 200), help="Paths at most.")
@_drawing_options
def path(
    start: str,
    end: str,
    max_length: int,
    limit: int,
    out: Path | None,
    kinds: tuple[str, ...],
    sources: tuple[str, ...],
    as_json: bool,
    home: str | None,
) -> int:
    """Show the paths from START to END, shortest first, or draw them. Exit code 1 when there is none."""
    return _paths(start, end, max_length, limit, out, kinds, sources, as_json, home)


@graph.command()
@click.argument("a")
@click.argument("b")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 200), help="Of each kind of link at most.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="Only edges of this source; repeatable.")
@json_option
@home_option
def links(a: str, b: str, limit: int, sources: tuple[str, ...], as_json: bool, home: str | None) -> int:
    """Show what links A and B: edges between them, nodes next to both, publications cited for both."""
    from ..app import open_app

    with open_app(config_of(home)) as app:
        _infos(app, sources)
        one, two = find_node(app, a), find_node(app, b)
        found = app.services.graph.co_evidence(one.id, two.id, limit=limit, sources=sources)
    if as_json:
        echo_json(found.model_dump(mode="json"))
        return 0
    click.secho(f"{one.name} ({one.id}) and {two.name} ({two.id})", bold=True)
    for edge in found.direct:
        click.echo(f"  {edge.text}  [{edge.id}]")
    for shared in found.shared_nodes:
        click.echo(f"  both next to {shared.node.name} ({shared.node.id})")
        for edge in (*shared.to_a, *shared.to_b):
            click.echo(f"    {edge.text}  [{edge.id}]")
    for cited in found.shared_references:
        click.echo(f"  both cite {cited.reference}")
        for edge in (cited.at_a[0], cited.at_b[0]):
            click.echo(f"    {edge.text}  [{edge.id}]")
    if not (found.direct or found.shared_nodes or found.shared_references):
        _tell(["nothing loaded links them" + (", as far as was looked" if found.truncated else "")])
    elif found.truncated:
        _tell(["there is more: --limit"])
    return 0


def find_node(app: Any, given: str) -> Any:
    """The node with an id or a name. Raises `UsageError` when there is none, or when the name is ambiguous."""
    store = app.services.graph
    if exact := store.nodes([given]):
        return exact[0]
    terms = app.services.terms.search(given, k=20)
    asked = given.casefold().strip()
    called = {t.id for t in terms if asked in {name.casefold() for name in (t.name, *t.synonyms, *t.brands)}}
    found = {node.id: node for node in [*store.nodes([t.id for t in terms]), *store.search(given, k=20)]}
    # names without edges are of no use here: a drug's second entry, a disease nobody annotated
    found = {id: node for id, node in found.items() if store.edges_of([id], limit=1)}
    best = [node for id, node in found.items() if id in called or node.name.casefold() == asked]
    best = best or list(found.values())
    if len(best) == 1:
        return best[0]
    if not best:
        raise UsageError(f"no node of the graph is called {given!r}", hint=f'bedside knowledge search "{given}"')
    listed = "; ".join(f"{node.id} {node.name} ({node.kind})" for node in best[:10])
    more = f"; and {len(best) - 10} more" if len(best) > 10 else ""
    raise UsageError(f"{given!r} may mean {len(best)} nodes: {listed}{more}", hint=f"name one by its id: {best[0].id}")


def _paths(
    a: str,
    b: str,
    max_length: int,
    limit: int,
    out: Path | None,
    kinds: Sequence[str],
    sources: Sequence[str],
    as_json: bool,
    home: str | None,
) -> int:
    from ..app import open_app

    _check(out, kinds)
    with open_app(config_of(home)) as app:
        infos = _infos(app, sources)
        one, two = find_node(app, a), find_node(app, b)
        found = app.services.graph.paths(one.id, two.id, max_length=max_length, kinds=kinds, limit=limit, sources=sources)
    if as_json:
        echo_json(found.model_dump(mode="json"))
    if not found.paths:
        if not as_json:
            far = ", as far as was looked" if found.truncated else ""
            steps = f"{max_length} step{'s' * (max_length > 1)}"
            _tell([f"there is no path of at most {steps} from {one.name} ({one.id}) to {two.name} ({two.id}){far}"])
        return 1
    if out is not None:
        from ..drawing import between

        title = f"From {one.name} ({one.id}) to {two.name} ({two.id})"
        _draw(between(found), title, _notes(found, "--limit"), infos, out, quiet=as_json)
    elif not as_json:
        for way in found.paths:
            click.secho(" – ".join(node.name for node in way.nodes), bold=True)
            names = {node.id: node for node in way.nodes}
            for edge in way.edges:
                _line(edge, names, 1)
        _tell(_notes(found, "--limit"))
    return 0


def _check(out: Path | None, kinds: Sequence[str]) -> None:
    from difflib import get_close_matches

    from bedside.core.graph.vocabulary import EDGE_KINDS, is_own_kind

    for kind in kinds:
        if kind not in EDGE_KINDS and not is_own_kind(kind):
            near = get_close_matches(kind, EDGE_KINDS, n=1)
            raise UsageError(
                f"there is no kind of edge {kind!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"kinds are {', '.join(sorted(EDGE_KINDS))}",
            )
    if out is not None and out.suffix.lower() not in (".svg", ".html"):
        raise UsageError(f"{out} is neither an SVG nor an HTML file", hint="name it FILE.svg or FILE.html")


def _infos(app: Any, sources: Sequence[str]) -> dict[str, Any]:
    infos = {info.id: info for info in app.services.sources.all()}
    for id in sources:
        if id not in infos:
            raise UsageError(f"no source {id!r} is loaded", hint="bedside knowledge status")
    return infos


def _draw(drawing: Any, title: str, notes: Sequence[str], infos: dict[str, Any], out: Path, *, quiet: bool) -> None:
    from bedside.core.errors import OutputError

    from ..drawing import html_page, svg

    made = (svg if out.suffix.lower() == ".svg" else html_page)(drawing, title, notes, infos)
    try:
        out.write_text(made + "\n", encoding="utf-8", errors="replace")
    except OSError as error:
        raise OutputError(f"{out} can't be written: {error.strerror}", hint="name another --out FILE") from error
    click.echo(f"{out}: {len(drawing.places)} nodes, {len(drawing.edges)} edges", err=quiet)


def _notes(found: Any, option: str) -> list[str]:
    return [f"Not everything is shown ({option} shows more)."] if found.truncated else []


def _nothing(kinds: Sequence[str], sources: Sequence[str]) -> str:
    return "it has no neighbours" + (" of these kinds and sources" if kinds or sources else "")


def _line(edge: Any, names: dict[str, Any], number: int) -> None:
    from bedside.core.graph.vocabulary import edge_label

    start, end = names[edge.start], names[edge.end]
    several = f" ×{number:,}" if number > 1 else ""
    cited = f"  {', '.join(edge.references[:3])}" if edge.references else ""
    click.echo(f"  {start.name} – {edge_label(edge.kind)} – {end.name} ({end.id}){several}{cited}  [{edge.id}]")


def _tell(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line, err=True)
