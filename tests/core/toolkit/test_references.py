"""Identifiers of PubMed and HPO, however they are written."""

from __future__ import annotations

import pytest
from bedside.core.toolkit.references import any_pmid, hpo_id, hpo_ids, pmid, pubmed_number, reference_url


@pytest.mark.parametrize(
    ("text", "strict", "wide"),
    [
        ("PMID:20301510", "PMID:20301510", "PMID:20301510"),
        (" pmid: 123 ", "PMID:123", "PMID:123"),
        ("123", None, "PMID:123"),
        ("0000123", None, "PMID:123"),
        ("PMID_123", None, "PMID:123"),
        ("https://pubmed.ncbi.nlm.nih.gov/123/", None, "PMID:123"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/123?x=1", None, "PMID:123"),
        ("https://example.org/123", None, None),
        ("PMID:20037588P", None, None),
        ("PMID:0", None, None),
        ("12x", None, None),
        ("PMID:1234567890", None, None),
        ("PMID:１２３", None, None),
        ("", None, None),
    ],
)
def test_publications(text, strict, wide):
    assert (pmid(text), any_pmid(text)) == (strict, wide)


def test_where_a_reference_is_found():
    assert reference_url("PMID: 123") == "https://pubmed.ncbi.nlm.nih.gov/123/"
    assert reference_url("https://x.org") == "https://x.org" and reference_url("DOI:1") == ""
    assert (pubmed_number("PMID:123"), pubmed_number(None)) == ("123", "")


@pytest.mark.parametrize(
    "text",
    ["HP:0001166", "hp:0001166", "HP_0001166", "HPO:0001166", " HP:0001166 ", "http://purl.obolibrary.org/obo/HP_0001166"],
)
def test_a_finding_by_its_id(text):
    assert hpo_id(text) == "HP:0001166"


@pytest.mark.parametrize("text", ["HP:001166", "HP:00011660", "xHP:0001166", "HP:0001166 x", "HP:000116６", ""])
def test_what_is_no_id(text):
    assert hpo_id(text) is None


def test_ids_within_a_text():
    text = "no hp_0001166, HPO 0001083 (HP:0001250); sHP:0001166, HP:00012501"
    found = list(hpo_ids(text))
    assert [one for one, _, _ in found] == ["HP:0001166", "HP:0001083", "HP:0001250"]
    assert [text[a:b] for _, a, b in found] == ["hp_0001166", "HPO 0001083", "HP:0001250"]
