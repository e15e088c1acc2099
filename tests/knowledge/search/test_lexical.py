"""The word index: what is put is found, what is not committed is not, and nothing typed is an operator."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from bedside.core.errors import StoreError
from bedside.core.queries import PassageQuery
from bedside.core.types import Passage
from bedside.knowledge.search.lexical import TantivyIndex


def passage(id, text, *, title="", source="s", kind="passage", **fields):
    return Passage(id=id, text=text, title=title, source_id=source, kind=kind, fields=fields)


def found(index, text, k=10, **how):
    return [hit.passage_id for hit in index.query(PassageQuery(text, k, **how))]


@pytest.fixture
def index(tmp_path):
    opened = TantivyIndex(tmp_path / "words")
    yield opened
    opened.close()


def test_nothing_is_seen_before_commit(index):
    index.put([passage("a", "marfan syndrome")])
    assert found(index, "marfan") == []
    assert index.count() == 0
    index.commit()
    assert found(index, "marfan") == ["a"]


def test_rollback_forgets(index):
    index.put([passage("a", "marfan syndrome")])
    index.commit()
    index.put([passage("b", "marfan again")])
    index.remove("s")
    index.rollback()
    index.commit()
    assert found(index, "marfan") == ["a"]


def test_put_again_replaces_by_source_and_id(index):
    index.put([passage("a", "old words"), passage("a", "newer words"), passage("a", "elsewhere words", source="t")])
    index.put([passage("a", "newest words")])
    index.commit()
    assert index.count() == 2
    assert found(index, "old newer") == []
    assert {(h.source_id, h.passage_id) for h in index.query(PassageQuery("words", 5))} == {("s", "a"), ("t", "a")}
    assert found(index, "newest") == ["a"]


def test_remove_leaves_other_sources(index):
    index.put([passage(f"a{n}", "marfan") for n in range(20)] + [passage("b", "marfan", source="s'")])
    index.commit()
    assert index.remove("s") == 20
    assert index.count() == 21
    index.commit()
    assert (index.count(), index.count("s"), index.count("s'")) == (1, 0, 1)
    assert list(index.ids("s")) == []
    assert list(index.ids("s'")) == ["b"]


def test_ids_lists_each_live_passage_once(index):
    for begin in range(0, 600, 100):
        index.put([passage(f"p_{n}", f"word{n}") for n in range(begin, begin + 100)])
        index.commit()
    index.put([passage("p_7", "replaced")])
    index.commit()
    assert sorted(index.ids("s")) == sorted(f"p_{n}" for n in range(600))


def test_filters(index):
    index.put(
        [
            passage("a", "aspirin", kind="abstract", source="x", year=2014, journal="J. Méd", retracted=True),
            passage("b", "aspirin", kind="abstract", source="y", year="2016 Mar", grade=1),
            passage("c", "aspirin", kind="guideline", source="x", year=2018, grade=1.0, note="n" * 100_000),
            passage("d", "aspirin", source="z"),
        ]
    )
    index.commit()
    assert found(index, "aspirin", source_ids=["x", "z"]) == ["a", "c", "d"]
    assert found(index, "aspirin", kinds=["abstract"], source_ids=["x"]) == ["a"]
    assert found(index, "aspirin", fields={"journal": "J. Méd"}) == ["a"]
    assert found(index, "aspirin", fields={"grade": 1}) == ["b", "c"]
    assert found(index, "aspirin", fields={"retracted": 1}) == []
    assert found(index, "aspirin", fields={"retracted": True}) == ["a"]
    assert found(index, "aspirin", fields={"note": "n" * 100_000}) == ["c"]
    assert found(index, "aspirin", years=(2014, 2016)) == ["a", "b"]
    assert found(index, "aspirin", fields={"journal": "J. Méd' OR *"}) == []


def test_a_filter_does_not_change_the_scores(index):
    index.put([passage("a", "aspirin for pain", year=2014), passage("b", "aspirin aspirin", year=2014)])
    index.commit()
    free = index.query(PassageQuery("aspirin pain", 5))
    assert index.query(PassageQuery("aspirin pain", 5, source_ids=["s"], years=(2000, 2020), fields={"year": 2014})) == free


@pytest.mark.parametrize(
    "text",
    ["", "   ", '"', "a AND", "title:x", "[1 TO", "*", "\\", "(((", "^", "~2", "\0", "+-!", "https://x.y/?q=1&r=*", "/re[/"],
)
def test_nothing_typed_is_an_operator(index, text):
    index.put([passage("a", "some words")])
    index.commit()
    assert found(index, text) == []
    assert found(index, text + " words") == ["a"]


def test_long_and_strange_text_is_stored_and_asked(index):
    index.put([passage("a", "x" * 100_000 + " needle"), passage("b", "发热 fièvre \U0001f600 needle")])
    index.commit()
    assert sorted(found(index, "needle " + "word " * 5_000)) == ["a", "b"]
    assert found(index, "fievre") == ["b"]


def test_readers_see_each_commit_of_the_writer_beside_them(index, tmp_path):
    index.commit()
    one, two = (TantivyIndex(tmp_path / "words", read_only=True) for _ in range(2))
    index.put([passage("a", "marfan")])
    index.commit()
    assert found(one, "marfan") == found(two, "marfan") == ["a"]
    with pytest.raises(StoreError, match="reading only"):
        one.put([passage("b", "x")])
    one.close()
    with pytest.raises(StoreError, match="closed"):
        one.query(PassageQuery("marfan", 1))
    two.close()


def test_a_second_writer_is_refused(index, tmp_path):
    with pytest.raises(StoreError, match="another process is writing") as caught:
        TantivyIndex(tmp_path / "words")
    assert caught.value.hint


def test_a_folder_that_is_missing_or_damaged_says_so(tmp_path):
    with pytest.raises(StoreError, match="does not exist yet"):
        TantivyIndex(tmp_path / "none", read_only=True)
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError):
        TantivyIndex(tmp_path / "file")
    TantivyIndex(tmp_path / "bad").close()
    (tmp_path / "bad" / "meta.json").write_text("{")
    with pytest.raises(StoreError, match="could not open"):
        TantivyIndex(tmp_path / "bad")
    TantivyIndex(tmp_path / "old").close()
    (tmp_path / "old" / "bedside.json").write_text('{"version": "0"}')
    with pytest.raises(StoreError, match="version 0"):
        TantivyIndex(tmp_path / "old", read_only=True)


def test_a_first_opening_that_was_killed_is_opened_again(tmp_path):
    TantivyIndex(tmp_path / "w").close()
    (tmp_path / "w" / "bedside.json").unlink()
    index = TantivyIndex(tmp_path / "w")
    index.put([passage("a", "marfan")])
    index.commit()
    assert found(index, "marfan") == ["a"]
    index.close()


KILLED = """
import sys
from bedside.core.types import Passage
from bedside.knowledge.search.lexical import TantivyIndex
index = TantivyIndex(sys.argv[1])
def some(start): return [Passage(id=f"p{n}", text=f"marfan {n} " * 50, source_id="s") for n in range(start, start + 500)]
index.put(some(0)); index.commit()
index.put(some(500)); index.remove("s")
print("ready", flush=True)
while True: index.put(some(1000))
"""


def test_a_killed_writer_leaves_the_last_commit(tmp_path):
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "w")], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "ready\n"
        os.kill(child.pid, signal.SIGKILL)
    index = TantivyIndex(tmp_path / "w")
    assert index.count() == 500
    assert len(index.query(PassageQuery("marfan", 1_000))) == 500
    index.put([passage("p0", "replaced")])
    index.commit()
    assert index.count() == 500
    index.close()


def test_many_threads_at_once(index):
    errors = []

    def work(number):
        try:
            for n in range(30):
                index.put([passage(f"{number}-{n}", f"marfan {n}")])
                index.query(PassageQuery("marfan", 5))
                if n % 10 == 0:
                    index.commit()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    index.commit()
    assert errors == []
    assert index.count("s") == 180


def test_a_passage_is_found_by_its_neighbours_words_after_its_own(index):
    def part(n, text, document="d"):
        return passage(f"{document}{n}", text, document=document)

    index.put([part(1, "alpha words here"), part(2, "beta words here")])
    index.put([part(3, "gamma words here"), part(1, "delta words here", "e")])
    index.commit()
    assert found(index, "beta") == ["d2", "d1", "d3"]
    assert found(index, "gamma") == ["d3", "d2"]
    assert found(index, "delta") == ["e1"]


def test_the_batches_of_put_do_not_matter(tmp_path):
    passages = [passage(f"{d}#{n}", f"word{d} part{n} of {d * n}", document=str(d)) for d in range(8) for n in range(4)]
    answers = []
    for size in (1, 3, 32):
        index = TantivyIndex(tmp_path / str(size))
        for begin in range(0, len(passages), size):
            index.put(passages[begin : begin + size])
        index.commit()
        answers.append([index.query(PassageQuery(f"word3 part{n} of", 40)) for n in range(4)])
        index.close()
    assert answers[0] == answers[1] == answers[2]


def test_title_words_count_more_than_words_of_the_text(index):
    index.put([passage("a", "fibrillin and aorta", title="Marfan"), passage("b", "marfan and aorta", title="Fibrillin")])
    index.commit()
    assert found(index, "marfan") == ["a", "b"]


def test_a_rolled_back_passage_lends_nothing_to_the_next(index):
    index.put([passage("d1", "alpha", document="d")])
    index.rollback()
    index.put([passage("d2", "beta", document="d")])
    index.commit()
    assert found(index, "alpha") == []
