"""The drawing as SVG. Everything that comes from a source is escaped, and only web addresses become links."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from bedside.core.graph.vocabulary import LICENCE, NODE_KINDS, edge_label
from bedside.core.toolkit.references import reference_url
from bedside.core.types import GraphEdge, SourceInfo

from .layout import Drawing, Place

_NODE_COLOURS = {
    "Disease": "#d55e00", "Phenotype": "#0072b2", "Gene": "#009e73", "Drug": "#cc79a7", "GenePhenotype": "#56b4e9",
    "Allele": "#7cc7a3", "Variant": "#117a65", "Icd10Code": "#8c6d31", "Guideline": "#e69f00", "Publication": "#6b6b6b",
    "SideEffect": "#a4508b", "Symptom": "#4a6fa5", "Anatomy": "#b5651d", "Pathway": "#5b8c5a",
}  # fmt: skip
_OTHER = ("#7f7f9f", "#9f7f5f", "#5f9f9f", "#9f5f7f", "#7f9f5f")
_EDGE_COLOURS = ("#7a8fa6", "#c08a5a", "#7fae8e", "#b58bb0", "#b3a54f", "#8f8fc0", "#c47f7f", "#6fb0b5", "#999999")
_FONT = "font-family=\"'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif\""
_LETTER = 6.6
"""Width of a letter of 11 px, a little generous: a label must not run into its neighbour."""
LONGEST = 46
_MARGIN = 28.0
_LINE = 17.0


def svg(drawing: Drawing, title: str, notes: Sequence[str], sources: Mapping[str, SourceInfo]) -> str:
    """One self-contained image: title, graph, legend, and the sources with their licences."""
    colours = {kind: _EDGE_COLOURS[i % len(_EDGE_COLOURS)] for i, kind in enumerate(_by_number(drawing.edges))}
    boxes = [_box(place, drawing.nodes[id].name) for id, place in drawing.places.items()]
    left, right = min(box[0] for box in boxes) - _MARGIN, max(box[1] for box in boxes) + _MARGIN
    top, bottom = min(p.y for p in drawing.places.values()) - 30, max(p.y for p in drawing.places.values()) + 40
    caption = [*notes, *source_lines(drawing.edges, sources)]
    words = max(map(len, [title, *caption])) * 6.4 + 2 * _MARGIN
    if right - left < words:
        spare = (words - (right - left)) / 2
        left, right = left - spare, right + spare
    legend, legend_height = _legend(drawing, colours, left + _MARGIN, bottom + 14, right - left - 2 * _MARGIN)
    head, foot = top - 44, bottom + 14 + legend_height
    height = foot + len(caption) * _LINE + 20 - head
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} {head:.0f} {right - left:.0f} {height:.0f}" '
        f'width="{right - left:.0f}" height="{height:.0f}" role="img" {_FONT} font-size="11">',
        f"<title>{_safe(title)}</title>",
        "<style>a:hover path.line,g.edge:hover path.line{stroke:#111;stroke-opacity:1}a{cursor:pointer}</style>",
        f'<rect x="{left:.0f}" y="{head:.0f}" width="{right - left:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        f'<text x="{left + _MARGIN:.0f}" y="{head + 28:.0f}" font-size="16" font-weight="bold" fill="#111">'
        f"{_safe(title)}</text>",
        *(_edge(drawing, edge, colours[edge.kind], bend, sources) for edge, bend in _bent(drawing.edges)),
        *(_node(drawing, id) for id in drawing.places),
        legend,
    ]
    for i, line in enumerate(caption):
        parts.append(f'<text x="{left + _MARGIN:.0f}" y="{foot + (i + 1) * _LINE:.0f}" fill="#444">{_safe(line)}</text>')
    return "\n".join([*parts, "</svg>"])


def source_lines(edges: Sequence[GraphEdge], sources: Mapping[str, SourceInfo]) -> list[str]:
    """Whose edges these are, with version and licence."""
    lines = []
    for id, number in sorted(Counter(edge.source_id for edge in edges).items()):
        info = sources.get(id)
        about = f"{info.title} {info.version}; {info.licence}" if info else id
        own = sorted({str(e.props[LICENCE]) for e in edges if e.source_id == id and e.props.get(LICENCE)})
        licences = f" (edges: {', '.join(own)})" if own else ""
        lines.append(f"{number} edge{'s' * (number != 1)} from {about}{licences}")
    return lines


def link_of(edge: GraphEdge, sources: Mapping[str, SourceInfo]) -> str:
    """Where a person can read it: its own address, its publication, else its source's page. Only ever a web address."""
    info = sources.get(edge.source_id)
    tried = (reference_url(edge.url), *map(reference_url, edge.references), reference_url(info.url) if info else "")
    return next(filter(None, tried), "")


def safe_text(text: str) -> str:
    """Escaped, and without the control characters that XML does not allow."""
    return escape("".join(char if char >= " " and char not in "\ufffe\uffff" else " " for char in text), quote=True)


_safe = safe_text


def short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


def node_colour(kind: str) -> str:
    return _NODE_COLOURS.get(kind) or _OTHER[sum(kind.encode()) % len(_OTHER)]


def _by_number(edges: Sequence[GraphEdge]) -> list[str]:
    return [kind for kind, _ in sorted(Counter(e.kind for e in edges).items(), key=lambda one: (-one[1], one[0]))]


def _box(place: Place, name: str) -> tuple[float, float]:
    """From left to right of a node with its label."""
    width = len(short(name)) * _LETTER + 12
    if place.label == "below":
        return place.x - width / 2, place.x + width / 2
    return (place.x - width, place.x + 8) if place.label == "left" else (place.x - 8, place.x + width)


def _node(drawing: Drawing, id: str) -> str:
    node, place = drawing.nodes[id], drawing.places[id]
    asked = id in drawing.focus
    radius = 9.0 if asked else 5.5
    dx, dy, anchor = {
        "below": (0.0, radius + 13, "middle"),
        "left": (-radius - 4, 4.0, "end"),
        "right": (radius + 4, 4.0, "start"),
    }[place.label]
    kind = NODE_KINDS.get(node.kind, node.kind)
    weight = ' font-weight="bold" font-size="12"' if asked else ""
    return (
        f"<g><title>{_safe(f'{node.name} ({node.id}), {kind}')}</title>"
        f'<circle cx="{place.x:.1f}" cy="{place.y:.1f}" r="{radius}" fill="{node_colour(node.kind)}" stroke="#fff" '
        f'stroke-width="1.5"/><text x="{place.x + dx:.1f}" y="{place.y + dy:.1f}" text-anchor="{anchor}"{weight} '
        f'fill="#111" stroke="#fff" stroke-width="3" stroke-opacity="0.85" paint-order="stroke">'
        f"{_safe(short(node.name))}</text></g>"
    )


def _bent(edges: Sequence[GraphEdge]) -> Iterator[tuple[GraphEdge, float]]:
    """Each edge with how far it bends aside: several kinds between two nodes lie beside each other."""
    seen: Counter[frozenset[str]] = Counter()
    for edge in edges:
        ends = frozenset((edge.start, edge.end))
        yield edge, (0.0, 16.0, -16.0, 32.0, -32.0)[seen[ends] % 5]
        seen[ends] += 1


def _edge(drawing: Drawing, edge: GraphEdge, colour: str, bend: float, sources: Mapping[str, SourceInfo]) -> str:
    number = drawing.parallel.get(edge.id, 1)
    left, right = sorted((edge.start, edge.end), key=lambda id: (drawing.places[id].x, id))
    curve = _curve(drawing, left, right, bend)
    width = 1.2 + min(2.8, math.log10(number))
    details = [edge.text]
    if number > 1:
        details.append(f"(one of {number:,} such edges)")
    info = sources.get(edge.source_id)
    details.append(f"{info.title} {info.version}" if info else edge.source_id)
    details += [", ".join(edge.references[:6])] * bool(edge.references)
    licence = edge.props.get(LICENCE) or (info.licence if info else "")
    details += [f"Licence: {licence}"] * bool(licence)
    lines = (
        f"<title>{_safe(' · '.join(details))}</title>"
        f'<path d="{curve}" fill="none" stroke="#000" stroke-opacity="0" stroke-width="9" pointer-events="stroke"/>'
        f'<path class="line" d="{curve}" fill="none" stroke="{colour}" stroke-opacity="0.8" stroke-width="{width:.1f}"/>'
    )
    link = link_of(edge, sources)
    if not link:
        return f'<g class="edge">{lines}</g>'
    return f'<a href="{_safe(link)}" target="_blank" rel="noopener noreferrer">{lines}</a>'


def _curve(drawing: Drawing, left: str, right: str, bend: float) -> str:
    """Leaves and arrives level; between nodes of one column it goes round to the side, and never through a label."""
    a, b = drawing.places[left], drawing.places[right]
    if b.x - a.x < 60:
        out = (60 + abs(a.y - b.y) / 5 + bend) * (-1 if a.x > 0 else 1)
        return f"M{a.x:.1f} {a.y:.1f}C{a.x + out:.1f} {a.y:.1f} {b.x + out:.1f} {b.y:.1f} {b.x:.1f} {b.y:.1f}"
    start = _box(a, drawing.nodes[left].name)[1] if a.label == "right" else a.x
    middle = (start + b.x) / 2
    y = a.y + bend, b.y + bend
    return f"M{start:.1f} {a.y:.1f}C{middle:.1f} {y[0]:.1f} {middle:.1f} {y[1]:.1f} {b.x:.1f} {b.y:.1f}"


def _legend(drawing: Drawing, colours: Mapping[str, str], x: float, y: float, room: float) -> tuple[str, float]:
    """Kinds of nodes, then kinds of edges, in lines that fit; and how high that is."""
    kinds = Counter(drawing.nodes[id].kind for id in drawing.places)
    entries = [
        (f'<circle cx="{{x:.0f}}" cy="{{y:.0f}}" r="5.5" fill="{node_colour(kind)}"/>', NODE_KINDS.get(kind, kind), number)
        for kind, number in sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
    ]
    edges = Counter(edge.kind for edge in drawing.edges)
    entries += [
        (f'<path d="M{{x:.0f}} {{y:.0f}}h14" stroke="{colour}" stroke-width="3"/>', edge_label(kind), edges[kind])
        for kind, colour in colours.items()
    ]
    parts = []
    at, line = x, y
    for mark, name, number in entries:
        text = f"{name} ({number})"
        width = len(text) * _LETTER + 40
        if at > x and at + width > x + room:
            at, line = x, line + _LINE
        shape = mark.format(x=at + (6 if "circle" in mark else 0), y=line)
        parts.append(f'{shape}<text x="{at + 20:.0f}" y="{line + 4:.0f}" fill="#333">{_safe(text)}</text>')
        at += width
    return "\n".join(parts), line - y + _LINE + 6
