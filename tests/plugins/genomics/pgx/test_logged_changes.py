"""A change that CPIC logged is an edge of a drug, and neither a line nor a pair of it."""

from __future__ import annotations

from bedside.core import GraphEdge
from bedside.core.testing.doubles import MemorySources
from bedside.core.types import SourceInfo
from bedside.plugins.genomics.pgx.guidance_line import line_of
from bedside.plugins.genomics.pgx.loaded import Loaded, gene_changes, logged
from bedside.plugins.genomics.pgx.recommend import recommend, unassessed_drugs


class _Logged:
    """Tables of a drug whose first edge is a change that CPIC logged; such an edge names no drug."""

    drugs = ("RXNORM:1", "RXNORM:2")
    _change = GraphEdge.of(kind="change", start="RXNORM:1", end="LOG", text="created", source_id="cpic-changes")
    _pair = GraphEdge.of(
        kind="pair",
        start="RXNORM:1",
        end="GENE:G6PD",
        text="chloroquine and G6PD",
        source_id="cpic",
        url="https://cpicpgx.org",
        props={"drug": "chloroquine", "gene": "G6PD", "cpic_level": "A", "cpic_status": "Final"},
    )

    def __init__(self):
        self.derived = {}

    def edges_of(self, drug):
        return [self._change, self._pair] if drug == "RXNORM:1" else [self._change]

    def lines_of(self, drug):
        return []


def test_a_drug_whose_first_edge_is_a_logged_change_has_its_name_and_one_with_nothing_else_is_not_listed():
    assert recommend({}, _Logged()) == []
    assert unassessed_drugs({}, _Logged()) == {"G6PD": ["chloroquine"]}


def _change(start: str, date: str, type_: str, *, lines: bool = True) -> GraphEdge:
    props = {"date": date, "type": type_, "lines": lines}
    return GraphEdge.of(kind="change", start=start, end="LOG", text=f"{date} {type_}", source_id="cpic-changes", props=props)


def _info(id_: str) -> SourceInfo:
    return SourceInfo(id=id_, title=id_, version="1", licence="CC0")


class _Services:
    def __init__(self, edges, *sources: str) -> None:
        self.graph = self
        self.sources = MemorySources([_info(id_) for id_ in sources])
        self._edges = edges

    def edges_of(self, ids, *, kinds, direction, sources):
        assert (tuple(kinds), direction, tuple(sources)) == (("change",), "out", ("cpic-changes",))
        return [e for e in self._edges if e.start in ids]


def test_a_gene_whose_alleles_changed_after_the_tables_is_reported_with_the_newest_date():
    edges = [
        _change("GENE:CYP2C19", "2026-02-05", "ALLELE_DEFINITION"),
        _change("GENE:CYP2C19", "2026-01-01", "GENE_CDS"),
        _change("GENE:CYP2D6", "2025-05-28", "ALLELE_DEFINITION"),
        _change("GENE:TPMT", "2026-02-05", "FREQUENCY"),
    ]
    services = _Services(edges, "cpic", "cpic-changes")
    genes = ["CYP2C19", "CYP2D6", "TPMT", "UGT1A1"]
    said = gene_changes(services, Loaded.of(services), genes, "2025-11-05")
    assert said == {
        "CYP2C19": "CPIC logged a change of CYP2C19's alleles on 2026-02-05, after the tables in use (2025-11-05)"
    }


def test_without_the_log_or_a_date_of_the_tables_no_change_is_claimed():
    edges = [_change("GENE:CYP2C19", "2026-02-05", "ALLELE_DEFINITION")]
    without, undated = _Services(edges, "cpic"), _Services(edges, "cpic", "cpic-changes")
    assert gene_changes(without, Loaded.of(without), ["CYP2C19"], "2025-11-05") == {}
    assert gene_changes(undated, Loaded.of(undated), ["CYP2C19"], "") == {}


def test_a_line_is_older_than_a_logged_change_of_its_drug_only_where_that_concerns_lines():
    edge = GraphEdge.of(
        kind="recommendation",
        start="RXNORM:1",
        end="GENE:CYP2D6",
        text="codeine: avoid.",
        source_id="pharmcat-guidance",
        props={
            "drug": "codeine",
            "publisher": "CPIC",
            "keys": [{"CYP2D6": "0.0"}],
            "recommendation": "avoid.",
            "date": "2024-03-25",
        },
    )
    line = line_of(edge)
    newer = _change("RXNORM:1", "2025-01-01", "RECOMMENDATION")
    assert logged(line, [newer, _change("RXNORM:1", "2024-01-01", "RECOMMENDATION")]) == "2025-01-01"
    assert logged(line, [_change("RXNORM:1", "2025-01-01", "PAIR", lines=False)]) == ""
    assert logged(line, [_change("RXNORM:2", "2025-01-01", "RECOMMENDATION")]) == ""
    dutch = line_of(edge.model_copy(update={"props": {**edge.props, "publisher": "DPWG"}}))
    assert logged(dutch, [newer]) == "", "it is CPIC's log"
