"""Names of a plugin's own table to our ids: exact or not at all, the same in the term index and in the double."""

from __future__ import annotations

import pytest
from bedside.core.testing import MemoryTerms
from bedside.core.types import Term
from bedside.knowledge.terms import SqliteTerms

TERMS = (
    Term(id="RXNORM:11289", kind="drug", name="warfarin", brands=("Coumadin",), source_id="a"),
    Term(id="RXNORM:5640", kind="drug", name="ibuprofen", synonyms=("isobutylphenyl propionic acid",), source_id="a"),
    Term(id="RXNORM:1", kind="drug", name="alpha", brands=("Shared",), source_id="a"),
    Term(id="RXNORM:2", kind="drug", name="beta", brands=("Shared",), source_id="a"),
    Term(id="HP:0001250", kind="phenotype", name="Seizure", source_id="a"),
)


@pytest.fixture(params=["sqlite", "memory"])
def terms(request, tmp_path):
    if request.param == "memory":
        yield MemoryTerms(TERMS)
        return
    store = SqliteTerms(tmp_path / "terms.db")
    store.put(TERMS)
    yield store
    store.close()


def test_names_synonyms_and_brands_give_the_id_that_mentions_carry(terms):
    names = ["Warfarin", "Coumadin", "isobutylphenyl propionic acid"]
    assert {n: t.id for n, t in terms.ground("drug", names).items()} == {
        "Warfarin": "RXNORM:11289",
        "Coumadin": "RXNORM:11289",
        "isobutylphenyl propionic acid": "RXNORM:5640",
    }


def test_what_is_misspelt_ambiguous_of_another_kind_or_empty_is_left_out(terms):
    assert terms.ground("drug", ["warfarine", "Shared", "Seizure", "", " ", "nothing"]) == {}
    assert terms.ground("drug", []) == {}


def test_many_names_at_once(terms):
    names = [f"drug {i}" for i in range(5000)]
    assert set(terms.ground("drug", [*names, "ibuprofen"])) == {"ibuprofen"}
