"""Which sources of guidance are loaded, as of when, and what CPIC logged since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .guidance_line import CURRENT, LINES, PACKAGED, GuidanceLine
from .warfarin import FLOW_CHART

if TYPE_CHECKING:
    from bedside.core import GraphEdge, Services
    from bedside.core.types import SourceInfo

CHANGES = "cpic-changes"
PULL = "bedside knowledge pull pharmcat-guidance && bedside knowledge load pharmcat-guidance"
DRUG_EDGES = (*LINES, "pair", "change", FLOW_CHART)
_OF_ALLELES = frozenset({"ALLELE_DEFINITION", "ALLELE_FUNCTION_REFERENCE", "GENE_CDS"})
"""Types of the change log's entries that a diplotype or its phenotype may rest on."""
_GUIDELINES = "https://www.clinpgx.org/guidelineAnnotations"


@dataclass(frozen=True)
class Loaded:
    """The catalogue's entries of what is loaded; None for what is not."""

    packaged: SourceInfo | None
    current: SourceInfo | None
    changes: SourceInfo | None

    @classmethod
    def of(cls, services: Services) -> Loaded:
        return cls(*(services.sources.get(id_) for id_ in (PACKAGED, CURRENT, CHANGES)))

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(info.id for info in (self.packaged, self.current, self.changes) if info)

    @property
    def searched(self) -> tuple[str, ...]:
        """What was looked up, in words."""
        out = [f"CPIC recommendations and gene-drug pairs ({self.packaged.version if self.packaged else 'not loaded'})"]
        if self.current:
            out.append(f"prescribing guidance of CPIC, DPWG and the FDA ({self.current.version})")
        else:
            out.append("DPWG and FDA: not searched (pharmcat-guidance is not loaded)")
        return tuple(out)

    def nothing(self, about: str) -> str:
        """There is no line in what is loaded; there may be one by now, and nothing says that there is none."""
        if self.current:
            return (
                f"what is loaded (CPIC, DPWG and FDA, {self.current.version}) holds no line {about}; "
                f"there may be one by now: {_GUIDELINES}"
            )
        version = self.packaged.version if self.packaged else "none"
        return (
            f"the loaded CPIC table ({version}) holds no line {about}; CPIC may have one by now, and DPWG and FDA were not "
            f"searched: {PULL}"
        )

    def edges(self, services: Services, drug_ids: Sequence[str]) -> list[GraphEdge]:
        """Lines, pairs and logged changes of drugs."""
        if not drug_ids:
            return []
        return services.graph.edges_of(drug_ids, kinds=DRUG_EDGES, direction="out", sources=self.sources)


def gene_changes(services: Services, loaded: Loaded, genes: Iterable[str], since: str) -> dict[str, str]:
    """Gene → that CPIC logged a change of its alleles later than the tables of `since` (ISO 8601), in words."""
    ids = [f"GENE:{gene}" for gene in sorted(set(genes))]
    if not ids or not loaded.changes or not since:
        return {}
    newest: dict[str, str] = {}
    for edge in services.graph.edges_of(ids, kinds=("change",), direction="out", sources=(CHANGES,)):
        date = str(edge.props.get("date") or "")
        if edge.props.get("type") in _OF_ALLELES and date > since:
            newest[edge.start] = max(date, newest.get(edge.start, ""))
    genes_ = {id_.removeprefix("GENE:"): date for id_, date in sorted(newest.items())}
    return {
        gene: f"CPIC logged a change of {gene}'s alleles on {date}, after the tables in use ({since})"
        for gene, date in genes_.items()
    }


def logged(line: GuidanceLine, edges: Sequence[GraphEdge]) -> str:
    """The date of CPIC's newest logged change of the line's drug that is later than the line's data; "" for none."""
    if line.publisher != "CPIC":
        return ""
    changes = [e for e in edges if e.kind == "change" and e.start == line.edge.start and e.props.get("lines")]
    dates = [str(e.props.get("date") or "") for e in changes]
    newest = max([*dates, line.logged], default="")
    return newest if newest > line.date else ""
