"""The LangChain adapter, and offload to a GPU where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from bedside.core.errors import ModelError
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.llm.langchain import BedsideChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import BaseModel

SKY = [{"role": "user", "content": "Explain why the sky is blue."}]


class Pick(BaseModel):
    id: Literal["ev_a", "ev_b"]


def test_invoke_and_stream_are_the_models_own_words(shared: LlamaProcess) -> None:
    chat = BedsideChatModel(llm=shared, max_tokens=16)
    expected = shared.complete(SKY, max_tokens=16)
    assert chat.invoke(SKY[0]["content"]).content == expected
    pieces = [chunk.content for chunk in chat.stream(SKY[0]["content"])]
    assert len(pieces) > 3 and "".join(pieces) == expected


def test_roles_and_stop(shared: LlamaProcess) -> None:
    chat = BedsideChatModel(llm=shared, max_tokens=16)
    talk = [SystemMessage("Be brief."), HumanMessage("Hi"), AIMessage("Hello."), HumanMessage("Why is the sky blue?")]
    plain = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Why is the sky blue?"},
    ]
    whole = shared.complete(plain, max_tokens=16)
    assert chat.invoke(talk).content == whole
    assert chat.invoke(talk, stop=[whole[5:9]]).content == whole[: whole.index(whole[5:9])]


def test_structured_output(shared: LlamaProcess) -> None:
    chat = BedsideChatModel(llm=shared)
    assert isinstance(chat.with_structured_output(Pick).invoke("Pick one."), Pick)
    picked = chat.with_structured_output(Pick.model_json_schema()).invoke("Pick one.")
    assert picked["id"] in ("ev_a", "ev_b")


def test_what_the_model_cannot_take_is_refused(shared: LlamaProcess) -> None:
    chat = BedsideChatModel(llm=shared)
    with pytest.raises(ModelError, match="tool"):
        chat.invoke([ToolMessage("x", tool_call_id="1")])
    with pytest.raises(ModelError, match="text only"):
        chat.invoke([HumanMessage([{"type": "image_url", "image_url": {"url": "data:"}}])])


def test_tracing_to_a_server_is_refused() -> None:
    code = (
        "import os\nfrom bedside.knowledge.llm.client import LlamaProcess\n"
        "assert os.environ['LANGSMITH_TRACING'] == 'false'\n"  # importing knowledge switches it off
        "os.environ['LANGCHAIN_TRACING_V2'] = 'true'\n"  # the program switches it on again
        "from bedside.knowledge.llm.langchain import BedsideChatModel\n"
        "from bedside.core.errors import ModelError\n"
        "try:\n    BedsideChatModel(llm=LlamaProcess('m.gguf'))\n"
        "except ModelError as error:\n    print(error)\n"
    )
    environment = {**os.environ, "LANGSMITH_TRACING": "true"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=environment)
    assert "LangSmith tracing is on" in done.stdout, done.stderr


@pytest.mark.gpu
def test_offload(fresh: Callable[..., LlamaProcess], model_path: Path) -> None:
    on_gpu, on_cpu = fresh(), fresh(n_gpu_layers=0)
    assert on_gpu.complete(SKY, max_tokens=8).strip()
    assert on_gpu.info is not None
    if not on_gpu.info["gpu_offload"]:
        pytest.skip("llama-cpp-python was built without a GPU backend, or no device is visible")
    assert on_cpu.complete(SKY, max_tokens=8).strip()
    assert on_cpu.info is not None
    assert on_gpu.info["gpu_layers"] == on_gpu.info["layers"] > 0
    assert on_cpu.info["gpu_layers"] == 0
