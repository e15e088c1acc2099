"""Names in text, on the real starter data."""

from __future__ import annotations

import pytest
from bedside.core.types import Facts
from bedside.knowledge.terms import SqliteTerms


def seen(facts: Facts) -> list[tuple[str, str, str]]:
    return [(m.kind, m.id, m.text) for m in facts.mentions]


@pytest.mark.parametrize(
    ("text", "ident", "written", "how"),
    [
        ("start clopidogrel", "RXNORM:32968", "clopidogrel", "exact"),
        ("start CLOPIDOGREL now", "RXNORM:32968", "CLOPIDOGREL", "exact"),
        ("on Plavix", "RXNORM:32968", "Plavix", "brand"),
        ("on plavix", "RXNORM:32968", "plavix", "brand"),
        ("clopidogrel bisulfate 75 mg", "RXNORM:32968", "clopidogrel bisulfate", "synonym"),
        ("Coumadin", "RXNORM:11289", "Coumadin", "brand"),
        ("Zocor 20 mg", "RXNORM:36567", "Zocor", "brand"),
        ("Nexium", "RXNORM:283742", "Nexium", "brand"),
        ("acetylsalicylic acid", "RXNORM:1191", "acetylsalicylic acid", "synonym"),
        ("codeine phosphate", "RXNORM:2670", "codeine phosphate", "synonym"),
        ("5-FU", "RXNORM:4492", "5-FU", "synonym"),
        ("paracetamol", "DRUGBANK:DB00316", "paracetamol", "synonym"),
        ("St. John’s wort", "DRUGBANK:DB01323", "St. John’s wort", "exact"),
        ("hormonal contraceptives", "DRUG:hormonal contraceptives for systemic use", "hormonal contraceptives", "synonym"),
        ("peginterferon alfa-2a", "RXNORM:120608", "peginterferon alfa-2a", "exact"),
        ("peginterferon alfa‑2b", "RXNORM:253453", "peginterferon alfa‑2b", "exact"),
    ],
)
def test_drugs(terms: SqliteTerms, text: str, ident: str, written: str, how: str) -> None:
    found = [(m.id, m.text, m.how) for m in terms.find(text).of("drug")]
    assert found == [(ident, written, how)]


def test_drug_carries_its_other_ids(terms: SqliteTerms) -> None:
    [drug] = terms.find("clopidogrel").mentions
    assert {"ATC:B01AC04", "DRUGBANK:DB00758"} <= set(drug.related)


@pytest.mark.parametrize(
    ("text", "ident", "written"),
    [
        ("ectopia lentis", "HP:0001083", "ectopia lentis"),
        ("Lens dislocation", "HP:0001083", "Lens dislocation"),
        ("dislocation of the lens", "HP:0001083", "dislocation of the lens"),
        ("a tall stature", "HP:0000098", "tall stature"),
        ("aneurysm of the aortic root", "HP:0002616", "aneurysm of the aortic root"),
        ("seizures", "HP:0001250", "seizures"),
        ("Arachnodactyly", "HP:0001166", "Arachnodactyly"),
        ("ＡＲＡＣＨＮＯＤＡＣＴＹＬＹ", "HP:0001166", "ＡＲＡＣＨＮＯＤＡＣＴＹＬＹ"),
    ],
)
def test_phenotypes(terms: SqliteTerms, text: str, ident: str, written: str) -> None:
    found = [(m.id, m.text) for m in terms.find(text).of("phenotype")]
    assert found == [(ident, written)]


def test_longest_name_wins(terms: SqliteTerms) -> None:
    found = terms.find("tall stature, arachnodactyly, ectopia lentis, aortic root aneurysm")
    assert [m.id for m in found.mentions] == ["HP:0000098", "HP:0001166", "HP:0001083", "HP:0002616"]


def test_one_disease_of_two_catalogues(terms: SqliteTerms) -> None:
    [disease] = terms.find("Is it Marfan's syndrome?").mentions
    assert (disease.kind, disease.id, disease.text) == ("disease", "OMIM:154700", "Marfan's syndrome")
    assert "ORPHA:558" in disease.related


def test_two_diseases_joined_by_or(terms: SqliteTerms) -> None:
    found = terms.find("Marfan syndrome or Loeys-Dietz syndrome?")
    assert [m.text for m in found.mentions] == ["Marfan syndrome", "Loeys-Dietz syndrome"]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("cyp2d6 and TPMT", ["CYP2D6", "TPMT"]),
        ("CYP 2D6", ["CYP2D6"]),
        ("cytochrome P450 2D6", ["CYP2D6"]),
        ("FBN1 variant", ["FBN1"]),
        ("fbn1 variant", ["FBN1"]),
        ("HLA-B", ["HLA-B"]),
        ("The patient was set to rest; the cat had no impact on the mice.", []),
        ("Was there an impact? Set the rest. Cat and mice are met.", []),
        ("a WAS variant", ["WAS"]),
        ("the SET and CAT genes", ["SET", "CAT"]),
        ("THE PATIENT WAS SET TO REST AND HAD A CAT WITH AN IMPACT", []),
    ],
)
def test_genes_and_words(terms: SqliteTerms, text: str, symbols: list[str]) -> None:
    assert [m.name for m in terms.find(text).of("gene")] == symbols


@pytest.mark.parametrize(
    "text",
    [
        "The patient drinks water and eats an egg with iron in normal air.",
        "at 10 o'clock the poor function of the patient was normal",
        "A dawn mist, little noses and oral defense.",
        "thyroid gland and oxygen",
        "",
        "   \n\t ",
        "*** /// ---",
    ],
)
def test_ordinary_words_are_no_drugs(terms: SqliteTerms, text: str) -> None:
    assert terms.find(text).of("drug") == ()


def test_names_do_not_run_over_a_sentence_end(terms: SqliteTerms) -> None:
    found = terms.find("It was tall. Stature was normal.")
    assert "HP:0000098" not in {m.id for m in found.mentions}


def test_icd_codes_are_searched_and_not_found(terms: SqliteTerms) -> None:
    names = [t.name for t in terms.search("type 2 diabetes mellitus without complications", kinds=["icd10cm"])]
    assert names[0] == "Type 2 diabetes mellitus without complications"
    for code in ("E11.9", "E119", "e11.9"):
        assert terms.search(code)[0].id == "ICD10CM:E11.9"
    assert terms.search("S72.001A")[0].name == (
        "Fracture of unspecified part of neck of right femur, initial encounter for closed fracture"
    )
    assert all(m.kind != "icd10cm" for m in terms.find("Type 2 diabetes mellitus without complications E11.9").mentions)


def test_search_takes_any_text(terms: SqliteTerms) -> None:
    assert terms.search("marfan", kinds=["disease"])[0].name.startswith("Marfan")
    for text in ("", '"', "AND OR NOT", "a* NEAR(b)", "name:x", "(((", "x" * 5000, "\x00"):
        assert isinstance(terms.search(text, k=3), list)
    assert terms.search("marfan", k=0) == []


def test_lookup_joins_what_sources_say(terms: SqliteTerms) -> None:
    drug, gene = terms.lookup(["RXNORM:32968", "GENE:CYP2D6"])
    assert drug.name == "clopidogrel" and "plavix" in drug.brands
    assert "NCBIGene:1565" in gene.related
    assert terms.lookup(["HP:9999999"]) == []
