"""The shared model as a LangChain chat model. Importing this module imports langchain_core; nothing else here does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bedside.core.errors import ModelError
from bedside.core.protocols import LanguageModel
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import BaseModel, ConfigDict, model_validator

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}


class BedsideChatModel(BaseChatModel):
    """Any `LanguageModel` behind LangChain's interface: `invoke`, `stream`, `stop`, `with_structured_output`.

    Text messages from system, human and AI only. Raises `ModelError` for anything else, and at construction when
    LangSmith tracing is on in the environment, because tracing sends prompts to a server.
    """

    llm: LanguageModel
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0
    timeout: float | None = None

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @model_validator(mode="after")
    def _nothing_leaves(self) -> BedsideChatModel:
        from langsmith.utils import tracing_is_enabled

        if tracing_is_enabled():
            raise ModelError(
                "LangSmith tracing is on and would send prompts off this machine",
                hint="unset LANGSMITH_TRACING LANGSMITH_TRACING_V2 LANGCHAIN_TRACING LANGCHAIN_TRACING_V2",
            )
        return self

    @property
    def _llm_type(self) -> str:
        return "bedside"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.llm.name, "max_tokens": self.max_tokens, "temperature": self.temperature, "seed": self.seed}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = self.llm.complete(_plain(messages), **self._options(stop, kwargs))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in self.llm.stream(_plain(messages), **self._options(stop, kwargs)):
            if run_manager:
                run_manager.on_llm_new_token(piece)
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))

    def with_structured_output(
        self, schema: dict[str, Any] | type[BaseModel], *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[Any, Any]:
        """A runnable that answers in JSON of `schema`: an instance of it for a pydantic class, else a dict."""
        if include_raw:
            raise ModelError("with_structured_output(include_raw=True) is not supported; bind json_schema instead")
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            bound = self.bind(json_schema=schema.model_json_schema(), **kwargs)
            return bound | RunnableLambda(lambda message: schema.model_validate_json(message.text))
        bound = self.bind(json_schema=schema, **kwargs)
        return bound | RunnableLambda(lambda message: json.loads(message.text))

    def _options(self, stop: Sequence[str] | None, given: dict[str, Any]) -> dict[str, Any]:
        options = {name: getattr(self, name) for name in ("max_tokens", "temperature", "seed", "timeout")}
        options |= {name: value for name, value in given.items() if name in options}
        return {**options, "stop": stop or (), "json_schema": given.get("json_schema")}


def _plain(messages: Sequence[BaseMessage]) -> list[dict[str, str]]:
    plain = []
    for message in messages:
        role = _ROLES.get(message.type)
        if role is None:
            raise ModelError(f"the local model takes system, human and AI messages, not {message.type}")
        blocks = message.content if isinstance(message.content, list) else [message.content]
        if not all(isinstance(b, str) or b.get("type") == "text" for b in blocks):
            raise ModelError("the local model takes text only")
        plain.append({"role": role, "content": "".join(b if isinstance(b, str) else b["text"] for b in blocks)})
    return plain
