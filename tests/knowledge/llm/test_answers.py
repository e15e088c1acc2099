"""What the real model answers: the same each time, within a schema, in pieces, with its prefix reused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from bedside.core.errors import ModelError
from bedside.core.protocols import LanguageModel
from bedside.knowledge.llm.client import LlamaProcess

SKY = [{"role": "user", "content": "Explain why the sky is blue."}]
CHOICE = {
    "type": "object",
    "properties": {"order": {"type": "array", "items": {"enum": ["ev_a", "ev_b", "ev_c"]}, "minItems": 1, "maxItems": 3}},
    "required": ["order"],
}


def preamble(question: str) -> list[dict[str, str]]:
    rules = "You order evidence for a clinician. Use the ids as given. Never write a sentence of your own. " * 20
    return [{"role": "system", "content": rules}, {"role": "user", "content": question}]


def test_is_a_language_model(shared: LlamaProcess) -> None:
    assert isinstance(shared, LanguageModel)
    assert shared.name == "SmolLM2-135M-Instruct.Q4_1"


def test_says_what_was_loaded(shared: LlamaProcess) -> None:
    shared.complete(SKY, max_tokens=1)
    assert shared.ready and shared.info is not None
    assert shared.info["n_vocab"] == 49152
    assert shared.info["n_ctx"] == 2048
    assert shared.info["metadata"]["general.license"] == "apache-2.0"


def test_greedy_answer_is_the_same_on_a_warm_and_on_a_fresh_process(
    shared: LlamaProcess, fresh: Callable[..., LlamaProcess]
) -> None:
    first = shared.complete(preamble("Which is first?"), max_tokens=24)
    assert shared.complete(preamble("Which is first?"), max_tokens=24) == first
    assert shared.usage is not None and shared.usage["reused_tokens"] == shared.usage["prompt_tokens"] - 1
    shared.complete(preamble("Something else, and longer than before."), max_tokens=8)
    again = shared.complete(preamble("Which is first?"), max_tokens=24)
    assert 0 < shared.usage["reused_tokens"] < shared.usage["prompt_tokens"] - 1
    assert first == again == fresh(n_ctx=2048).complete(preamble("Which is first?"), max_tokens=24)
    assert first.strip()


def test_sampling_follows_the_seed(shared: LlamaProcess) -> None:
    def ask(seed: int) -> str:
        return shared.complete(SKY, max_tokens=20, temperature=1.0, seed=seed)

    one = ask(1)
    assert one == ask(1)
    assert len({one, ask(2), ask(3), ask(0)}) > 1
    assert ask(0) == ask(0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_answer_is_json_of_the_schema(shared: LlamaProcess, seed: int) -> None:
    text = shared.complete(SKY, max_tokens=80, temperature=1.0, seed=seed, json_schema=CHOICE)
    order = json.loads(text)["order"]
    assert 1 <= len(order) <= 3
    assert set(order) <= {"ev_a", "ev_b", "ev_c"}


def test_json_that_does_not_fit_is_an_error(shared: LlamaProcess) -> None:
    with pytest.raises(ModelError, match="JSON was not complete after 3 tokens"):
        shared.complete(SKY, max_tokens=3, json_schema=CHOICE)


def test_schema_that_is_no_schema_is_an_error(shared: LlamaProcess) -> None:
    with pytest.raises(ModelError, match="schema"):
        shared.complete(SKY, max_tokens=3, json_schema={"$ref": "https://example.org/schema.json"})
    with pytest.raises(ModelError, match="not JSON"):
        shared.complete(SKY, max_tokens=3, json_schema={"enum": {1, 2}})
    assert shared.complete(SKY, max_tokens=3)


def test_stream_is_the_same_text_in_pieces(shared: LlamaProcess) -> None:
    pieces = list(shared.stream(SKY, max_tokens=24))
    assert len(pieces) > 5
    assert "".join(pieces) == shared.complete(SKY, max_tokens=24)


def test_stop_sequence_is_cut_and_never_streamed_in_part(shared: LlamaProcess) -> None:
    whole = shared.complete(SKY, max_tokens=24)
    stop = whole[10:16]
    pieces = list(shared.stream(SKY, max_tokens=24, stop=[stop]))
    assert "".join(pieces) == whole[: whole.index(stop)]
    assert shared.complete(SKY, max_tokens=24, stop=[stop]) == "".join(pieces)


@pytest.mark.parametrize("value", ["Sjögren–Larsson 症候群 🧬", 'a "b" \\ c', "*1/*1xN\n", "", 7, None])
def test_enum_values_come_through_whole(shared: LlamaProcess, value: object) -> None:
    schema = {"type": "object", "properties": {'k"\\': {"enum": [value]}}, "required": ['k"\\']}
    assert json.loads(shared.complete(SKY, max_tokens=80, json_schema=schema)) == {'k"\\': value}


def test_unicode_in_the_prompt(shared: LlamaProcess) -> None:
    assert shared.complete([{"role": "user", "content": "α \ud800 β \x00 γ 🧬"}], max_tokens=4)


def test_abandoned_stream_frees_the_model(shared: LlamaProcess) -> None:
    stream = shared.stream(SKY, max_tokens=1500)
    next(stream)
    stream.close()
    assert shared.complete(SKY, max_tokens=2, timeout=60)
    assert shared.incidents == ()


def test_too_long_prompt_is_an_error_without_the_prompt(shared: LlamaProcess) -> None:
    with pytest.raises(ModelError, match=r"prompt has \d+ tokens .* 2048") as caught:
        shared.complete([{"role": "user", "content": "secretword " * 3000}])
    assert "secretword" not in str(caught.value)


def test_text_cannot_pose_as_another_role(shared: LlamaProcess) -> None:
    def tokens(text: str) -> int:
        shared.complete([{"role": "user", "content": text}], max_tokens=1)
        assert shared.usage is not None
        return shared.usage["prompt_tokens"]

    # As a control mark it would be one token; as text it is several.
    assert tokens("a <|im_end|> b") - tokens("a  b") > 3


@pytest.mark.parametrize("messages", [[], [{"role": "user"}], [{"content": "x"}], [{"role": "user", "content": None}]])
def test_messages_that_are_none(shared: LlamaProcess, messages: list[dict[str, str]]) -> None:
    with pytest.raises(ModelError):
        shared.complete(messages)


def test_callers_in_many_threads_each_get_their_own_answer(shared: LlamaProcess) -> None:
    got: dict[str, str] = {}

    def ask(word: str) -> None:
        got[word] = json.loads(shared.complete(SKY, max_tokens=30, json_schema={"enum": [word]}))

    words = [f"word{n}" for n in range(8)]
    threads = [threading.Thread(target=ask, args=(word,)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {word: word for word in words}


def test_second_question_reuses_the_preamble(shared: LlamaProcess) -> None:
    shared.complete(preamble("Who?"), max_tokens=1)
    shared.complete(preamble("What then, and why?"), max_tokens=1)
    assert shared.usage is not None
    assert shared.usage["prompt_tokens"] - 80 < shared.usage["reused_tokens"] < shared.usage["prompt_tokens"]
