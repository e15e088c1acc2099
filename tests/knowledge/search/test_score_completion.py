"""What only one side found gets the other side's score too, and likeness to the best hits counts."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from bedside.core.errors import StoreError
from bedside.core.queries import PassageQuery
from bedside.core.testing import WordEmbedder
from bedside.core.types import Hit, Passage
from bedside.knowledge.search.candidates import Candidates
from bedside.knowledge.search.hybrid import HybridSearch
from bedside.knowledge.search.lexical import LexicalHit, TantivyIndex
from bedside.knowledge.search.score_completion import Filled, cosines, missing, supported
from bedside.knowledge.vectors import ChromaVectors


def passage(id, text="text", **fields):
    return Passage(id=id, text=text, source_id="s", doc_id=id, fields=fields)


def test_each_side_is_asked_only_for_what_it_lacks():
    dense = [Hit(passage=passage("a"), score=0.9), Hit(passage=passage("b"), score=0.8)]
    words = [LexicalHit("b", "s", 3.0, "b"), LexicalHit("c", "s", 2.0, "c")]
    assert missing(dense, words, 2) == ([("s", "a")], [("s", "c")])
    assert missing(dense, words, 100) == ([], [("s", "c")])  # the words ended by themselves: `a` shares none


def test_cosines_of_vectors_of_any_length():
    found = cosines([0.0, 2.0], {("s", "a"): [0.0, 5.0], ("s", "b"): [3.0, 3.0], ("s", "none"): [0.0, 0.0]})
    assert found == pytest.approx({("s", "a"): 1.0, ("s", "b"): 2**-0.5, ("s", "none"): 0.0})
    assert cosines([1.0], {}) == {}


def test_a_real_score_counts_and_not_the_last_of_the_list():
    dense = [Hit(passage=passage("a"), score=0.9), Hit(passage=passage("b"), score=0.8)]
    words = [LexicalHit("c", "s", 9.0, "c"), LexicalHit("d", "s", 8.9, "d")]
    for per_document in (False, True):
        filled = Filled({("s", "b"): 8.0}, {("s", "c"): -0.2, ("s", "d"): 0.79})
        top = Candidates(dense, words, 2, per_document=per_document, filled=filled).top(
            4, lambda ids: [passage(i) for i in ids]
        )
        assert [hit.passage.id for hit in top[:2]] == ["d", "b"]  # without: a or c, the first of its list
        assert "bm25" not in next(hit for hit in top if hit.passage.id == "a").parts  # no word of the question in it
        assert next(hit for hit in top if hit.passage.id == "d").parts == {"bm25": 8.9, "dense": 0.79}


def test_what_is_like_the_best_hits_rises_and_the_first_stays_first():
    right, other = np.eye(4)[0], np.eye(4)
    scores = [3.0, 2.8, 1.0, 1.1, 0.9]
    vectors = [right, right, other[1], other[2], right + 0.1 * other[3]]
    mixed = supported(scores, vectors, share=0.3, neighbours=2)
    assert max(mixed) == mixed[0]
    assert mixed[4] > mixed[2] and mixed[4] > mixed[3]
    assert min(mixed) >= min(scores)
    assert supported(scores, vectors, share=0.0, neighbours=2) == pytest.approx(scores)
    lone = supported(scores, [right, None, right, None, right], share=0.3, neighbours=2)
    assert (lone[1], lone[3]) == (2.8, 1.1)
    assert supported([2.0, 1.0], [right, right], share=0.3, neighbours=5) == [2.0, 1.0]


@pytest.fixture
def parts(tmp_path):
    texts = [f"Marfan syndrome number{n} aorta" for n in range(6)] + [f"unlike text{n} heart root" for n in range(6)]
    held = [passage(f"p{n:02}", text, document=f"d{n}") for n, text in enumerate(texts)]
    embedder = WordEmbedder()
    vectors = ChromaVectors.embedded(tmp_path / "v", fingerprint=embedder.fingerprint, dimensions=embedder.dimensions)
    vectors.put(held, embedder.embed(texts))
    words = TantivyIndex(tmp_path / "w")
    words.put(held)
    words.commit()
    yield SimpleNamespace(vectors=vectors, words=words, embedder=embedder, terms=None)
    vectors.close()
    words.close()


def test_scores_of_given_passages_are_those_of_a_query(parts):
    text = "Marfan syndrome of the aorta, heart root"
    asked = {(hit.source_id, hit.passage_id): hit.score for hit in parts.words.query(PassageQuery(text, 100))}
    some = [("s", "p01"), ("s", "p07"), ("s", "absent"), ("elsewhere", "p01")]
    assert parts.words.scores(text, some) == pytest.approx({key: asked[key] for key in some[:2]})
    assert parts.words.scores("zebra", some) == parts.words.scores(text, []) == {}


def test_both_scores_of_every_hit_are_shown(parts):
    class Short:
        """The ten nearest of an index that finds but two."""

        def __getattr__(self, name):
            return getattr(parts.vectors, name)

        def nearest(self, query):
            return parts.vectors.nearest(replace(query, k=2))

    search = HybridSearch(SimpleNamespace(**{**vars(parts), "vectors": Short()}), expand=False)
    found = search.find("Marfan syndrome aorta", 6, per_document=True)
    search.close()
    assert found.notes == ()
    assert len(found.hits) == 6
    asked = parts.embedder.embed(["Marfan syndrome aorta"])[0]
    for hit in found.hits:
        assert hit.parts["dense"] == pytest.approx(parts.embedder.embed([hit.passage.text])[0] @ asked, abs=1e-4)
        assert hit.parts["bm25"] > 0
    assert [h.score for h in found.hits] == sorted((h.score for h in found.hits), reverse=True)


def test_when_the_scores_can_not_be_had_both_lists_still_answer(parts):
    class Failing:
        def __getattr__(self, name):
            return getattr(parts.vectors, name)

        def embeddings(self, keys):
            raise StoreError("no vectors now")

    search = HybridSearch(SimpleNamespace(**{**vars(parts), "vectors": Failing()}), expand=False)
    found = search.find("Marfan syndrome aorta", 3, per_document=True)
    search.close()
    assert len(found.hits) == 3
    assert any("no vectors now" in note for note in found.notes)
