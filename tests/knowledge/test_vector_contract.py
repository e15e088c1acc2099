"""One contract for every vector store: Chroma in a folder, and a real Chroma server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from bedside.core.errors import StoreError
from bedside.core.protocols import VectorStore
from bedside.core.types import Passage
from bedside.knowledge.vectors import ChromaVectors
from bedside.knowledge.vectors.clients import close_client, open_server

DIM = 8
SAME = {"fingerprint": "model-a:1", "dimensions": DIM}
NASTY = "Line one\nline two\ttab, \"quoted\" 'single' back\\slash; ünïcode 心臓 🧬 e\u0301 \u2028 end\r\n"


@pytest.fixture(params=["embedded", "http"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., ChromaVectors]]:
    """Opens the same, at first empty, store each time."""
    opened: list[ChromaVectors] = []
    if request.param == "http":
        server = request.getfixturevalue("chroma_server")
        _forget_collections(server.url)

    def open_it(**rest) -> ChromaVectors:
        if request.param == "embedded":
            store = ChromaVectors.embedded(tmp_path / "chroma", **(SAME | rest))
        else:
            store = ChromaVectors.http(server.url, **(SAME | rest))
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(opener: Callable[..., ChromaVectors]) -> ChromaVectors:
    return opener()


def _forget_collections(url: str) -> None:
    client = open_server(url, None)
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    close_client(client)


def unit(*values: float) -> np.ndarray:
    vector = np.zeros(DIM, dtype=np.float32)
    vector[: len(values)] = values
    return vector / np.linalg.norm(vector)


def passage(id: str, text: str = "text", **rest) -> Passage:
    return Passage(**{"id": id, "text": text, "source_id": "s1", **rest})


def test_is_a_vector_store(store):
    assert isinstance(store, VectorStore)


def test_a_passage_comes_back_exactly_as_it_was_put(store):
    full = passage(
        "p-心-'\"\\\n",
        NASTY,
        title=NASTY,
        kind="guideline",
        source_id="quelle-1.0",
        doc_id="doc\n1",
        url="https://example.org/?a=b&c=d#é",
        references=("PMID:20301510", 'a "quoted", one', ""),
        fields={"drug": "codéine", "year": 2020, "score": 2.0, "active": True, "off": False, "zero": 0, "empty": ""},
    )
    store.put([full, passage("plain")], np.stack([unit(1), unit(0, 1)]))
    got = store.get([full.id])[0]
    assert got == full
    assert [type(value) for value in got.fields.values()] == [str, int, float, bool, bool, int, str]
    assert store.query(unit(1), 1)[0].passage == full


def test_vectors_are_read_by_source_and_id(store, opener):
    store.put([passage("p0"), passage("p1"), passage("p0", source_id="s2")], np.stack([unit(1), unit(0, 1), unit(1, 1)]))
    found = store.embeddings([("s1", "p0"), ("s2", "p0"), ("s1", "unknown"), ("nowhere", "p1"), ("s1", "p0")])
    assert set(found) == {("s1", "p0"), ("s2", "p0")}
    np.testing.assert_allclose(found["s2", "p0"], unit(1, 1), atol=1e-6)
    assert store.embeddings([]) == {}
    store.close()
    with pytest.raises(StoreError, match="two models"):
        opener(fingerprint="model-b:1").embeddings([("s1", "p0")])


def test_get_keeps_the_order_asked_and_leaves_out_the_unknown(store):
    store.put([passage(f"p{i}") for i in range(5)], np.stack([unit(1, i) for i in range(5)]))
    assert [p.id for p in store.get(["p3", "unknown", "p0", "p3", "p1"])] == ["p3", "p0", "p1"]
    assert store.get([]) == []
    assert store.get(["unknown"]) == []


def test_scores_are_cosine_best_first(store):
    vectors = np.stack([unit(1), unit(1, 1), unit(0, 1), unit(-1)])
    store.put([passage(name) for name in ("same", "half", "right", "opposite")], vectors)
    hits = store.query(unit(1), 4)
    assert [hit.passage.id for hit in hits] == ["same", "half", "right", "opposite"]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 0.7071, 0.0, -1.0], abs=1e-3)
    assert all(-1.0 <= hit.score <= 1.0 for hit in hits)


def test_equal_scores_are_in_order_of_id(store):
    store.put([passage(name) for name in "dbca"], np.stack([unit(1)] * 4))
    assert [hit.passage.id for hit in store.query(unit(1), 4)] == list("abcd")


def test_an_empty_store_finds_nothing_and_k_may_be_too_large(store):
    assert store.query(unit(1), 10) == []
    assert store.count() == 0
    store.put([passage("only")], unit(1)[None])
    assert len(store.query(unit(1), 100_000)) == 1
    assert store.query(unit(1), 0) == []
    store.put([], np.zeros((0, DIM), dtype=np.float32))
    assert store.count() == 1


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"source_ids": ["s1"]}, {"a", "b"}),
        ({"source_ids": ["s1", "s2"]}, {"a", "b", "c"}),
        ({"kinds": ["guideline"]}, {"b", "c"}),
        ({"source_ids": ["s1"], "kinds": ["guideline"]}, {"b"}),
        ({"fields": {"gene": "CYP2D6"}}, {"a", "c"}),
        ({"fields": {"year": 2020}}, {"a"}),
        ({"fields": {"weight": 1.5}}, {"b"}),
        ({"fields": {"flag": True}}, {"a"}),
        ({"fields": {"flag": False}}, {"b"}),
        ({"fields": {"one": 1}}, {"c"}),
        ({"fields": {"one": True}}, {"d"}),
        ({"fields": {"gene": "CYP2D6", "flag": True}, "source_ids": ["s1"]}, {"a"}),
        ({"fields": {"kind": "guideline"}}, set()),
        ({"fields": {"absent": "x"}}, set()),
        ({"source_ids": ["nobody"]}, set()),
    ],
)
@pytest.mark.parametrize("k", [1, 10])
def test_filters(store, wanted, expected, k):
    store.put(
        [
            passage("a", fields={"gene": "CYP2D6", "year": 2020, "flag": True}),
            passage("b", kind="guideline", fields={"gene": "TPMT", "weight": 1.5, "flag": False}),
            passage("c", kind="guideline", source_id="s2", fields={"gene": "CYP2D6", "one": 1}),
            passage("d", source_id="s3", fields={"one": True}),
        ],
        np.stack([unit(1), unit(1, 1), unit(0, 1), unit(0, 0, 1)]),
    )
    found = {hit.passage.id for hit in store.query(unit(1, 0.5), k, **wanted)}
    assert found <= expected
    assert len(found) == min(k, len(expected))


def test_a_rare_source_is_found_behind_many_nearer_passages(store):
    near = [passage(f"near{i}") for i in range(200)]
    vectors = np.stack([unit(1, i / 1000) for i in range(200)] + [unit(0, 1)])
    store.put([*near, passage("far", source_id="rare")], vectors)
    assert [hit.passage.id for hit in store.query(unit(1), 3, source_ids=["rare"])] == ["far"]


def test_put_replaces_by_id_and_twice_changes_nothing(store):
    first = [passage(f"p{i}", f"text {i}", fields={"old": 1}) for i in range(10)]
    vectors = np.stack([unit(1, i) for i in range(10)])
    store.put(first, vectors)
    store.put(first, vectors)
    assert store.count() == 10
    store.put([passage("p0", "new text")], unit(0, 0, 1)[None])
    assert store.count() == 10
    assert store.get(["p0"])[0].text == "new text"
    assert store.query(unit(0, 0, 1), 1)[0].passage.id == "p0"
    assert {hit.passage.id for hit in store.query(unit(1), 20, fields={"old": 1})} == {f"p{i}" for i in range(1, 10)}
    store.put([passage("p0", "of another source", source_id="s2")], unit(0, 0, 1)[None])
    assert (store.count("s1"), store.count("s2")) == (10, 1)
    assert [p.text for p in store.get(["p0"], source_ids=["s2", "s1"])] == ["of another source"]


def test_many_copies_of_a_text_hide_nothing(store):
    """Equal vectors cut an HNSW index into islands: one in five of these would not be found."""
    rng = np.random.default_rng(3)
    around = rng.normal(size=(1_200, DIM)).astype(np.float32)
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    copied = around[:8]
    store.put([passage(f"a{i}", f"text {i}") for i in range(1_200)], around)
    for batch in range(4):
        copies = [passage(f"c{batch}-{i}", f"text {i % 8}", title="" if i % 2 else "other") for i in range(200)]
        store.put(copies, np.stack([copied[i % 8] for i in range(200)]))
    assert store.count("s1") == 2_000
    for i in range(0, 1_200, 7):
        hits = store.query(around[i], 200)
        assert hits[0].score == pytest.approx(1.0, abs=1e-3)
        found = {hit.passage.id for hit in hits}
        assert f"a{i}" in found
        if i < 8:
            # Those with its title and text; the others differ in their title, and are copies of each other.
            assert sum(hit.score > 0.999 for hit in hits) == 1 + 4 * 25
    assert len(store.get([f"c{b}-{i}" for b in range(4) for i in range(200)])) == 800
    key = ("s1", "c3-199")
    assert store.embeddings([key])[key] == pytest.approx(copied[7], abs=1e-3)
    assert sorted(store.ids("s1")) == sorted({p.id for p in store.passages("s1")})
    assert {h.passage.title for h in store.query(copied[1], 50, kinds=["passage"]) if h.score > 0.999} == {""}


def test_a_copy_that_is_replaced_is_there_once(store):
    store.put([passage("a", "same"), passage("b", "same")], np.stack([unit(1), unit(1)]))
    store.put([passage("b", "its own now")], unit(0, 1)[None])
    store.put([passage("b", "its own now")], unit(0, 1)[None])
    assert store.count() == 2
    assert store.get(["b"])[0].text == "its own now"
    assert [h.passage.id for h in store.query(unit(0, 1), 1)] == ["b"]


def test_a_source_that_can_not_be_named_is_refused(store):
    with pytest.raises(StoreError, match="quelle"):
        store.put([passage("p", source_id="quelle é")], unit(1)[None])


def test_new_passages_are_added_without_a_look(store):
    store.put([passage(f"p{i}") for i in range(20)], np.stack([unit(1, i) for i in range(20)]), new=True)
    assert sorted(store.ids("s1")) == sorted(f"p{i}" for i in range(20))
    assert sorted(p.id for p in store.passages("s1")) == sorted(store.ids("s1"))


def test_an_id_twice_in_one_put_keeps_the_last(store):
    store.put([passage("p", "first"), passage("p", "second")], np.stack([unit(1), unit(0, 1)]))
    assert [p.text for p in store.get(["p"])] == ["second"]
    assert store.query(unit(0, 1), 1)[0].score == pytest.approx(1.0, abs=1e-4)


def test_remove_takes_one_source_and_tells_how_many(store):
    store.put([passage(f"a{i}") for i in range(3)], np.stack([unit(1)] * 3))
    store.put([passage(f"b{i}", source_id="s2") for i in range(2)], np.stack([unit(0, 1)] * 2))
    assert store.remove("s1") == 3
    assert store.remove("s1") == 0
    assert (store.count(), store.count("s1"), store.count("s2")) == (2, 0, 2)
    assert store.get(["a0"]) == []
    assert {hit.passage.id for hit in store.query(unit(1), 10)} == {"b0", "b1"}


def test_more_than_one_batch(store):
    many = 6_000
    rng = np.random.default_rng(7)
    vectors = rng.standard_normal((many, DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    store.put([passage(f"p{i}", f"text {i}", source_id=f"s{i % 2}") for i in range(many)], vectors)
    assert (store.count(), store.count("s0")) == (many, many // 2)
    got = store.get([f"p{i}" for i in range(many)])
    assert [p.text for p in got] == [f"text {i}" for i in range(many)]
    assert store.query(vectors[4321], 1)[0].passage.id == "p4321"
    assert store.remove("s0") == many // 2


def test_what_was_put_is_there_after_opening_again(opener):
    first = opener()
    first.put([passage("p", NASTY)], unit(1)[None])
    first.close()
    assert opener().query(unit(1), 1)[0].passage.text == NASTY


def test_vectors_of_another_model_are_never_mixed_in(opener):
    first = opener()
    first.put([passage("p")], unit(1)[None])
    first.close()
    second = opener(fingerprint="model-b:1")
    for use in (lambda: second.query(unit(1)), lambda: second.put([passage("q")], unit(1)[None])):
        with pytest.raises(StoreError, match="model-a:1") as caught:
            use()
        assert "model-b:1" in str(caught.value) and caught.value.hint
    # Its texts are still there to be embedded anew, and another source may be of the other model.
    assert [p.id for p in second.passages("s1")] == ["p"] and second.fingerprints("s1") == {"model-a:1"}
    second.put([passage("r", source_id="s2")], unit(1)[None])
    assert second.query(unit(1), source_ids=["s2"])[0].passage.id == "r"
    second.close()
    wider = opener(dimensions=DIM + 1)
    with pytest.raises(StoreError):
        wider.query(np.ones(DIM + 1))
    wider.close()
    assert opener().count() == 2


@pytest.mark.parametrize("bad", [np.ones((2, DIM)), np.ones((1, DIM + 1)), np.full((1, DIM), np.nan)])
def test_vectors_of_the_wrong_shape_are_refused(store, bad):
    with pytest.raises(StoreError):
        store.put([passage("p")], bad)
    with pytest.raises(StoreError):
        store.query(np.full(DIM, np.nan))
    with pytest.raises(StoreError):
        store.query(np.ones(DIM - 1))
    assert store.count() == 0


def test_many_threads_read_while_one_writes(store):
    store.put([passage(f"p{i}") for i in range(100)], np.stack([unit(1, i) for i in range(100)]))
    wrong: list[object] = []

    def read() -> None:
        for i in range(20):
            hits = store.query(unit(1, i), 5, source_ids=["s1"])
            if len(hits) != 5 or store.get([f"p{i}"])[0].id != f"p{i}":
                wrong.append(hits)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    store.put([passage(f"q{i}", source_id="s2") for i in range(100)], np.stack([unit(-1, i) for i in range(100)]))
    for thread in threads:
        thread.join()
    assert wrong == []
    assert store.count() == 200


def test_read_only_never_writes(opener):
    with pytest.raises(StoreError) as caught:
        opener(read_only=True)
    assert caught.value.hint == "bedside knowledge load"
    writer = opener()
    writer.put([passage("p")], unit(1)[None])
    writer.close()
    reader = opener(read_only=True)
    assert reader.count() == 1
    with pytest.raises(StoreError, match="reading only"):
        reader.put([passage("q")], unit(1)[None])
    with pytest.raises(StoreError, match="reading only"):
        reader.remove("s1")


def test_a_closed_store_says_so(store):
    store.close()
    store.close()
    for use in (lambda: store.count(), lambda: store.get(["p"]), lambda: store.query(unit(1))):
        with pytest.raises(StoreError, match="closed"):
            use()
