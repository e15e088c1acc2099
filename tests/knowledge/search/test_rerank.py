"""The first hits in the order of a model: by likelihood and rank, within its time, and never an error."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from bedside.core.errors import ModelError
from bedside.core.reading.sentences import sentences
from bedside.core.testing.doubles import ScriptedModel
from bedside.core.types import Hit, Passage
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.llm.starter import starter_model
from bedside.knowledge.search.excerpt import window
from bedside.knowledge.search.rerank import agreed, rerank

QUESTION = "Does labetalol lower blood pressure in pregnancy?"
TEXTS = [
    "Blood groups are inherited.",
    "The cockpit has two seats.",
    "Labetalol is used to lower blood pressure in pregnancy.",
    "Asthma narrows the airways.",
]


def hits(texts: Sequence[str] = TEXTS, **parts: Sequence[float]) -> list[Hit]:
    return [
        Hit(
            passage=Passage.of(source_id="s", doc_id=str(n), text=text),
            score=1 / (n + 1),
            parts={name: values[n] for name, values in parts.items()},
        )
        for n, text in enumerate(texts)
    ]


def order(found: Sequence[Hit]) -> list[str]:
    return [hit.passage.doc_id for hit in found]


class Fixed(ScriptedModel):
    """Gives the values of `values` in turn, and keeps the texts it was shown."""

    def __init__(self, values: Sequence[float | Exception]) -> None:
        super().__init__()
        self.values = list(values)
        self.shown: list[str] = []
        self.timeouts: list[float | None] = []

    def score(self, passages: Sequence[str], question: str, *, timeout: float | None = None) -> list[float]:
        self.shown += passages
        self.timeouts.append(timeout)
        value = self.values.pop(0)
        if isinstance(value, Exception):
            raise value
        return [value] * len(passages)


def test_the_hit_that_answers_comes_first_and_says_why() -> None:
    before = hits()
    done = rerank(QUESTION, before, ScriptedModel())
    assert order(done.hits) == ["2", "0", "1", "3"]
    assert (done.scored, done.stopped) == (4, "done") and done.note == "the language model read 4 of 4 hits"
    first = done.hits[0]
    assert first.parts["fused"] == before[2].score and first.parts["likelihood"] > done.hits[1].parts["likelihood"]
    assert [hit.score for hit in done.hits] == [hit.score for hit in before], "scores still fall along the list"
    assert before[2].parts == {}


def test_rank_is_worth_its_prior() -> None:
    near = [-3.0, -2.9, -2.5, -5.0]
    assert order(rerank(QUESTION, hits(), Fixed(near), prior=0.0).hits) == ["2", "1", "0", "3"]
    assert order(rerank(QUESTION, hits(), Fixed(near), prior=0.2).hits) == ["2", "0", "1", "3"]
    assert order(rerank(QUESTION, hits(), Fixed(near), prior=5.0).hits) == ["0", "1", "2", "3"]
    assert order(rerank(QUESTION, hits(), Fixed([-3.0] * 4), prior=0.0).hits) == ["0", "1", "2", "3"]


def test_only_the_top_is_read() -> None:
    model = Fixed([-3.0, -1.0])
    done = rerank(QUESTION, hits(), model, top=2)
    assert order(done.hits) == ["1", "0", "2", "3"] and len(model.shown) == 2
    assert "likelihood" not in done.hits[2].parts


def test_time_is_kept_and_the_rest_stays_in_order() -> None:
    ticks = itertools.count()
    model = Fixed([-3.0, -1.0, -0.5, -0.1])
    done = rerank(QUESTION, hits(), model, budget_s=4.5, clock=lambda: float(next(ticks)))
    assert (done.scored, done.stopped) == (2, "budget")
    assert order(done.hits) == ["1", "0", "2", "3"] and "4.5 s were over" in done.note
    assert all(timeout is not None and 0 < timeout <= 4.5 for timeout in model.timeouts)


def test_no_budget_asks_nothing() -> None:
    model = Fixed([])
    assert rerank(QUESTION, hits(), model, budget_s=0).stopped == "budget" and model.shown == []


def test_rankings_that_agree_are_not_asked_about() -> None:
    model = Fixed([-3.0, -1.0, -2.0, -4.0])
    same = hits(words=[9.0, 2.0, 3.0, 1.0], meaning=[0.9, 0.8, 0.7, 0.6])
    done = rerank(QUESTION, same, model, lists=("words", "meaning"))
    assert done.stopped == "agreed" and done.hits == same and model.shown == []
    assert "words and meaning have the same first hit" in done.note
    other = hits(words=[2.0, 9.0, 3.0, 1.0], meaning=[0.9, 0.8, 0.7, 0.6])
    assert order(rerank(QUESTION, other, model, lists=("words", "meaning")).hits)[0] == "1"
    assert not agreed(same, ("words",)) and not agreed(same, ("words", "absent"))


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_order(count: int) -> None:
    done = rerank(QUESTION, hits()[:count], Fixed([]))
    assert done.stopped == "few" and len(done.hits) == count


def test_absent_or_dying_model_changes_nothing_but_the_note() -> None:
    done = rerank(QUESTION, hits(), None)
    assert (done.stopped, order(done.hits)) == ("model", ["0", "1", "2", "3"]) and "no language model" in done.note
    dying = ModelError("the language model's process was killed by SIGKILL")
    done = rerank(QUESTION, hits(), Fixed([dying]))
    assert (done.stopped, done.scored, order(done.hits)) == ("model", 0, ["0", "1", "2", "3"])
    assert "SIGKILL" in done.note
    done = rerank(QUESTION, hits(), Fixed([-3.0, -1.0, dying]))
    assert (done.scored, order(done.hits)) == (2, ["1", "0", "2", "3"]), "what was read counts"


def test_model_sees_the_title_and_a_short_window() -> None:
    filler = "Nothing of the kind was ever seen in any of the wards that took part. " * 12
    text = f"{filler}Labetalol lowers blood pressure in pregnancy. {filler}"
    passage = Passage.of(source_id="s", text=text, title="Hypertension")
    model = Fixed([-1.0, -2.0])
    rerank(QUESTION, [Hit(passage=passage, score=1.0), *hits()[:1]], model)
    assert model.shown[0].startswith("Hypertension\n") and len(model.shown[0]) < 400
    assert "Labetalol lowers blood pressure in pregnancy." in model.shown[0]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 50),
        ("  \n ", 50),
        ("One sentence only.", 5),
        ("word " * 300, 90),
        ("x" * 500, 60),
        ("Aß c. Ωmega d? E!\n\nF", 8),
    ],
)
def test_window_is_a_slice_within_its_size(text: str, size: int) -> None:
    start, end = window(text, "sentence omega word", size)
    assert 0 <= start <= end <= len(text) and end - start <= size
    assert text[start:end] == text[start:end].strip()
    assert bool(text.strip()) == (end > start)


def test_window_grows_around_the_match_and_cuts_long_sentences_near_it() -> None:
    text = "Alpha came first. Beta followed it. The dose of codeine is small. Delta came fourth. Epsilon was last."
    start, end = window(text, "codeine dose", 66)
    assert text[start:end] == "Beta followed it. The dose of codeine is small. Delta came fourth."
    long = "thing " * 80 + "codeine " + "thing " * 80
    start, end = window(long, "codeine", 60)
    assert "codeine" in long[start:end] and long[start - 1] == " "
    assert [text[a:b] for a, b in sentences(text)][2] == "The dose of codeine is small."


@pytest.fixture(scope="module")
def starter() -> Any:
    model = LlamaProcess(starter_model(), n_ctx=1024, timeout=240)
    model.complete([{"role": "user", "content": "Hi"}], max_tokens=1)
    yield model
    model.close()


def test_the_starter_model_finds_the_answer(starter: LlamaProcess) -> None:
    done = rerank(QUESTION, hits(), starter, budget_s=120)
    assert order(done.hits)[0] == "2" and done.stopped == "done"
    assert all(-20 < hit.parts["likelihood"] < 0 for hit in done.hits)


def test_a_model_that_cannot_be_loaded(tmp_path: Any) -> None:
    model = LlamaProcess(tmp_path / "absent.gguf")
    done = rerank(QUESTION, hits(), model)
    assert done.stopped == "model" and order(done.hits) == ["0", "1", "2", "3"] and "missing" in done.note
    model.close()
