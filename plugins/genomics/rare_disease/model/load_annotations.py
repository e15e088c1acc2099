"""Reads ontology and annotations from the loaded knowledge graph, through the services that every plugin has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bedside.core.errors import SourceError, StoreError

from .annotations import Annotations, frequency
from .ontology import ROOT, Ontology, build

if TYPE_CHECKING:
    from bedside.core import GraphEdge, Services

Progress = Callable[[str, int, int | None], None]
"""(stage, done, total)"""
ANNOTATIONS, GENES, ONTOLOGY = "hpo-annotations", "hpo-genes", "hpo"
Loaded = tuple[tuple[str, str, str], ...]
_BATCH = 1_000


def knowledge(services: Services) -> Loaded:
    """(source id, version, when it was loaded) of what ranking rests on.

    Raises `SourceError` when the ontology or the annotations are not loaded; the genes are of use, but not needed.
    """
    infos = [services.sources.get(id_) for id_ in (ONTOLOGY, ANNOTATIONS, GENES)]
    if infos[0] is None or infos[1] is None:
        raise SourceError(
            "ranking diseases needs the Human Phenotype Ontology and its annotations, which are not loaded",
            hint="bedside knowledge load",
        )
    return tuple((info.id, info.version, str(info.loaded_at)) for info in infos if info)


def terms(services: Services, progress: Progress) -> tuple[Ontology, dict[str, tuple[str, ...]]]:
    """The ontology below `ROOT`, and each term's other names."""
    parents: dict[str, list[str]] = {ROOT: []}
    level = [ROOT]
    while level:
        edges = services.graph.edges_of(level, kinds=("is_a",), direction="in", sources=(ONTOLOGY,))
        fresh = dict.fromkeys(e.start for e in edges if e.start not in parents)
        for edge in edges:
            parents.setdefault(edge.start, []).append(edge.end)
        level = list(fresh)
        progress("ontology", len(parents), None)
    if len(parents) == 1:
        raise StoreError("the Human Phenotype Ontology is not loaded", hint="bedside knowledge load hpo")
    names: dict[str, str] = {}
    other: dict[str, str] = {}
    synonyms: dict[str, tuple[str, ...]] = {}
    for batch in _batches(list(parents)):
        for term in services.terms.lookup(batch):
            names[term.id] = term.name
            synonyms[term.id] = term.synonyms
            other.update((old, term.id) for old in term.related if old.startswith("HP:") and old not in parents)
    return build(parents, names, other), synonyms


def annotated(services: Services, known: Ontology, progress: Progress) -> Annotations:
    """Every line of the annotation file about a finding, sorted by disease, with genes, inheritance and onset."""
    import numpy as np

    total = (services.sources.get(ANNOTATIONS) or _absent()).counts.get("edges")
    lines: dict[str, list[tuple[int, GraphEdge]]] = defaultdict(list)
    read = 0
    for edges in _edges_in(services, known.ids, ("has_phenotype", "lacks_phenotype")):
        for edge in edges:
            lines[edge.start].append((known.number[edge.end], edge))
        read += len(edges)
        progress("annotations", read, total)
    if not lines:
        raise StoreError("the disease annotations are not loaded", hint="bedside knowledge load hpo-annotations")
    names = {n.id: n.name for batch in _batches(sorted(lines)) for n in services.graph.nodes(batch)}
    about = _about(services, sorted(lines))
    diseases = tuple(sorted(lines))
    flat = [pair for d in diseases for pair in sorted(lines[d], key=lambda pair: (pair[0], pair[1].id))]
    numbers = [frequency(str(e.props.get("frequency") or "")) for _, e in flat]
    references = tuple(sorted({r for _, e in flat for r in e.references}))
    at = {r: i for i, r in enumerate(references)}
    return Annotations(
        diseases=diseases,
        disease_names=tuple(names.get(d, d) for d in diseases),
        at=np.concatenate([[0], np.cumsum([len(lines[d]) for d in diseases])]).astype(np.int64),
        term=np.array([t for t, _ in flat], dtype=np.int32),
        have=np.array([n[0] for n in numbers], dtype=np.float32),
        seen=np.array([n[1] for n in numbers], dtype=np.float32),
        share=np.array([n[2] for n in numbers], dtype=np.float32),
        negated=np.array([e.kind == "lacks_phenotype" for _, e in flat], dtype=bool),
        reference_at=np.concatenate([[0], np.cumsum([len(e.references) for _, e in flat])]).astype(np.int64),
        reference=np.array([at[r] for _, e in flat for r in e.references], dtype=np.int32),
        references=references,
        edge=tuple(e.id for _, e in flat),
        genes=tuple(tuple(sorted(about["associated_gene"].get(d, ()))) for d in diseases),
        inheritance=tuple(tuple(sorted(about["inheritance"].get(d, ()))) for d in diseases),
        onset=tuple(tuple(sorted(about["clinical_course"].get(d, ()))) for d in diseases),
    )


def _about(services: Services, diseases: Sequence[str]) -> dict[str, dict[str, set[str]]]:
    """{kind of edge: {disease: what it leads to}}."""
    out: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for batch in _batches(diseases):
        kinds = ("associated_gene", "inheritance", "clinical_course")
        for edge in services.graph.edges_of(batch, kinds=kinds, direction="out", sources=(ANNOTATIONS, GENES)):
            out[edge.kind][edge.start].add(edge.end.removeprefix("GENE:"))
    return out


def _edges_in(services: Services, terms: Sequence[str], kinds: Sequence[str]) -> Iterator[list[GraphEdge]]:
    for batch in _batches(terms):
        yield services.graph.edges_of(batch, kinds=kinds, direction="in", sources=(ANNOTATIONS,))


def _batches(items: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _BATCH):
        yield list(items[start : start + _BATCH])


def _absent() -> Any:
    raise StoreError("the disease annotations are not loaded", hint="bedside knowledge load hpo-annotations")
