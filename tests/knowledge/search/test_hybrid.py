"""Both sides in one order, over the real stores and a deterministic embedder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from bedside.core.errors import EmbeddingError, StoreError
from bedside.core.protocols import PassageSearch
from bedside.core.testing import WordEmbedder
from bedside.core.types import Hit, Passage, Term
from bedside.knowledge.search.candidates import Candidates
from bedside.knowledge.search.diversify import varied
from bedside.knowledge.search.fusion import RankedList, fuse
from bedside.knowledge.search.hybrid import HybridSearch
from bedside.knowledge.search.lexical import LexicalHit, TantivyIndex
from bedside.knowledge.search.rerank import Reranked
from bedside.knowledge.search.retriever import as_retriever
from bedside.knowledge.terms import SqliteTerms
from bedside.knowledge.vectors import ChromaVectors


def passage(id, text, *, title="", source="s", kind="passage", **fields):
    return Passage(id=id, text=text, title=title, source_id=source, kind=kind, doc_id=id, fields=fields)


PASSAGES = [
    passage("m1", "Aortic root dilatation is common in Marfan syndrome.", document="m", year=2012),
    passage("m2", "Lens dislocation is also seen.", document="m", year=2012),
    passage("c1", "Clopidogrel is activated by CYP2C19.", document="c", year=2018, source="t", kind="guideline"),
    passage("a1", "Aspirin inhibits platelet aggregation.", document="a", year="2016 Mar"),
    passage("w1", "Acetylsalicylic acid lowers fever.", document="w"),
]


@pytest.fixture
def parts(tmp_path):
    embedder = WordEmbedder()
    vectors = ChromaVectors.embedded(tmp_path / "v", fingerprint=embedder.fingerprint, dimensions=embedder.dimensions)
    vectors.put(PASSAGES, embedder.embed([p.text for p in PASSAGES]))
    words = TantivyIndex(tmp_path / "w")
    words.put(PASSAGES)
    words.commit()
    terms = SqliteTerms(tmp_path / "terms.sqlite")
    terms.put([Term(id="RX:1", kind="drug", name="aspirin", synonyms=("acetylsalicylic acid",), source_id="s")])
    made = SimpleNamespace(vectors=vectors, words=words, embedder=embedder, terms=terms)
    yield made
    for one in (vectors, words, terms):
        one.close()


@pytest.fixture
def search(parts):
    made = HybridSearch(parts)
    yield made
    made.close()


def found(search, text, k=10, **how):
    return list(search.find(text, k, **how).hits)


def ids(hits):
    return [hit.passage.id for hit in hits]


def test_the_best_of_both_comes_first_and_shows_its_scores(search):
    assert isinstance(search, PassageSearch)
    hits = found(search, "Does Marfan syndrome dilate the aortic root?", 3)
    assert ids(hits)[0] == "m1"
    assert hits[0].parts["bm25"] > 0
    assert -1 <= hits[0].parts["dense"] <= 1
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_one_hit_for_each_document(search):
    hits = found(search, "aortic root dilatation lens dislocation", 10, per_document=True)
    documents = [hit.passage.fields["document"] for hit in hits]
    assert len(documents) == len(set(documents)) == 4
    assert documents[0] == "m"


def test_filters_hold_on_both_sides(search):
    assert set(ids(found(search, "clopidogrel aspirin", source_ids=["t"]))) == {"c1"}
    assert set(ids(found(search, "clopidogrel aspirin", kinds=["guideline"]))) == {"c1"}
    assert set(ids(found(search, "clopidogrel aspirin", years=(2016, 2018)))) == {"c1", "a1"}
    assert set(ids(found(search, "clopidogrel aspirin", fields={"document": "m"}))) == {"m1", "m2"}
    assert found(search, "clopidogrel aspirin", years=(1900, 1901)) == []


def test_nothing_asked_finds_nothing(search):
    assert found(search, "  ") == found(search, "aspirin", 0) == []
    assert found(search, '"*:^~ (', 3)  # the meaning side still answers


def test_other_names_are_found_and_told(search, parts):
    found = search.find("aspirin", 5)
    assert found.expanded == {"aspirin": ("acetylsalicyl acid",)}
    assert {"a1", "w1"} == {h.passage.id for h in found.hits if "bm25" in h.parts}
    assert (
        next(h for h in found.hits if h.passage.id == "a1").score > next(h for h in found.hits if h.passage.id == "w1").score
    )
    plain = HybridSearch(parts, expand=False).find("aspirin", 5)
    assert plain.expanded == {}
    assert {h.passage.id for h in plain.hits if "bm25" in h.parts} == {"a1"}


class Broken:
    def __init__(self, error):
        self.error = error

    def __getattr__(self, name):
        def fail(*_, **__):
            raise self.error

        return fail


def test_one_side_alone_answers_with_a_note(parts):
    without_words = SimpleNamespace(**{**vars(parts), "words": Broken(StoreError("no words"))})
    found = HybridSearch(without_words).find("Marfan syndrome aortic root", 2)
    assert ids(found.hits)[0] == "m1"
    assert any("by meaning only" in note and "no words" in note for note in found.notes)
    without_model = SimpleNamespace(**{**vars(parts), "embedder": Broken(EmbeddingError("no model"))})
    found = HybridSearch(without_model).find("Marfan syndrome aortic root", 2)
    assert ids(found.hits)[0] == "m1"
    assert any("by words only" in note and "no model" in note for note in found.notes)
    neither = SimpleNamespace(**{**vars(without_model), "words": Broken(StoreError("no words"))})
    with pytest.raises(EmbeddingError, match="no model"):
        HybridSearch(neither).find("Marfan")
    without_terms = SimpleNamespace(**{**vars(parts), "terms": Broken(StoreError("no terms"))})
    assert any("no terms" in note for note in HybridSearch(without_terms).find("aspirin").notes)


def test_a_passage_that_only_the_word_index_knows_is_told(search, parts):
    parts.words.put([passage("ghost", "Marfan Marfan Marfan")])
    parts.words.commit()
    found = search.find("Marfan", 10)
    assert "ghost" not in ids(found.hits)
    assert any("1 passages of the word index" in note for note in found.notes)


def test_many_at_once_as_one_by_one(search):
    texts = ["Marfan aortic root", "clopidogrel CYP2C19", "aspirin"]
    many = [r.hits for r in search.find_many(texts, 3)]
    assert [ids(hits) for hits in many] == [ids(found(search, text, 3)) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda t: ids(found(search, t, 3)), texts * 10)) == [ids(h) for h in many] * 10


def test_the_reader_reorders_only_where_asked(parts):
    def backwards(question, hits):
        return Reranked(list(hits)[::-1], len(hits), 0.0, "done", "read backwards")

    search = HybridSearch(parts, rerank=backwards)
    plain, turned = search.find("Marfan", 10), search.find("Marfan", 10, rerank=True)
    assert ids(turned.hits) == ids(plain.hits)[::-1]
    assert turned.notes == (*plain.notes, "read backwards")


def test_as_a_langchain_retriever(search):
    documents = as_retriever(search, 2, source_ids=["s"]).invoke("Marfan aortic root")
    assert documents[0].page_content == PASSAGES[0].text
    assert documents[0].metadata["id"] == "m1"
    assert documents[0].metadata["year"] == 2012
    assert documents[0].metadata["parts"]["bm25"] > 0


# --- fusion, documents, diversity -------------------------------------------------------------------------------------


def test_how_far_ahead_a_hit_is_counts_and_not_only_its_rank():
    near = fuse({"a": RankedList({"x": 10.0, "y": 9.9, "z": 1.0}, 3), "b": RankedList({"y": 0.9, "x": 0.5, "z": 0.4}, 3)})
    assert [one.key for one in near] == ["y", "x", "z"]
    far = fuse({"a": RankedList({"x": 10.0, "y": 2.0, "z": 1.0}, 3), "b": RankedList({"y": 0.55, "x": 0.5, "z": 0.0}, 3)})
    assert [one.key for one in far] == ["x", "y", "z"]
    assert far[0].parts == {"a": 10.0, "b": 0.5}


def test_a_list_that_ended_by_itself_says_what_the_rest_scores():
    cut = fuse({"a": RankedList({"x": 3.0, "y": 2.9}, 2), "b": RankedList({"z": 0.9, "y": 0.5}, 2)})
    whole = fuse({"a": RankedList({"x": 3.0, "y": 2.9}, 100), "b": RankedList({"z": 0.9, "y": 0.5}, 2)})
    gap = [{f.key: f.score for f in fused} for fused in (cut, whole)]
    assert gap[1]["y"] - gap[1]["z"] > gap[0]["y"] - gap[0]["z"]


def test_empty_and_equal_lists():
    assert fuse({"a": RankedList({}, 5), "b": RankedList({}, 5)}) == []
    only = fuse({"a": RankedList({"x": 1.0, "y": 1.0}, 5), "b": RankedList({}, 5)})
    assert {one.key for one in only} == {"x", "y"}
    assert only[0].score == only[1].score


def test_a_retracted_passage_follows_an_equal_one():
    good, bad = passage("b", "same"), passage("a", "same", retracted=True)
    hits = [Hit(passage=bad, score=0.5), Hit(passage=good, score=0.5)]
    words = [LexicalHit("a", "s", 2.0, "a"), LexicalHit("b", "s", 2.0, "b")]
    for per_document in (False, True):
        top = Candidates(hits, words, 10, per_document=per_document).top(1, lambda ids: [])
        assert ids(top) == ["b"]


def test_near_copies_and_a_documents_fourth_passage_go_last():
    texts = ["one two three four", "one two three four", "five six", "seven", "eight", "nine"]
    hits = [Hit(passage=passage(str(n), text, document="d" if n else "e"), score=-n) for n, text in enumerate(texts)]
    assert ids(varied(hits)) == ["0", "2", "3", "4", "1", "5"]
