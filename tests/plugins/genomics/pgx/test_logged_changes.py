"""A change that CPIC logged is an edge of a drug, and neither a line nor a pair of it."""

from __future__ import annotations

from bedside.core import GraphEdge
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
