"""Degree weighting, likeness and paths, with values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bedside.plugins.drug_targets.repurposing.evidence import build_evidence
from bedside.plugins.drug_targets.repurposing.structures import pieces
from bedside.plugins.drug_targets.repurposing.weighting import damped, profiles
from scipy import sparse


@pytest.fixture(scope="module")
def evidence(network):
    return build_evidence(network)


def rows(network, *diseases):
    return np.array([network.nodes["disease"].index[d] for d in diseases])


def test_an_edge_is_damped_by_both_degrees():
    matrix = sparse.csr_array(np.array([[1.0, 1, 0], [0, 1, 0]]))
    assert damped(matrix).toarray() == pytest.approx(np.array([[2**-0.5, 0.5, 0], [0, 2**-0.5, 0]]))


def test_a_path_over_a_hub_counts_for_less():
    hub, rare = np.ones((4, 1)), np.array([[1.0], [1], [0], [0]])
    over = [damped(sparse.csr_array(m)) for m in (hub, rare)]
    assert (over[0] @ over[0].T).toarray()[0, 1] == pytest.approx(1 / 4)
    assert (over[1] @ over[1].T).toarray()[0, 1] == pytest.approx(1 / 2)


def test_profiles_weigh_what_is_rare():
    found = profiles(sparse.csr_array(np.array([[1.0, 1], [1, 0], [0, 0]]))).toarray()
    common, rare = math.log(4 / 3), math.log(4 / 2)
    assert found[0] == pytest.approx(np.array([common, rare]) / math.hypot(common, rare))
    assert found[1].tolist() == [1, 0] and found[2].tolist() == [0, 0]


def test_a_path_count_by_hand(network, evidence):
    # gene 1 is associated with three diseases and bound by two drugs; disease 2 has one gene, drug 1 binds one.
    count = evidence.path_counts(rows(network, "DOID:2"))["binds-gene-associates"][0]
    assert count[:4] == pytest.approx([3**-0.5 * 2**-0.5, 3**-0.5 * 2**-0.5, 0, 0])


def test_only_single_targets_that_carry_the_action_are_mechanisms(network, evidence):
    mechanisms = np.expm1(evidence.degrees[1])
    assert mechanisms == pytest.approx([1, 0, 0, 0, 0, 0, 0, 0])  # not the complex of 43 genes, not moa = 0


def test_co_occurrence_counts_both_ways_and_only_beyond_chance(network, evidence):
    one, two, three = rows(network, "DOID:1", "DOID:2", "DOID:3")
    matrix = evidence.enrichment.toarray()
    assert matrix[one, two] == matrix[two, one] == pytest.approx(0.5)  # log 10 / log 100
    assert matrix[one, three] == 0


def test_a_disease_is_not_like_itself(network, evidence):
    some = rows(network, "DOID:1", "DOID:2", "DOID:3")
    for name, like in evidence.likeness(some, some).items():
        assert not like.diagonal().any(), name
        assert like == pytest.approx(like.T), name
    assert evidence.likeness(some[:1], some)["symptoms"][0].tolist() == pytest.approx([0, 1, 0])


def test_the_same_structure_is_like_and_another_is_not(evidence):
    like = evidence.drugs["structure"]
    assert like[0, 1] == pytest.approx(0.8**2) and like[0, 2] == 0
    assert pieces("C1CCCl") == {"C0CC": 1, "0CCL": 1} and not pieces("CC")


def test_a_disease_that_only_the_ontology_knows_has_no_edges(network, evidence):
    assert evidence.known[rows(network, "DOID:1", "DOID:6", "DOID:50")].tolist() == [True, False, False]
