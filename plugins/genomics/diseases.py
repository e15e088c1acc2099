"""Diseases by phenotype overlap: how much of the patient's findings each disease is annotated with.

A shared finding counts its information content, -ln(share of diseases that have it or a more specific one)
(Resnik 1995, as used on HPO by Köhler et al. 2009, PMID:19800049). A finding annotated one step less specific counts
half. Findings that are excluded in the patient count against a disease. This is an overlap, not a probability.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bedside.core import GraphEdge, Services, TaskRequest, TaskResult
from bedside.core.claims import words
from bedside.core.types import Draft

from .cite import Citer

_MAX_TERMS = 4_000
_SHOWN = 5


@dataclass
class _Candidate:
    """A disease with its best edge per finding. `frequency` sums cautious frequencies; it decides between equal scores."""

    score: float = 0.0
    frequency: float = 0.0
    matched: dict[str, GraphEdge] = field(default_factory=dict)


def run(request: TaskRequest, services: Services) -> TaskResult:
    names_asked = {m.id: m.name for m in request.facts.of("phenotype")}
    observed = list(names_asked)
    excluded = [m.id for m in request.facts.of("phenotype", negated=True)]
    info = services.sources.get("hpo-annotations")
    if info is None:
        return TaskResult.failed("the HPO disease annotations are not loaded; type: bedside knowledge load")
    searched = (f"HPO disease annotations ({info.version}, {info.counts.get('diseases', 0):,} diseases)",)
    if len(observed) < 2:
        return TaskResult.none(*searched, notes=("one finding does not tell diseases apart; give two or more",))

    candidates = _score(names_asked, excluded, info.counts.get("diseases", 0), services)
    need = 2 if len(observed) < 5 else 3
    best = sorted(
        (item for item in candidates.items() if len(item[1].matched) >= need and item[1].score > 0),
        key=lambda item: (-round(item[1].score, 6), -round(item[1].frequency, 6), item[0]),
    )[:_SHOWN]
    if not best:
        return TaskResult.none(*searched, notes=(f"no disease is annotated with {need} of these findings",))

    cite = Citer(services)
    names = {
        n.id: n.name
        for n in services.graph.nodes([d for d, _ in best] + [e.end for _, c in best for e in c.matched.values()])
    }
    evidence, drafts = [], []
    for disease, candidate in best:
        cited = [cite.edge(e, kind="annotation", strength=_strength(e)) for e in candidate.matched.values()]
        evidence += cited
        findings = ", ".join(f"{names[e.end]} ({e.end})" for e in candidate.matched.values())
        drafts.append(
            Draft(text=f"{names[disease]} ({disease}) has the finding {findings}.", evidence=tuple(e.id for e in cited))
        )
    notes = [f"{d}: {len(c.matched)} of {len(observed)} findings" for d, c in best]
    return TaskResult.found(
        evidence,
        drafts=tuple(drafts),
        searched=searched,
        notes=("ranked by overlap of findings, not by probability (" + "; ".join(notes) + ")",),
    )


def _score(observed: dict[str, str], excluded: list[str], diseases: int, services: Services) -> dict[str, _Candidate]:
    graph = services.graph
    below = {t: _descendants(t, services) for t in (*observed, *excluded)}
    parents: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges_of(list(observed), kinds=("is_a",), direction="out"):
        parents[edge.start].add(edge.end)
    terms = {t for group in (*below.values(), *parents.values()) for t in group}
    by_term: dict[str, list[GraphEdge]] = defaultdict(list)
    for edge in graph.edges_of(sorted(terms), kinds=("has_phenotype",), direction="in"):
        if _frequency(edge) != 0.0:  # "0/12" states that nobody had it
            by_term[edge.end].append(edge)

    candidates: dict[str, _Candidate] = defaultdict(_Candidate)
    for term, name in observed.items():
        near = _best_edges(((depth, e) for t, depth in below[term].items() for e in by_term[t]), name)
        worth = _content(len(near), diseases)
        for disease, edge in near.items():
            _credit(candidates[disease], term, edge, worth)
        wider = _best_edges(((0, e) for t in parents[term] for e in by_term[t]), name)
        for disease, edge in wider.items():
            if disease not in near:
                _credit(candidates[disease], term, edge, worth / 2)
    for term in dict.fromkeys(excluded):
        against = _best_edges((depth, e) for t, depth in below[term].items() for e in by_term[t])
        worth = _content(len(against), diseases)
        for disease, edge in against.items():
            candidates[disease].score -= worth * (_frequency(edge) or 0.5)
    return candidates


def _credit(candidate: _Candidate, term: str, edge: GraphEdge, worth: float) -> None:
    candidate.matched[term] = edge
    candidate.score += worth
    candidate.frequency += cautious_frequency(edge)


def _descendants(term: str, services: Services) -> dict[str, int]:
    """The term (0) and everything below it with its depth, level by level, up to a bound for very general terms."""
    seen = {term: 0}
    level = [term]
    while level and len(seen) < _MAX_TERMS:
        below = services.graph.edges_of(level, kinds=("is_a",), direction="in")
        depth = seen[level[0]] + 1
        level = sorted({e.start for e in below} - set(seen))
        seen.update((t, depth) for t in level)
    return seen


def _best_edges(edges: Iterable[tuple[int, GraphEdge]], name: str = "") -> dict[str, GraphEdge]:
    """Per disease the edge nearest to the finding (by depth, then by `name`), then the best documented: frequency, published
    study, id."""
    asked = words(name)
    best: dict[str, tuple[tuple[int, int, float, bool, str], GraphEdge]] = {}
    for depth, edge in edges:
        documented = (cautious_frequency(edge), edge.props.get("evidence") == "PCS", edge.id)
        merit = (-depth, len(asked & words(edge.text)), *documented)
        if edge.start not in best or merit > best[edge.start][0]:
            best[edge.start] = (merit, edge)
    return {disease: edge for disease, (_, edge) in best.items()}


def _content(having: int, diseases: int) -> float:
    return math.log(max(diseases, having, 2) / having) if having else 0.0


# midpoints of the HPO frequency classes (https://hpo.jax.org/browse/term/HP:0040279)
_CLASSES = {
    "HP:0040280": 1.0,
    "HP:0040281": 0.895,
    "HP:0040282": 0.545,
    "HP:0040283": 0.17,
    "HP:0040284": 0.025,
    "HP:0040285": 0.0,
}


def _frequency(edge: GraphEdge) -> float | None:
    """Share of patients with the finding, in [0, 1]; None where the annotation has none."""
    text = str(edge.props.get("frequency") or "")
    if text in _CLASSES:
        return _CLASSES[text]
    try:
        if "/" in text:
            part, whole = text.split("/")
            return float(part) / float(whole) if float(whole) else None
        if text.endswith("%"):
            return float(text[:-1]) / 100
    except ValueError:
        return None
    return None


def cautious_frequency(edge: GraphEdge) -> float:
    """The lower bound of Wilson's 95 % interval for counts (Wilson 1927): one patient of one is no certainty.

    The class's midpoint for frequency classes, 0 where there is no frequency.
    """
    text = str(edge.props.get("frequency") or "")
    share = _frequency(edge)
    if share is None:
        return 0.0
    if "/" not in text:
        return share
    n, z = float(text.split("/")[1]), 1.96
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (share + z * z / (2 * n) - spread) / (1 + z * z / n))


def _strength(edge: GraphEdge) -> str:
    words = {
        "PCS": "published clinical study",
        "TAS": "traceable author statement",
        "IEA": "inferred from electronic annotation",
    }
    code = str(edge.props.get("evidence") or "")
    return f"{code}: {words[code]}" if code in words else code
