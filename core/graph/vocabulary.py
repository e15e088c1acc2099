"""The kinds of nodes and edges of the knowledge graph, and what an edge must say of itself.

A store refuses what is not listed here, so that a slip of the pen ("Phenotpye") does not become a kind of its own that no
query finds. A plugin's own kinds need no entry: `plugin:kind` ("imaging:Region") is always taken, between any nodes.

Kinds follow the sources: HPO and its annotations, CPIC and PharmCAT, ClinVar, Hetionet (Himmelstein et al. 2017,
doi:10.7554/eLife.26726, figure 1) and PharmacotherapyDB.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from ..errors import StoreError
from ..types.knowledge import GraphEdge, GraphNode

NODE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "Drug": "drug",
        "Gene": "gene",
        "Variant": "genetic variant",
        "Allele": "star allele",
        "GenePhenotype": "phenotype of a gene",
        "Phenotype": "clinical finding",
        "Disease": "disease",
        "Icd10Code": "ICD-10-CM code",
        "Guideline": "guideline",
        "Publication": "publication",
        "Symptom": "symptom",
        "SideEffect": "side effect",
        "Anatomy": "anatomical structure",
        "Pathway": "pathway",
        "BiologicalProcess": "biological process",
        "CellularComponent": "cellular component",
        "MolecularFunction": "molecular function",
        "PharmacologicClass": "pharmacologic class",
    }
)
"""Kind of node → what a reader calls it."""

ANY = "*"
SAME = "="
"""As an end: any kind, and the kind of the other end."""


@dataclass(frozen=True, slots=True)
class EdgeKind:
    """`label` reads between the names of its nodes ("codeine *has a guideline line for* CYP2D6 Poor Metabolizer"); `ends`
    are the allowed kinds of start and end."""

    label: str
    ends: tuple[tuple[str, str], ...]


def _kind(label: str, *ends: str) -> EdgeKind:
    return EdgeKind(label, tuple((start, end) for start, _, end in (pair.partition(">") for pair in ends)))


_FINDING = ("Disease>Phenotype", "Disease>Symptom")

EDGE_KINDS: Mapping[str, EdgeKind] = MappingProxyType(
    {
        # terminologies
        "is_a": _kind("is a", "*>=", "Disease>Phenotype", "Phenotype>Disease", "Disease>Icd10Code"),
        "part_of": _kind("is part of", "*>="),
        "same_as": _kind("is the same as", "*>=", "Disease>Icd10Code", "Disease>Phenotype", "Phenotype>Disease"),
        "replaced_by": _kind("is replaced by", "*>="),
        "cites": _kind("cites", "*>Publication", "*>Guideline"),
        "about": _kind("is about", "Publication>*", "Guideline>*"),
        # findings and diseases
        "has_phenotype": _kind("has the finding", *_FINDING),
        "lacks_phenotype": _kind("does not have the finding", *_FINDING),
        "presents": _kind("presents with", *_FINDING),
        "inheritance": _kind("is inherited as", "Disease>Phenotype"),
        "clinical_course": _kind("takes the course", "Disease>Phenotype"),
        "modifier": _kind("is modified by", "Disease>Phenotype"),
        "past_history": _kind("has in its history", "Disease>Phenotype"),
        "no_past_history": _kind("does not have in its history", "Disease>Phenotype"),
        "localizes": _kind("is found in", "Disease>Anatomy"),
        "resembles": _kind("resembles", "*>="),
        # genes and variants
        "associated_gene": _kind("is associated with the gene", "Disease>Gene", "Phenotype>Gene"),
        "associates": _kind("is associated with", "Disease>Gene", "Disease>Variant", "Phenotype>Gene"),
        "in_gene": _kind("lies in the gene", "Variant>Gene", "Allele>Gene"),
        "defined_by": _kind("is defined by", "Allele>Variant"),
        "significance": _kind("has a clinical significance for", "Variant>Disease", "Variant>Phenotype", "Variant>Drug"),
        "allele_function": _kind("has the allele", "Gene>Allele"),
        "diplotype_phenotype": _kind("has a diplotype with the phenotype", "Gene>GenePhenotype"),
        "activity_range": _kind("has an activity score for", "Gene>GenePhenotype"),
        "interacts": _kind("interacts with", "Gene>Gene", "Drug>Drug"),
        "regulates": _kind("regulates", "Gene>Gene"),
        "covaries": _kind("covaries with", "Gene>Gene"),
        "participates": _kind(
            "takes part in", "Gene>Pathway", "Gene>BiologicalProcess", "Gene>CellularComponent", "Gene>MolecularFunction"
        ),
        "expresses": _kind("expresses", "Anatomy>Gene"),
        "upregulates": _kind("raises the activity of", "Drug>Gene", "Disease>Gene", "Anatomy>Gene"),
        "downregulates": _kind("lowers the activity of", "Drug>Gene", "Disease>Gene", "Anatomy>Gene"),
        # drugs
        "binds": _kind("binds", "Drug>Gene"),
        "treats": _kind("treats", "Drug>Disease", "Drug>Phenotype"),
        "palliates": _kind("eases the symptoms of", "Drug>Disease", "Drug>Phenotype"),
        "not_indicated": _kind("is not indicated for", "Drug>Disease", "Drug>Phenotype"),
        "contraindicated": _kind("is contraindicated in", "Drug>Disease", "Drug>Phenotype", "Drug>GenePhenotype"),
        "causes": _kind("can cause", "Drug>SideEffect", "Drug>Phenotype"),
        "includes": _kind("includes", "PharmacologicClass>Drug"),
        "pair": _kind("has a gene-drug pair with", "Drug>Gene"),
        "recommendation": _kind(
            "has a guideline line for", "Drug>GenePhenotype", "Drug>Gene", "Drug>Disease", "Guideline>Drug"
        ),
        "change": _kind("has a logged change in", "Drug>Guideline", "Gene>Guideline"),
        "flow_chart": _kind("has a flow chart of dosing by", "Drug>Gene"),
        "no_recommendation": _kind("has no guideline line for", "Drug>GenePhenotype", "Drug>Gene"),
    }
)

FLOW_CHART = "flow_chart"
"""The kind of an edge that is one box of a guideline's flow chart."""

LICENCE = "licence"
TITLE = "title"
VERSION = "version"
DATE = "date"
CONFIDENCE = "confidence"
RESULTS = "results"
"""Keys of an edge's `props` that mean the same whatever the source: its own licence, title, version and date where rows of
one source differ (non-empty strings), how sure the source is (a number from 0 to 1), and the genetic results that a line is
for (gene → list of phenotypes). Source and PMIDs are fields of every edge."""

_OWN = re.compile(r"[A-Za-z][\w-]*:\S(?:.*\S)?")


def is_own_kind(kind: str) -> bool:
    """Whether `kind` is a plugin's own (`plugin:kind`)."""
    return _OWN.fullmatch(kind) is not None


def edge_label(kind: str) -> str:
    """What stands between the names of an edge's nodes for a reader."""
    known = EDGE_KINDS.get(kind)
    return known.label if known else kind.partition(":")[2].replace("_", " ") or kind


def check_node(node: GraphNode) -> None:
    """Raises `StoreError` for a kind that is neither listed nor a plugin's own."""
    if node.kind not in NODE_KINDS and not is_own_kind(node.kind):
        raise _unknown("node", node.id, node.kind, NODE_KINDS)


def check_edge(edge: GraphEdge) -> None:
    """Raises `StoreError` for an unknown kind, and for a licence or a confidence that is none."""
    if edge.kind not in EDGE_KINDS and not is_own_kind(edge.kind):
        raise _unknown("edge", edge.id, edge.kind, EDGE_KINDS)
    if not edge.props:
        return
    licence = edge.props.get(LICENCE, "unsaid")
    if not isinstance(licence, str) or not licence.strip():
        raise StoreError(f"edge {edge.id} has a licence that is no text", hint="leave it out where there is none")
    sure = edge.props.get(CONFIDENCE, 1.0)
    if isinstance(sure, bool) or not isinstance(sure, (int, float)) or not 0 <= sure <= 1:
        raise StoreError(f"edge {edge.id} has a confidence that is no number from 0 to 1")


def check_ends(edge_id: str, kind: str, start_kind: str, end_kind: str) -> None:
    """Raises `StoreError` when an edge of this kind can't lead from a node of the one kind to one of the other."""
    known = EDGE_KINDS.get(kind)
    if known is None or is_own_kind(start_kind) or is_own_kind(end_kind):
        return
    for start, end in known.ends:
        if start in (ANY, start_kind) and (start_kind if end == SAME else end) in (ANY, end_kind):
            return
    allowed = ", ".join(f"{start} → {'the same' if end == SAME else end}" for start, end in known.ends)
    raise StoreError(
        f"edge {edge_id} of the kind {kind!r} leads from {start_kind or 'nothing'} to {end_kind or 'nothing'}",
        hint=f"it may lead from {allowed}".replace(ANY, "any"),
    )


def _unknown(what: str, id: str, kind: str, known: Mapping[str, object]) -> StoreError:
    folded = {name.casefold().replace("_", ""): name for name in known}
    near = get_close_matches(re.sub(r"[\s_-]", "", kind.casefold()), folded, n=1, cutoff=0.6)
    meant = f"did you mean {folded[near[0]]!r}? " if near else ""
    return StoreError(
        f"{what} {id} is of the unknown kind {kind!r}", hint=f"{meant}a plugin's own kinds are written plugin:kind"
    )
