"""The genotype likelihood ratio: how many alleles a mode expects, how sure a class is, who carries one without disease."""

from __future__ import annotations

from math import comb, exp, factorial

import numpy as np
import pytest
from bedside.core.errors import UsageError
from bedside.plugins.genomics.rare_disease.model import inheritance_modes as m
from bedside.plugins.genomics.rare_disease.patient.context import Context
from bedside.plugins.genomics.rare_disease.variants.genotype import CARRIERS, FOUND, ratio
from bedside.plugins.genomics.rare_disease.variants.variant import Variant

from .people import World


def one(classification="pathogenic", zygosity="heterozygous", **more) -> Variant:
    return Variant("GENB", classification, zygosity, **more)


def test_odds_of_the_classes():
    assert one("pathogenic").odds == pytest.approx(891)
    assert one("likely pathogenic").odds == pytest.approx(81)
    assert 81 < one("pathogenic or likely pathogenic").odds < 891
    for idle in ("uncertain", "likely benign", "benign", "not assessed"):
        assert one(idle).odds == 1
    assert one("pathogenic", trust=0.5).odds == pytest.approx(891**0.5)
    assert one("conflicting", trust=0).odds == 1


def test_de_novo_lifts_uncertain_variants_only():
    assert one("uncertain", origin="de novo").odds == pytest.approx(18.7)
    assert one("pathogenic", origin="de novo").odds == one("pathogenic").odds
    assert one("benign", origin="de novo").odds == 1


def poisson(k: int, rate: float) -> float:
    return exp(-rate) * rate**k / factorial(k)


@pytest.mark.parametrize(("expected", "observed"), [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3)])
def test_the_formula_is_binomial_detection_over_a_poisson_background(expected, observed):
    rate = (1, CARRIERS)[expected - 1] / 891
    disease = sum(
        comb(expected, j) * FOUND**j * (1 - FOUND) ** (expected - j) * poisson(observed - j, rate)
        for j in range(min(expected, observed) + 1)
    )
    mode = (m.DOMINANT, m.RECESSIVE)[expected - 1]
    found = ratio([one(name=str(i)) for i in range(observed)], (mode,), None)
    assert found == pytest.approx(disease / poisson(observed, rate))


def test_one_allele_is_strong_for_dominant_and_weak_for_recessive():
    dominant, recessive = ratio([one()], (m.DOMINANT,), None), ratio([one()], (m.RECESSIVE,), None)
    assert dominant == pytest.approx(0.05 + 0.95 * 891)
    assert recessive == pytest.approx(0.05**2 + 2 * 0.95 * 0.05 * 89.1)
    assert recessive < 10 < 500 < dominant


def test_two_alleles_are_strong_for_recessive():
    pair = ratio([one(name="a"), one(name="b")], (m.RECESSIVE,), None)
    homozygous = ratio([one(zygosity="homozygous")], (m.RECESSIVE,), None)
    assert pair == homozygous > 10_000
    assert ratio([one(zygosity="homozygous")], (m.DOMINANT,), None) == ratio([one()], (m.DOMINANT,), None)


def test_two_variants_on_one_copy_leave_the_other_untouched():
    for told in ({"origin": "maternal"}, {"phase": "1:7:0"}):
        cis = ratio([one(name="a", **told), one(name="b", **told)], (m.RECESSIVE,), None)
        assert cis == pytest.approx(0.05**2 + 2 * 0.95 * 0.05 * 2 * 89.1)
    trans = [one(name="a", origin="maternal"), one(name="b", origin="paternal")]
    assert ratio(trans, (m.RECESSIVE,), None) > 10_000
    other = [one(name="a", phase="1:7:0"), one(name="b", phase="1:7:1")]
    assert ratio(other, (m.RECESSIVE,), None) > 10_000


def test_on_x_one_allele_is_all_that_a_man_can_have():
    strong, weak = ratio([one()], (m.DOMINANT,), None), ratio([one()], (m.RECESSIVE,), None)
    assert ratio([one()], (m.X_RECESSIVE,), "male") == strong
    assert ratio([one()], (m.X_RECESSIVE,), "female") == weak
    assert ratio([one()], (m.X_RECESSIVE,), None) == weak
    assert ratio([one(zygosity="hemizygous")], (m.X_RECESSIVE,), None) == strong
    assert ratio([one()], (m.X_DOMINANT,), "female") == strong
    assert ratio([one()], (m.X_LINKED,), "female") == (strong + weak) / 2


def test_modes_are_averaged_and_no_mode_is_both():
    strong, weak = ratio([one()], (m.DOMINANT,), None), ratio([one()], (m.RECESSIVE,), None)
    assert ratio([one()], (m.DOMINANT, m.RECESSIVE), None) == (strong + weak) / 2 == ratio([one()], (), None)


def test_a_variant_never_counts_against_its_gene():
    assert ratio([one("likely pathogenic")], (m.RECESSIVE,), None) == 1
    assert ratio([], (m.DOMINANT,), None) == 1


def test_benign_and_uncertain_variants_count_nothing_and_are_told():
    found, notes = Context(variants=[one("benign", "homozygous"), one("uncertain"), one()]).ratios(World())
    assert np.exp(found.total(7))[1] == pytest.approx(ratio([one()], (m.RECESSIVE,), None))
    assert notes == ("of 3 variants, 2 count nothing: benign, uncertain or not assessed",)


def test_reasons_name_the_variant_and_who_classified_it():
    world = World()
    variant = one(
        name="c.1A>G", source="ClinVar VCV000000007, 2 stars", url="https://x/7/", diseases=(world.annotations.diseases[1],)
    )
    (reason,) = Context(variants=[variant]).ratios(world)[0].reasons(1)
    assert (reason.term_id, reason.how) == ("GENE:GENB", "context")
    assert reason.term == (
        "GENB: heterozygous c.1A>G, pathogenic (ClinVar VCV000000007, 2 stars, for this disease, https://x/7/); "
        "autosomal recessive"
    )


def test_a_gene_without_disease_is_told():
    _, notes = Context(variants=[Variant("NOSUCH", "pathogenic")]).ratios(World())
    assert notes == ("pathogenic variants in genes without an annotated disease: NOSUCH",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"classification": "bad"},
        {"zygosity": "both"},
        {"origin": "somewhere"},
        {"trust": 2},
        {"gene": "a gene"},
    ],
)
def test_variants_that_make_no_sense_are_refused(wrong):
    with pytest.raises(UsageError) as error:
        Variant(**{"gene": "GENA", "classification": "pathogenic", **wrong})
    assert error.value.hint
