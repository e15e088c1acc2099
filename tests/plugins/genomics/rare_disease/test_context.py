"""Sex, onset, inheritance and candidate genes, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bedside.core.errors import UsageError
from bedside.plugins.genomics.rare_disease.patient import inheritance, onset, sex
from bedside.plugins.genomics.rare_disease.patient.context import Context
from bedside.plugins.genomics.rare_disease.scoring.ranker import Patient, Ranker
from bedside.plugins.genomics.rare_disease.variants.variant import Variant

from .people import AD, XL, XLD, XLR, YL, World
from .small import scorer


@pytest.fixture
def world() -> World:
    return World()


def ratios(world: World, **given: Any) -> np.ndarray:
    found, _ = Context(**given).ratios(world)  # type: ignore[arg-type]
    return np.exp(found.total(world.diseases))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sex": "both"}, "sex"),
        ({"sex": ""}, "sex"),
        ({"onset": "young"}, "onset"),
        ({"onset": "P"}, "onset"),
        ({"onset": "P1YT"}, "onset"),
        ({"onset": "3 years"}, "onset"),
        ({"onset": "P300Y"}, "130 years"),
        ({"onset": "HP:0001250"}, "onset"),
        ({"age": "HP:0003577"}, "age"),
        ({"age": "P2Y", "onset": "P40Y"}, "later than"),
        ({"inheritance": "HP:0001250"}, "inheritance"),
        ({"inheritance": ("AD", "whatever")}, "inheritance"),
        ({"genes": "FBN1,TGFBR2"}, "one text"),
        ({"genes": ["FBN1", "TP 53"]}, "gene symbol"),
        ({"genes": [""]}, "gene symbol"),
        ({"genes": ["HGNC:3603"]}, "gene symbol"),
        ({"genes_complete": True}, "empty list"),
    ],
)
def test_values_that_make_no_sense_are_refused_with_a_hint(given, said):
    with pytest.raises(UsageError, match=said) as error:
        Context(**given)
    assert error.value.hint


def test_nothing_known_is_nothing_said(world):
    found, notes = Context().ratios(world)
    assert not found.total(world.diseases).any() and notes == () and found.reasons(0) == ()


def test_sex_by_mode(world):
    # a rare allele on X: men q, women 2q with the penetrance of the mode
    assert sex.share_of_males((XLR,)) == pytest.approx(1 / 1.2)
    assert sex.share_of_males((XLD,)) == pytest.approx(1 / 3)
    assert sex.share_of_males((XL,)) == pytest.approx(1 / 1.8)
    assert sex.share_of_males((AD,)) == sex.share_of_males(()) == 0.5
    assert sex.share_of_males((YL,)) > 0.95
    male, female = ratios(world, sex="Male"), ratios(world, sex="F")
    assert male == pytest.approx([1, 1, 2 / 1.2, 2 / 3, 1, 1, 1.96])
    assert male + female == pytest.approx(np.full(7, 2.0))  # each ratio averages 1 over the sexes


def test_sex_is_told_in_words(world):
    found, _ = Context(sex="female").ratios(world)
    (reason,) = found.reasons(2)
    assert (reason.how, reason.term_id, reason.term) == ("context", "sex", "sex: female; X-linked recessive")
    assert reason.likelihood_ratio == pytest.approx(1 / 3)
    assert found.reasons(6)[0].term == "sex: female; only men have it"
    assert found.reasons(0) == ()


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("HP:0003577", (1,)),
        ("hp:0011463", (4,)),
        ("Congenital onset", (1,)),
        ("HP:0003581", (6, 7, 8)),
        ("HP:0034198", (0,)),
        ("at birth", (1,)),
        ("Prenatal", (0,)),
        ("P0D", (1,)),
        ("P27D", (2,)),
        ("P4W", (3,)),
        ("P29D", (3,)),
        ("P11M", (3,)),
        ("P1Y", (4,)),
        ("P3Y2M", (4,)),
        ("P5Y", (5,)),
        ("P15Y11M", (5,)),
        ("P16Y", (6,)),
        ("P39Y", (6,)),
        ("P40Y", (7,)),
        ("P60Y", (8,)),
        ("P1YT12H", (4,)),
    ],
)
def test_onset_is_read_from_ids_names_and_ages(text, classes):
    assert onset.read(text) == classes


def test_onset_falls_off_with_distance_and_rules_nothing_out(world):
    by_class = [ratios(world, onset=name)[1] for name in ("childhood", "juvenile", "young adult", "middle age", "late")]
    assert by_class[0] > 1 > by_class[2]
    assert min(by_class) >= 0.05**0.5 - 1e-9
    assert ratios(world, onset="HP:0011463")[[3, 4, 6]] == pytest.approx([1, 1, 1])  # no onset annotated


def test_onset_spreads_sum_to_one():
    share, known = onset.distributions([("HP:0003577",), ("HP:0003584", "HP:0030674"), (), ("HP:0003676",)])
    assert share.sum(axis=1) == pytest.approx([1, 1, 0, 0])
    assert known.tolist() == [True, True, False, False]


def test_age_says_only_that_the_onset_was_not_later(world):
    newborn = ratios(world, age="P10D")
    assert newborn[0] > 1 > newborn[2]  # congenital; adult
    assert ratios(world, age="P90Y") == pytest.approx(np.ones(7))
    assert (ratios(world, age="P30Y", onset="P2Y") == ratios(world, onset="P2Y")).all()


def test_inheritance_against_the_mean(world):
    # six diseases have modes: AD AR XLR XLD AD/AR, the qualifiers of the last are none
    share = np.array([1, 0, 0, 0, 0.5])
    expected = 0.9 * share / share.mean() + 0.1
    assert ratios(world, inheritance="AD")[:5] == pytest.approx(expected)
    assert ratios(world, inheritance="AD")[5:] == pytest.approx([1, 1])


def test_inheritance_knows_general_modes(world):
    linked = ratios(world, inheritance="X-linked")
    assert linked[2] == linked[3] > 1 > linked[0]
    recessive = ratios(world, inheritance="HP:0001419")
    assert recessive[2] > 1 > recessive[3]
    new = ratios(world, inheritance="de novo")
    assert new[0] > new[1] and new[2] == new[0]


def test_an_isolated_case_is_told_and_not_used(world):
    found, notes = Context(inheritance="sporadic").ratios(world)
    assert found.evidence == () and notes == (inheritance.ISOLATED,)


def test_a_mode_that_no_disease_has_is_told(world):
    found, notes = Context(inheritance="mitochondrial").ratios(world)
    assert found.evidence == () and "no disease is annotated as mitochondrial" in notes[0]


def test_candidate_genes_against_chance(world):
    many = [f"X{i}" for i in range(98)]
    inside = 0.5 * 20_000 / 100 + 0.5
    found = ratios(world, genes=["gena", "GENB", *many])
    assert found == pytest.approx([inside, inside, 1, 1, (inside + 2) / 3, 1, 1])


def test_a_complete_list_counts_against_what_is_outside(world):
    inside = 0.95 * 20_000 / 200 + 0.05
    found = ratios(world, genes=["GENA", *(f"X{i}" for i in range(199))], genes_complete=True)
    assert found == pytest.approx([inside, 0.05, 0.05, 0.05, (inside + 2 * 0.05) / 3, 0.05, 1])


def test_longer_lists_tell_less(world):
    by_length = [ratios(world, genes=["GENA", *(f"X{i}" for i in range(n))])[0] for n in (0, 9, 99, 999)]
    assert by_length == sorted(by_length, reverse=True)
    everything = ratios(world, genes=["GENA", *(f"X{i}" for i in range(30_000))], genes_complete=True)
    assert everything[0] == 1


def test_genes_without_disease_are_told(world):
    _, notes = Context(genes=["GENA", "NOSUCH1", "NOSUCH2"]).ratios(world)
    assert notes[-1] == "2 of 3 candidate genes have no annotated disease: NOSUCH1, NOSUCH2"


@pytest.mark.parametrize("complete", [False, True])
def test_one_typed_gene_never_beats_a_pathogenic_variant_that_was_found(world, complete):
    typed = ratios(world, genes=["GENB"], genes_complete=complete)[1]
    found = ratios(world, variants=[Variant("GENA", "pathogenic", "heterozygous")])[0]
    assert 100 < typed < found / 3
    _, notes = Context(genes=["GENB"]).ratios(world)
    assert "a suspicion" in notes[0] and f"×{typed:.0f} at most" in notes[0]
    assert not Context(genes=[f"X{i}" for i in range(50)] + ["GENB"]).ratios(world)[1][0].startswith("few")


def test_gene_reasons_in_words(world):
    found, _ = Context(genes=["GENE", "GENB"], genes_complete=True).ratios(world)
    assert found.reasons(1)[0].term_id == "GENE:GENB"
    assert found.reasons(4)[0].term == "GENE is one of 2 candidate genes; one of 3 genes of this disease"
    assert found.reasons(2)[0].term == "GENC not among the 2 candidate genes, said to be complete"


def test_a_gene_with_variants_is_not_counted_as_candidate_too(world):
    variant = Variant("GENA", "pathogenic", "heterozygous")
    alone = ratios(world, variants=[variant])
    assert ratios(world, variants=[variant], genes=["GENA"])[0] == alone[0]
    assert ratios(world, variants=[variant], genes=["GENB"], genes_complete=True)[0] == alone[0]


def test_the_ranker_adds_context_and_tells_it():
    ranker = Ranker(scorer())
    findings = ("HP:1000012", "HP:1000031")
    plain = ranker.rank(Patient(findings), top=7, reasons=7)
    told = ranker.rank(Patient(findings, context=Context(genes=["GENB"], genes_complete=True)), top=7, reasons=7)
    before = {d.disease_id: d for d in plain.diseases}
    after = {d.disease_id: d for d in told.diseases}
    assert after["OMIM:100002"].posterior > before["OMIM:100002"].posterior
    assert [r.term_id for r in after["OMIM:100002"].reasons if r.how == "context"] == ["GENE:GENB"]
    assert not [r for r in before["OMIM:100002"].reasons if r.how == "context"]
