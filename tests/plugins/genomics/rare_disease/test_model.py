"""The arrays behind the ranking, against numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from bedside.plugins.genomics.rare_disease.model.annotations import frequency
from bedside.plugins.genomics.rare_disease.model.disease_similarity import findings_in_names, relatives, vocabulary, words
from bedside.plugins.genomics.rare_disease.model.finding_probabilities import own_frequencies
from bedside.plugins.genomics.rare_disease.model.ontology import ROOT, build

from .small import DESCRIBED, annotations, ontology, plain, scorer


def test_the_ontology_keeps_what_lies_below_the_root_and_resolves_merged_ids() -> None:
    o = ontology()
    assert "HP:0000001" not in o.number
    assert {o.ids[a] for a in o.ancestors(o.number["HP:1000012"])} == {"HP:1000012", "HP:1000011", "HP:1000010", ROOT}
    assert {o.ids[a] for a in o.descendants(o.number["HP:1000020"])} == {
        "HP:1000020", "HP:1000021", "HP:1000022", "HP:1000023", "HP:1000032",
    }  # fmt: skip
    known, unknown = o.known(["HP:9999999", "HP:1000012", "HP:0000006", "nonsense"])
    assert [o.ids[k] for k in known] == ["HP:1000012"]
    assert unknown == ["HP:0000006", "nonsense"]
    both = [o.number["HP:1000010"], o.number["HP:1000012"], o.number["HP:1000031"]]
    assert [o.ids[t] for t in o.most_specific(both)] == ["HP:1000012", "HP:1000031"]


def test_a_chain_longer_than_the_recursion_limit_is_closed() -> None:
    chain = {ROOT: []} | {f"HP:{i:07d}": [f"HP:{i - 1:07d}" if i > 2_000_000 else ROOT] for i in range(2_000_000, 2_002_500)}
    o = build(chain, {}, {})
    assert len(o.ancestors(o.number["HP:2002499"])) == 2_501


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/7", (3, 7, None)),
        ("HP:0040282", (0, 0, 0.545)),
        ("45%", (0, 0, 0.45)),
        ("", (0, 0, None)),
        ("7/3", (0, 0, None)),
        ("0/0", (0, 0, None)),
        ("-1/3", (0, 0, None)),
        ("many", (0, 0, None)),
        ("140%", (0, 0, None)),
    ],
)
def test_frequencies_as_the_file_writes_them(text: str, expected: tuple[float, float, float | None]) -> None:
    have, seen, share = frequency(text)
    assert (have, seen) == expected[:2]
    assert math.isnan(share) if expected[2] is None else share == expected[2]


def test_counts_are_drawn_to_the_expected_and_nobody_of_ten_is_nobody() -> None:
    a = annotations()
    p = plain(study=2, expected=0.25)
    owner, term, share = own_frequencies(a.owner, a, np.arange(len(a)), p)
    o = ontology()
    found = {(int(d), o.ids[t]): float(s) for d, t, s in zip(owner, term, share, strict=True)}
    assert found[0, "HP:1000012"] == pytest.approx((9 + 2 * 0.25) / 12)
    assert found[0, "HP:1000031"] == pytest.approx(0.895)
    assert found[0, "HP:1000023"] == 0.0  # 0 of 10
    assert found[1, "HP:1000013"] == p.unstated
    assert found[2, "HP:1000031"] == 0.0  # negated
    assert found[2, "HP:1000023"] == pytest.approx(0.5)


def test_a_finding_implies_those_above_it_and_independent_ones_add_up() -> None:
    p = plain(cap=0.99)
    s = scorer(p)
    o = s.ontology
    column, value = s.model.own.row(o.number["HP:1000020"])  # heart: septal defect or the one with two parents
    at = dict(zip(column.tolist(), value.tolist(), strict=True))
    assert at[2] == pytest.approx(1 - (1 - 0.5) * (1 - 0.17), abs=1e-6)
    background = s.model.background
    assert background[o.number[ROOT]] >= background[o.number["HP:1000010"]] >= background[o.number["HP:1000012"]]


def test_kin_by_name_and_by_gene() -> None:
    a = annotations()
    kin = relatives(a, DESCRIBED, name_power=3, gene_weight=1).toarray()
    assert kin[0, 1] == pytest.approx(1)  # one series
    assert kin[0, 5] == pytest.approx(1.5)  # same name and gene, capped
    assert not kin[4].any() and not kin[2].any()
    assert words("Lens syndrome, autosomal dominant, type IIa") == ["lens"]


def test_a_name_tells_findings_the_longest_first() -> None:
    terms = {"optic atrophy": 1, "atrophy": 2}
    assert findings_in_names(["Optic atrophy 16", "Atrophy of nails", "None"], terms) == [{1}, {2}, set()]


def test_a_disease_borrows_less_the_more_is_known_of_it() -> None:
    cataract = ontology().number["HP:1000013"]  # annotated to OMIM:100002, the other of the series
    lent = {}
    for own in (0.5, 2.0, 8.0):
        s = scorer(plain(kin=1.0, own=own))
        column, value = s.model.frequency.row(cataract)
        lent[own] = dict(zip(column.tolist(), value.tolist(), strict=True))
        assert 4 not in lent[own]  # it has no kin
    assert 0 < lent[0.5][0] < lent[2.0][0] < lent[8.0][0]
    assert lent[0.5][1] > lent[0.5][0]
    o = s.ontology
    column, value = s.model.frequency.row(o.number["HP:1000040"])
    assert 3 in column.tolist()  # from its own name


def test_a_shared_eponym_or_a_deletion_of_many_genes_makes_no_kin() -> None:
    names = (
        "Wilson disease",
        "Ataxia, Wilson type",
        "Kabuki syndrome 1",
        "Kabuki syndrome 2",
        "Cataract, modifier of",
        "Cataract 1",
    )
    genes = (("A",), ("B",), ("C",), ("D",), (), ("E",))
    many = (*genes[:4], (), tuple("EFGHIJKLMN"))
    a = replace(annotations(), diseases=tuple(f"OMIM:{i}" for i in range(6)), disease_names=names, genes=genes)
    kin = relatives(a, frozenset({"cataract", "ataxia"}), name_power=3, gene_weight=1).toarray()
    assert not kin[0].any() and not kin[1].any()
    assert kin[2, 3] == pytest.approx(1)
    assert not kin[4].any()  # a modifier is no disease of its own
    b = replace(a, disease_names=("One", *names[1:5], "Other"), genes=(("E",), *many[1:]))
    assert not relatives(b, frozenset(), name_power=3, gene_weight=1).toarray()[0].any()
    assert relatives(replace(b, genes=(("E",), *genes[1:])), frozenset(), name_power=3, gene_weight=1).toarray()[0, 5] > 0.3


def test_somebodys_name_is_no_word_that_describes() -> None:
    found = vocabulary(["Cataract", "Nuclear cataract", "Kayser-Fleischer ring", "Abnormality of the ring finger"])
    assert {"cataract", "ring", "finger"} <= found and not {"kayser", "fleischer", "nuclear"} & found
