"""The document: its fields and their order are what others read, and no text of a file gets through to a page as it is."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest
from bedside.plugins.genomics.named_alleles import GeneCall
from bedside.plugins.genomics.named_alleles.calls import MissingPosition, Undocumented, VariantSite
from bedside.plugins.genomics.pgx.quotes import LineQuotes
from bedside.plugins.genomics.pgx.recommend import recommend
from bedside.plugins.genomics.pgx.report import document as made
from bedside.plugins.genomics.pgx.report.html import report
from bedside.plugins.genomics.pgx.report.types import PgxDocument, SourceReport
from bedside.plugins.genomics.plain import plain

ODD = "\u202e\x1b[31m<script>alert(1)</script>&"
GENE = (
    "gene status diplotypes haplotypes phenotype activity_score missing_positions reason phenotypes activity_scores "
    "cpic_phenotypes phenotype_reason alternatives phenotype_from undocumented uncallable_alleles variants extra_positions "
    "records source phased definition_version warnings"
).split()
DRUG = (
    "drug drug_id given status urgency genes text reason notes possible strength cpic_level cpic_status guideline "
    "references evidence lines against chart"
).split()
DOCUMENT = (
    "file sample genes recommendations not_assessed_drugs warnings missing_is_reference sources made_at notice"
).split()


@pytest.fixture(scope="module")
def document(tables, results, services, known) -> PgxDocument:
    call = GeneCall(
        "CYP2C19",
        "called",
        diplotypes=("*2/*2",),
        phenotypes=("Poor Metabolizer",),
        activity_scores=(None,),
        missing_positions=(MissingPosition("chr10", 5, "rs5"),),
        undocumented=(Undocumented("chr10", 6, "rs6", ("A", "T"), 0),),
        variants=(VariantSite("chr10", 7, "rs7", ("A", "A"), False, 12),),
        records=(11, 12),
        warnings=(ODD,),
    )
    found = results(call, known("SLCO1B1", "Normal Function"))
    drugs = recommend(found, tables)
    assert drugs
    return PgxDocument(
        file=ODD,
        sample="S",
        genes=tuple(made.gene(one) for one in found.values()),
        recommendations=tuple(made.recommendation(one, LineQuotes(services)) for one in drugs),
        not_assessed_drugs={ODD: ["codeine"]},
        warnings=(ODD,),
        missing_is_reference=False,
        sources={"pharmcat": SourceReport("PharmCAT", "3", "MPL", "javascript:alert(1)")},
        made_at="2026-01-01T00:00:00+00:00",
        notice=made.NOTICE,
    )


def test_the_names_of_the_fields_and_their_order(document):
    data = json.loads(json.dumps(plain(document)))
    assert list(data) == DOCUMENT
    assert list(data["genes"][0]) == GENE
    assert all(list(drug) == DRUG for drug in data["recommendations"])
    (gene,) = (g for g in data["genes"] if g["gene"] == "CYP2C19")
    assert gene["missing_positions"] == [{"chrom": "chr10", "pos": 5, "rsid": "rs5", "why": "absent"}]
    assert gene["undocumented"] == [{"chrom": "chr10", "pos": 6, "rsid": "rs6", "alleles": ["A", "T"], "line": None}]
    site = {"chrom": "chr10", "pos": 7, "rsid": "rs7", "alleles": ["A", "A"], "phased": False, "line": 12}
    assert gene["variants"] == [site]
    assert gene["records"] == [11, 12]
    (clopidogrel,) = (d for d in data["recommendations"] if d["drug"] == "clopidogrel")
    assert clopidogrel["evidence"][0]["quote"] and clopidogrel["text"] in clopidogrel["evidence"][0]["quote"]


def test_a_document_can_not_be_changed(document):
    for one in (document, document.genes[0], document.recommendations[0]):
        assert is_dataclass(one)
        with pytest.raises(FrozenInstanceError):
            setattr(one, fields(one)[0].name, "x")


def test_no_text_reaches_the_page_as_it_is(document):
    page = report(document)
    assert not {"\u202e", "\x1b"} & set(page)
    assert "<script" not in page and "&lt;script&gt;" in page and "&amp;lt;" not in page
    assert "javascript:" not in page
    assert "��[31m" in page


def test_what_is_said_alike_stands_together(document):
    from bedside.plugins.genomics.pgx.report.wording import merged

    one = document.recommendations[0]
    other = replace(one, drug="other", drug_id="X", evidence=())
    third = replace(one, drug="third", reason="another")
    assert [same.drugs for same in merged([one, third, other])] == [(one.drug, "other"), ("third",)]
