"""Phenotypes as the tables give them, and nothing where they give nothing."""

from __future__ import annotations

import pytest
from bedside.core.errors import SourceError
from bedside.plugins.genomics.named_alleles import load_definitions
from bedside.plugins.genomics.named_alleles.nomenclature import diplotype_name, sort_diplotypes
from bedside.plugins.genomics.named_alleles.phenotyper import PhenotypeTable

SCORES = {
    "version": "1",
    "namedAlleles": [
        {"name": "*1", "activityValue": "1.0", "functionValue": "Normal function"},
        {"name": "*2", "activityValue": "0.5", "functionValue": "Decreased function"},
        {"name": "*3", "activityValue": "n/a", "functionValue": "Uncertain function"},
    ],
    "diplotypes": [
        {"diplotypekey": {"*1": 2}, "phenotype": "Normal", "activityScore": "2.0"},
        {"diplotypekey": {"*1": 1, "*2": 1}, "phenotype": "Intermediate", "activityScore": "1.5"},
        {"diplotypekey": {"*1": 1, "*3": 1}, "phenotype": "Indeterminate", "activityScore": "n/a"},
    ],
}


def test_look_up_takes_the_alleles_in_any_order():
    table = PhenotypeTable.read("G", SCORES)
    assert table.look_up(["*2", "*1"]) == table.look_up(["*1", "*2"]) == ("Intermediate", "1.5")
    assert table.look_up(["*1", "*3"]) == ("Indeterminate", None)


def test_an_allele_without_activity_makes_the_score_unknown():
    table = PhenotypeTable.read("G", SCORES)
    assert table.look_up(["*1", "*77"]) == ("Indeterminate", None)
    # both are known, but the table has no row: nothing is made up
    assert table.look_up(["*2", "*2"]) == (None, None)


def test_a_table_without_activity_scores_says_nothing_of_unknown_alleles():
    rows = {"diplotypes": [{"diplotypekey": {"*1": 2}, "phenotype": "Normal", "activityScore": None}]}
    assert PhenotypeTable.read("G", rows).look_up(["*1", "*77"]) == (None, None)
    assert PhenotypeTable.read("G", {}).look_up(["*1", "*1"]) == (None, None)


def test_slco1b1_without_a_diplotype_still_has_its_decisive_variant(call_with):
    # a combination that no pair of alleles explains
    call = call_with("SLCO1B1", {"rs4149056": "1/1", "rs56101265": "1/1", "rs2306282": "1/1"})
    assert (call.status, call.diplotypes) == ("not_assessed", ())
    assert (call.phenotype, call.phenotype_from) == ("Poor Function", "rs4149056")


def test_slco1b1_with_the_decisive_variant_missing(call_with):
    call = call_with("SLCO1B1", {"rs56101265": "1/1", "rs2306282": "1/1"}, drop=["rs4149056"])
    assert (call.status, call.phenotypes) == ("not_assessed", ())


def test_order_of_names():
    assert diplotype_name("*17", "*4") == "*4/*17"
    assert diplotype_name("c.61C>T", "Reference") == "Reference/c.61C>T"
    assert sort_diplotypes(["*10/*11", "*2/*3", "*2/*3", "*2/*17"]) == ("*2/*3", "*2/*17", "*10/*11")


def test_a_folder_that_holds_no_definitions(tmp_path):
    with pytest.raises(SourceError, match="No allele definitions"):
        load_definitions(tmp_path)
    (tmp_path / "X_translation.json").write_text("{")
    with pytest.raises(SourceError, match=r"exemptions\.json is missing"):
        load_definitions(tmp_path)
    (tmp_path / "exemptions.json").write_text("{}")
    with pytest.raises(SourceError, match=r"X_translation\.json can't be read"):
        load_definitions(tmp_path).gene("X")
    (tmp_path / "X_translation.json").write_text('{"gene": "X"}')
    with pytest.raises(SourceError, match=r"X_translation\.json is not an allele definition"):
        load_definitions(tmp_path).gene("X")


@pytest.mark.parametrize("change", [{"formatVersion": "3"}, {"genomeBuild": "GRCh37"}])
def test_definitions_of_another_format_or_build_are_refused(made_up, change):
    definitions = made_up([(100, "A", "G", "")], {"*1": {}}, **change)
    with pytest.raises(SourceError, match="another format or genome build"):
        definitions.gene("GENE1")
