"""Verify: every quote is read again from its store by its offsets, every sentence checked against its quotes.

What fails is dropped and told. A store that cannot be read is a failure to verify, never a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import BedsideError
from ..evidence import support
from ..protocols import Services
from ..types import CaseFile, Draft, Evidence, Facts, GraphEdge, GraphPath, Passage, TextSpan, VcfRecords
from .vcf_lines import VcfLines


@dataclass
class Verified:
    """`kept` evidence by id; `dropped` evidence ids with the reason; `unreachable` stores with the reason.

    `retracted` are those of the kept whose publication was withdrawn, as the store says, not the specialist: they may stand
    beside other support of a sentence, never alone.
    """

    kept: dict[str, Evidence] = field(default_factory=dict)
    retracted: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    unreachable: dict[str, str] = field(default_factory=dict)


def verify_evidence(
    evidence: Iterable[Evidence], facts: Facts, services: Services, files: Sequence[CaseFile] = ()
) -> Verified:
    """Re-read each quote, from the stores and from the `files` of the case. One read of each, however many quotes."""
    items = list({e.id: e for e in evidence}.values())
    out = Verified()
    passages: dict[str, Passage] = {}
    edges: dict[str, GraphEdge] = {}
    passage_ids = [e.locator.passage_id for e in items if isinstance(e.locator, TextSpan)]
    edge_ids = [edge.edge_id for e in items if isinstance(e.locator, GraphPath) for edge in e.locator.edges]
    if passage_ids:
        try:
            passages = {p.id: p for p in services.vectors.get(passage_ids)}
        except BedsideError as error:
            out.unreachable["passages"] = str(error)
    if edge_ids:
        try:
            edges = {e.id: e for e in services.graph.edges(list(dict.fromkeys(edge_ids)))}
        except BedsideError as error:
            out.unreachable["graph"] = str(error)
    records = VcfLines.read([e.locator for e in items if isinstance(e.locator, VcfRecords)], files)
    for item in items:
        reason = _problem(item, passages, edges, records, out.unreachable) or _off_subject(item, facts, services)
        if reason:
            out.dropped[item.id] = reason
        else:
            out.kept[item.id] = item
            if notice := _retraction(item, passages, edges):
                out.retracted[item.id] = notice
    return out


def _retraction(item: Evidence, passages: dict[str, Passage], edges: dict[str, GraphEdge]) -> str:
    """What the store says of a withdrawn publication; empty when it says nothing. Of a path, one such edge is enough."""
    where = item.locator
    said: list[Mapping[str, object]] = []
    if isinstance(where, TextSpan):
        said = [passages[where.passage_id].fields]
    elif isinstance(where, GraphPath):
        said = [edges[step.edge_id].props for step in where.edges]
    return next((str(one.get("notice") or "retracted") for one in said if one.get("retracted")), "")


def _problem(
    item: Evidence,
    passages: dict[str, Passage],
    edges: dict[str, GraphEdge],
    records: VcfLines,
    unreachable: dict[str, str],
) -> str:
    if not item.id_is_valid:
        return "its id is not the hash of its source, locator and quote"
    where = item.locator
    if isinstance(where, TextSpan):
        if "passages" in unreachable:
            return "its passage could not be read again"
        passage = passages.get(where.passage_id)
        if passage is None:
            return f"its passage {where.passage_id} is not in the store"
        if passage.text[where.start : where.end] != item.quote:
            return "its quote is not verbatim at the offsets it names"
        if passage.source_id != item.source.id:
            return f"its passage is from {passage.source_id}, not from {item.source.id}"
        return ""
    if isinstance(where, GraphPath):
        if "graph" in unreachable:
            return "its graph edges could not be read again"
        return _path_problem(item, where, edges)
    if isinstance(where, VcfRecords):
        return records.problem(where, item.quote)
    return f"nothing here can read a {where.kind} locator again"


def _path_problem(item: Evidence, path: GraphPath, edges: dict[str, GraphEdge]) -> str:
    pieces = []
    for step in path.edges:
        edge = edges.get(step.edge_id)
        if edge is None:
            return f"its edge {step.edge_id} is not in the graph"
        if edge.source_id != step.source_id:
            return f"its edge is from {edge.source_id}, not from {step.source_id}"
        if edge.start not in path.nodes or edge.end not in path.nodes:
            return "its path does not go through the ends of its edge"
        if not set(step.references) <= set(edge.references):
            return "it names a reference that its edge does not have"
        pieces.append(edge.text[step.start : step.end])
    if " ".join(pieces) != item.quote:
        return "its quote is not verbatim at the offsets it names"
    if len(path.edges) == 1 and path.edges[0].source_id != item.source.id:
        return "its source is not the source of its edge"
    return ""


def _off_subject(item: Evidence, facts: Facts, services: Services) -> str:
    """A guideline line for another drug or another phenotype of the same gene is worse than none."""
    asked_drugs = {m.id for m in facts.of("drug")}
    # a diplotype may mean another phenotype than the text says: then the task that translated it must be heard
    translated = {m.gene for m in facts.of("diplotype")}
    asked_pgx: dict[str, set[str]] = {}
    for m in facts.of("pgx_phenotype"):
        if m.gene and m.gene not in translated:
            asked_pgx.setdefault(m.gene, set()).add(m.name)
    if item.kind in ("function", "pair") or not (asked_pgx or (asked_drugs and item.kind == "guideline")):
        return ""
    try:
        said = services.terms.find(item.quote, origin="quote")
    except BedsideError:
        return "whom it speaks of could not be checked"
    if item.kind == "guideline" and asked_drugs and not asked_drugs & {m.id for m in said.mentions if m.kind == "drug"}:
        return "it is about another drug than the question"
    for gene, asked in asked_pgx.items():
        named = {m.name for m in said.mentions if m.kind == "pgx_phenotype" and m.gene == gene}
        if named and not named & asked:
            return f"it is about another {gene} phenotype than the question"
    return ""


def verify_draft(draft: Draft, kept: dict[str, Evidence]) -> str:
    """Why the draft may not be shown, or the empty string."""
    gone = [i for i in draft.evidence if i not in kept]
    if gone:
        return f"{len(gone)} of its quotes did not pass"
    quotes = " ".join(kept[i].quote for i in draft.evidence)
    return support.unsupported(draft.text, quotes)


def conflicts(evidence: Sequence[Evidence], services: Services) -> list[tuple[Evidence, Evidence]]:
    """Pairs that advise for and against the same drug, or state and deny the same edge: both are shown, and it is told."""
    directed = [e for e in evidence if support.direction(e.quote) != "none"]
    drugs: dict[str, set[str]] = {}
    if len(directed) > 1:
        try:
            for e in directed:
                found = services.terms.find(e.quote, origin="quote").mentions
                drugs[e.id] = {m.id for m in found if m.kind == "drug"}
        except BedsideError:
            drugs = {}  # told already, where the names of the question could not be looked up
    return [(a, b) for i, a in enumerate(evidence) for b in evidence[i + 1 :] if _opposite(a, b, drugs)]


def _opposite(a: Evidence, b: Evidence, drugs: dict[str, set[str]]) -> bool:
    x, y = support.direction(a.quote), support.direction(b.quote)
    if drugs.get(a.id, set()) & drugs.get(b.id, set()) and a.source.id != b.source.id and "avoid" in (x, y) and x != y:
        return True
    here, there = a.locator, b.locator
    if not (isinstance(here, GraphPath) and isinstance(there, GraphPath) and set(here.nodes) == set(there.nodes)):
        return False
    return bool(support.negations(a.quote)) != bool(support.negations(b.quote)) or {x, y} == {"avoid", "use"}
