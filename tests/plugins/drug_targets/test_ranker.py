"""The ranking: what an asked disease's own pairs can and can't change, the prior, and the model's shape."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from bedside.core.errors import UsageError
from bedside.plugins.drug_targets.repurposing.evidence import build_evidence
from bedside.plugins.drug_targets.repurposing.logistic import fit_logistic
from bedside.plugins.drug_targets.repurposing.ranker import Ranker
from bedside.plugins.drug_targets.repurposing.training import Indications, read_indications

from .conftest import KNOWN, write_training


@pytest.fixture(scope="module")
def evidence(network):
    return build_evidence(network)


def indications(pairs):
    return Indications({(disease, drug): kind for disease, drug, kind in pairs})


def test_the_like_disease_lends_its_drugs(network, evidence):
    ranked = Ranker(network, evidence, indications(KNOWN), ["DOID:5"]).rank("DOID:5")
    assert len(ranked) == 8 and {drug.drugbank_id for drug in ranked} == set(network.nodes["drug"].ids)
    assert ranked[0].drugbank_id == "DB1"  # treats the two that share gene 1, and aims at it
    assert all(a.score >= b.score for a, b in itertools.pairwise(ranked))
    assert all(0 < drug.score < 1 and 0 < drug.prior < 1 for drug in ranked)


def test_the_prior_is_the_smoothed_share_of_training_diseases(network, evidence):
    ranker = Ranker(network, evidence, indications(KNOWN), [])
    # four diseases, five pairs over eight drugs: DB1 treats two
    mean = 5 / 8 / 4
    assert ranker.prior[:5] == pytest.approx([(2 + mean) / 5, (1 + mean) / 5, (1 + mean) / 5, (1 + mean) / 5, mean / 5])


@pytest.mark.parametrize("asked", [["DOID:1"], ["DOID:2"], ["DOID:1", "DOID:5"]])
def test_pairs_of_the_asked_diseases_change_nothing(network, evidence, asked):
    own = [(disease, drug, kind) for disease in asked for drug, kind in (("DB7", "DM"), ("DB8", "NOT"), ("DB3", "SYM"))]
    without = [pair for pair in KNOWN if pair[0] not in asked]
    scores = [
        Ranker(network, evidence, indications(pairs), asked).scores(asked) for pairs in (KNOWN, without, without + own)
    ]
    assert np.array_equal(scores[0], scores[1]) and np.array_equal(scores[0], scores[2])


def test_pairs_of_a_training_disease_are_not_its_own_features(network, evidence):
    ranker = Ranker(network, evidence, indications(KNOWN), [])
    row = np.array([network.nodes["disease"].index["DOID:4"]])
    others = Ranker(network, evidence, indications(KNOWN), ["DOID:4"])
    others._typical = ranker._typical
    assert np.allclose(ranker._features(row), others._features(row))


def test_the_order_of_the_file_and_of_the_question_changes_nothing(network, evidence):
    one = Ranker(network, evidence, indications(KNOWN), ["DOID:5", "DOID:1"])
    two = Ranker(network, evidence, indications(KNOWN[::-1]), ["DOID:1", "DOID:5"])
    together = one.rank_many(["DOID:5", "DOID:1"])
    assert together == [two.rank("DOID:5"), two.rank("DOID:1")]


def test_symptomatic_pairs_are_neither_right_nor_wrong(network, evidence):
    base = [pair for pair in KNOWN if pair[2] != "SYM"]
    asked = ["DOID:5"]
    with_sym = Ranker(network, evidence, indications([*base, ("DOID:2", "DB6", "SYM")]), asked)
    assert with_sym.trained_on == ("DOID:1", "DOID:2", "DOID:3", "DOID:4")
    assert np.array_equal(with_sym.prior, Ranker(network, evidence, indications(base), asked).prior)


def test_too_little_to_learn_from_is_said(network, evidence):
    with pytest.raises(UsageError, match="1 diseases with a drug"):
        Ranker(network, evidence, indications(KNOWN), ["DOID:1", "DOID:2", "DOID:3"])


def test_weights_are_never_negative_and_the_right_feature_is_found():
    random = np.random.default_rng(0)
    features = random.normal(size=(2000, 3))
    labels = (random.random(2000) < 1 / (1 + np.exp(2 - 2 * features[:, 0] + features[:, 1]))).astype(float)
    model = fit_logistic(features, labels, np.ones(2000), 1.0)
    assert model.weights[0] == pytest.approx(2, rel=0.25) and (model.weights >= 0).all() and model.weights[1] == 0
    assert model.probability(features).mean() == pytest.approx(labels.mean(), abs=0.005)


def test_what_the_training_file_may_hold(network, tmp_path):
    pairs = [*KNOWN, ("DOID:1", "DB1", "SYM"), ("DOID:404", "DB1", "DM"), ("DOID:1", "DB99", "DM"), ("DOID:3", "DB5", "dm")]
    known = read_indications(write_training(tmp_path / "t.tsv", pairs), network)
    assert known.unknown == 2
    assert known.pairs["DOID:1", "DB1"] == "DM" and known.pairs["DOID:3", "DB5"] == "DM"  # DM goes before SYM and NOT
    bare = tmp_path / "bare.tsv"
    bare.write_text("doid_id\tdrugbank_id\nDOID:1\tDB1\n")
    assert read_indications(bare, network).pairs == {("DOID:1", "DB1"): "DM"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "holds no indications"), ("doid_id\tdrugbank_id\n", "holds no indications"), ("a\tb\n1\t2\n", "no column doid_id"),
     ("doid_id\tdrugbank_id\tcategory\nDOID:1\tDB1\tCURE\n", "line 2: the category 'CURE'")],
)  # fmt: skip
def test_what_it_may_not_hold(network, tmp_path, text, message):
    path = tmp_path / "t.tsv"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_indications(path, network)
