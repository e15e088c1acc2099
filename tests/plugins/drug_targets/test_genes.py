"""Genes as targets over a network worked out by hand: features, model, prior; nothing of the asked disease counts."""

from __future__ import annotations

import random
from math import exp, sqrt

import numpy as np
import pytest
from bedside.core.errors import UsageError
from bedside.plugins.drug_targets.repurposing.training import Indications
from bedside.plugins.drug_targets.targets.features import FEATURES, Evidence
from bedside.plugins.drug_targets.targets.model import fit
from bedside.plugins.drug_targets.targets.ranker import GeneRanker

from .gene_network import gene_network

NAMES = list(FEATURES)
KNOWN = {
    ("disease:0", "drug:0"): "DM",
    ("disease:1", "drug:1"): "DM",
    ("disease:2", "drug:2"): "DM",
    ("disease:3", "drug:3"): "DM",
    ("disease:3", "drug:2"): "SYM",
}


def ranker(pairs=None, asked=("disease:0",), **network):
    net = gene_network(**network)
    return GeneRanker(net, Evidence(net), Indications(KNOWN if pairs is None else pairs), asked)


def feature(name: str, disease: int, aimed_at, evidence=None) -> list[float]:
    return (evidence or Evidence(gene_network())).features(disease, aimed_at)[:, NAMES.index(name)].tolist()


def test_diseases_with_the_same_symptom_are_alike_and_none_is_like_itself():
    evidence = Evidence(gene_network())
    assert evidence.kept.tolist() == [0, 1, 2, 3, 4]
    # Diseases 0 and 1 share their only symptom (1 of 5 parts, the highest there is), and gene 1 with a rarer one beside it.
    genes = evidence.alike[0, 1] - 0.2
    rare = 1.0 / sqrt(
        2
    )  # genes 1 and 3 of disease 0 are equally rare: cosine with gene 1 alone, over the highest such cosine
    assert genes == pytest.approx(0.2 * rare / rare)
    assert evidence.alike[2, 4] == pytest.approx(0.2)
    assert evidence.alike[1, 3] == 0.0 and np.all(evidence.alike[evidence.kept, range(5)] == 0.0)
    assert evidence.ontology[5, 0] == pytest.approx(_ontology()) and evidence.ontology[0, 1] == 0.0


def _ontology() -> float:
    """Disease 5 is itself (1 of 6 rows) and disease 0 (2 of 6): cosine with disease 0 alone."""
    own, parent = np.log(7 / 2), np.log(7 / 3)
    return parent / sqrt(own**2 + parent**2)


def test_drugs_of_similar_diseases_count_by_their_similarity():
    evidence = Evidence(gene_network())
    aimed = {1: evidence.aimed_at([1]), 2: evidence.aimed_at([2])}
    assert aimed[1].tolist() == [1, 1, 0, 0, 0, 0]
    assert feature("similar_diseases_drugs", 0, aimed) == pytest.approx([0.4, 0.4, 0, 0, 0, 0])
    assert feature("similar_diseases_drugs", 0, aimed | {0: np.ones(6)}) == pytest.approx([0.4, 0.4, 0, 0, 0, 0])


def test_a_gene_of_a_large_complex_carries_no_action_of_its_own():
    evidence = Evidence(gene_network())
    assert evidence.aimed_at([4]).tolist() == [0] * 6  # its 9 genes are named together
    assert evidence.drugs_acting.tolist() == [2, 1, 1, 1, 0, 1]


def test_a_pathway_leads_to_its_other_gene_and_not_back():
    # Disease 0 has genes 1 and 3, each 1/√2; the pathway {1, 2} is ½ from gene 1 to gene 2.
    assert feature("pathway", 0, {}) == pytest.approx([0, 0, sqrt(0.5 / sqrt(2)), 0, 0, 0])
    # Drug 1 acts on genes 0 and 1: edges (2·2)^-½ and (2·1)^-½.
    assert feature("shared_drug", 0, {}) == pytest.approx([sqrt(0.5 / sqrt(2) / sqrt(2)), 0, 0, 0, 0, 0])


def test_an_association_of_gwas_alone_is_no_co_mention():
    assert feature("associated", 1, {}) == [0, 1, 0, 0, 0, 0]
    assert feature("associated", 2, {}) == [0] * 6 and feature("gwas", 2, {}) == [0, 0, 1, 0, 0, 0]


def test_the_weight_of_one_feature_solves_its_equation():
    features, labels = np.array([[1.0], [-1.0]]), np.array([True, False])
    weight = float(fit([features], [labels], 0.5, np.array([0.0])).weights[0])
    assert 0.5 * weight == pytest.approx(2 / (1 + exp(2 * weight)), abs=1e-4)
    assert fit([-features], [labels], 0.5, np.array([0.0])).weights.tolist() == [0.0]  # it may only speak for a gene


def test_every_disease_weighs_the_same_however_many_targets_it_has():
    one, many = np.eye(4)[:, :1], np.array([[1.0], [1.0], [0.0], [0.0]])
    labels = [np.array([True, False, False, False]), np.array([True, True, False, False])]
    both = fit([one, many], labels, 1.0, np.array([0.0])).weights[0]
    again = fit([many, one], labels[::-1], 1.0, np.array([0.0])).weights[0]
    assert both == pytest.approx(again, rel=1e-4) and both > 0


def test_the_prior_counts_training_diseases_and_then_acting_drugs():
    found = ranker().prior()
    assert found == pytest.approx([1.0002, 1.0001, 1.0001, 1.0001, 0, 0.0001])


def test_what_the_training_file_says_of_the_asked_disease_changes_nothing():
    expected = ranker().rank("disease:0", 6)
    rest = {pair: kind for pair, kind in KNOWN.items() if pair[0] != "disease:0"}
    rng = random.Random(14)
    for _ in range(8):
        drugs = rng.sample(range(5), rng.randrange(6))
        invented = {("disease:0", f"drug:{drug}"): rng.choice(["DM", "SYM", "NOT"]) for drug in drugs}
        assert ranker(invented | rest).rank("disease:0", 6) == expected


def test_the_order_of_the_pairs_and_of_the_ids_changes_nothing():
    asked = ("disease:0", "disease:4")
    expected = [gene for disease in asked for gene in ranker(asked=asked).rank(disease, 6)]
    backwards = ranker(dict(reversed(KNOWN.items())), asked[::-1])
    assert [gene for disease in asked for gene in backwards.rank(disease, 6)] == expected


def test_a_disease_that_was_not_asked_is_not_ranked():
    with pytest.raises(ValueError, match="not one of the diseases asked"):
        ranker().rank("disease:1", 6)


def test_a_training_file_with_hardly_more_than_the_asked_diseases_is_refused():
    with pytest.raises(UsageError, match="has 1 diseases with a drug"):
        ranker(asked=("disease:0", "disease:1", "disease:2"))
    with pytest.raises(UsageError, match="has 0 diseases"):
        ranker({})


def test_the_evidence_names_its_edges_kind_by_kind():
    genes = {gene.entrez_gene_id: gene.evidence for gene in ranker().rank("disease:0", 6)}
    known = genes["gene:1"]["known_drug"]["drugs_of_similar_diseases"]
    assert known == [
        {"drugbank_id": "drug:1", "name": "drug1", "treats": "disease:1", "disease": "disease1", "similarity": 0.4}
    ]
    assert genes["gene:1"]["genetic"]["curated"] == [{"source": "s", "evidence": "s", "stars": 1, "licence": "CC BY 4.0"}]
    assert genes["gene:1"]["phenotype_overlap"]["genes_of_similar_diseases"][0]["disease_id"] == "disease:1"
    assert genes["gene:2"]["pathway"]["pathways"] == [{"id": "pathway:0", "name": "pathway0", "genes": ["gene1"]}]
    assert genes["gene:3"]["literature_co_mention"]["edges"] == [{"sources": "DISEASES", "licence": "CC BY 4.0"}]
    assert genes["gene:0"]["pathway"]["drugs_that_bind_both"] == [{"id": "drug:1", "name": "drug1", "genes": ["gene1"]}]
    assert genes["gene:4"]["tractability"] == {"weight": 0.0, "drugs_that_bind": 1, "drugs_that_act_through_it": 0}


def test_edges_that_forbid_commercial_use_are_neither_features_nor_evidence():
    net = gene_network(commercial=True, closed=("associates", "pathway"))
    evidence = Evidence(net)
    assert feature("associated", 0, {}, evidence) == [0] * 6 and feature("pathway", 0, {}, evidence) == [0] * 6
    for gene in ranker(commercial=True, closed=("associates", "pathway")).rank("disease:0", 6):
        assert "literature_co_mention" not in gene.evidence
        assert "pathways" not in gene.evidence.get("pathway", {})


def test_a_place_in_the_ontology_alone_does_not_describe_a_disease():
    evidence = Evidence(gene_network())
    assert evidence.described(4) and not evidence.described(5)
