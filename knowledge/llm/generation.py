"""Text from a loaded llama.cpp model: prompt, reuse of what is already computed, sampling, stopping. Runs in the worker.

**Replayable by construction.** A prompt is computed in blocks of `BLOCK` tokens that start at multiples of `BLOCK`, its last
token by itself, and only whole blocks of the previous prompt are kept (or all of them, when it is the same prompt again).
Every block is thus computed with the same batch shape whatever was asked before, so the same request gives the same text
on a fresh and on a warm process.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .grammar import schema_grammar
from .pace import Pace, fixed

BLOCK = 64
"""Tokens computed at once. On 2 cores 64 reads a prompt 15 % slower than 512 and 128 does 4 % slower, but at most 63 tokens
that are already known are computed again, and a cancelled request ends at the next block."""

TOP_K, TOP_P, MIN_P = 40, 0.95, 0.05
"""Sampling cut-offs when the temperature is above 0: the defaults of llama.cpp."""

_MARK = re.compile(r"<[^<>\s]{1,40}>|\[[A-Z_/]{1,40}\]")
_FALLBACK_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{{ '<|im_start|>assistant\n' }}"
)


class RequestError(Exception):
    """This request can't be done; the model itself is well. The text is shown to users and holds no prompt text."""


class Cancelled(Exception):
    """The request was cancelled."""


@dataclass
class Usage:
    """Tokens of one request: in the prompt, of those taken over from the previous one, and produced."""

    prompt_tokens: int = 0
    reused_tokens: int = 0
    tokens: int = 0
    finish: str = "stop"


class StopFilter:
    """Cuts the text at the first stop sequence and holds back what may be the beginning of one."""

    def __init__(self, stops: Iterable[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """What can be shown now."""
        text = self._held + text
        cut = min((at for stop in self._stops if (at := text.find(stop)) >= 0), default=-1)
        if cut >= 0:
            self.stopped, self._held = True, ""
            return text[:cut]
        keep = max((n for stop in self._stops for n in range(1, len(stop)) if text.endswith(stop[:n])), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def rest(self) -> str:
        """What was held back, when the text ended without a stop sequence."""
        text, self._held = self._held, ""
        return text


class Generator:
    """One llama.cpp model and the prompt whose computation it holds. Not thread-safe: the worker has one.

    `prompts` and `tokens` say how many threads compute a block of a prompt and a single token; without them it is as the
    model was loaded.
    """

    def __init__(self, llama: Any, *, prompts: Pace | None = None, tokens: Pace | None = None) -> None:
        import llama_cpp
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._llama = llama
        self._vocab = llama_cpp.llama_model_get_vocab(llama.model)
        self._held: list[int] = []
        self._prompts = prompts or fixed(llama.n_threads_batch)
        self._tokens = tokens or fixed(llama.n_threads)
        metadata = llama.metadata or {}
        eos, bos = llama.token_eos(), llama.token_bos()
        self._formatter = Jinja2ChatFormatter(
            template=metadata.get("tokenizer.chat_template") or _FALLBACK_TEMPLATE,
            eos_token=self._token_text(eos),
            bos_token=self._token_text(bos),
        )

    def generate(self, request: dict[str, Any], cancelled: Callable[[], bool], usage: Usage) -> Iterator[str]:
        """The answer, piece by piece; the pieces joined are the whole answer.

        `request` has `messages` or `prompt`, and `max_tokens`, `temperature`, `seed`, `stop`, `json_schema`. `usage` is
        filled in on the way. Raises `RequestError`, or `Cancelled` once `cancelled()` is true.
        """
        import llama_cpp

        grammar = self._grammar(request.get("json_schema"))
        prompt = self._prompt_tokens(request)
        room = self._llama.n_ctx() - len(prompt)
        usage.prompt_tokens = len(prompt)
        if not prompt:
            raise RequestError("the prompt is empty")
        if room <= 0:
            raise RequestError(
                f"the prompt has {len(prompt)} tokens and the model's context holds {self._llama.n_ctx()} with the answer"
            )
        usage.reused_tokens = self._compute(prompt, cancelled)
        self._llama.set_seed(int(request.get("seed", 0)) & 0x7FFFFFFF)
        tokens = self._llama.generate(
            prompt,
            temp=max(0.0, float(request.get("temperature", 0.0))),
            top_k=TOP_K,
            top_p=TOP_P,
            min_p=MIN_P,
            repeat_penalty=1.0,
            grammar=grammar,
        )
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        stops = StopFilter(request.get("stop") or ())
        limit = min(max(1, int(request.get("max_tokens", 256))), room)
        usage.finish = "length"
        while True:
            with self._tokens.timed(1, self._use):
                token = next(tokens, None)
            if token is None:
                break
            if cancelled():
                raise Cancelled
            if llama_cpp.llama_vocab_is_eog(self._vocab, token):
                usage.finish = "stop"
                break
            usage.tokens += 1
            piece = stops.feed(decoder.decode(self._llama.detokenize([token])))
            if piece:
                yield piece
            if stops.stopped:
                usage.finish = "stop"
                return
            if usage.tokens >= limit:
                break
        tail = stops.feed(decoder.decode(b"", final=True)) + stops.rest()
        if tail:
            yield tail

    def _compute(self, prompt: Sequence[int], cancelled: Callable[[], bool]) -> int:
        """Compute `prompt`, taking over the whole blocks that it shares with the last one; returns how many tokens."""
        import llama_cpp

        body = list(prompt[:-1])
        if body == self._held:
            keep = len(body)
        else:
            pairs = zip(self._held, body, strict=False)
            same = next((n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), min(len(self._held), len(body)))
            keep = same // BLOCK * BLOCK
        memory = llama_cpp.llama_get_memory(self._llama.ctx)
        # Recurrent models can't forget a part of what they read: they start over.
        if keep == 0 or not llama_cpp.llama_memory_seq_rm(memory, 0, keep, -1):
            keep = 0
            llama_cpp.llama_memory_clear(memory, True)
            self._llama.reset()
        self._llama.n_tokens = keep
        self._held = body[:keep]
        blocks = [body[start : start + BLOCK] for start in range(keep, len(body), BLOCK)]
        for block in [*blocks, list(prompt[-1:])]:
            if cancelled():
                # A part of a block is never left behind as if it were whole.
                self._held = self._held[: len(self._held) // BLOCK * BLOCK]
                raise Cancelled
            pace = self._prompts if len(block) > 1 else self._tokens
            try:
                with pace.timed(len(block), self._use, short=1 < len(block) < BLOCK // 2):
                    self._llama.eval(block)
            except RuntimeError as error:
                self._held = []
                self._llama.reset()
                raise RequestError(f"llama.cpp could not compute the prompt: {error}") from error
            self._held.extend(block)
        self._held = body
        return keep

    def _use(self, threads: int) -> None:
        import llama_cpp

        llama_cpp.llama_set_n_threads(self._llama.ctx, threads, threads)

    def _prompt_tokens(self, request: dict[str, Any]) -> list[int]:
        if "prompt" in request:
            return list(self._llama.tokenize(request["prompt"].encode(), add_bos=True, special=False))
        messages = [{"role": m["role"], "content": self._plain(m["content"])} for m in request["messages"]]
        try:
            # Qwen3 and similar models think aloud unless their template says not to; other templates ignore the word.
            text = self._formatter(messages=messages, enable_thinking=False).prompt
        except Exception as error:
            raise RequestError(
                f"the model's chat template does not take these roles in this order ({type(error).__name__}): "
                + ", ".join(m["role"] for m in messages)
            ) from error
        return list(self._llama.tokenize(text.encode(), add_bos=False, special=True))

    def _plain(self, text: str) -> str:
        """`text` with control marks of this model broken up, so that a document can't speak as the system or the user."""

        import llama_cpp

        def broken(match: re.Match[str]) -> str:
            mark = match.group()
            tokens = self._llama.tokenize(mark.encode(), add_bos=False, special=True)
            is_control = len(tokens) == 1 and llama_cpp.llama_vocab_is_control(self._vocab, tokens[0])
            return f"{mark[0]} {mark[1:]}" if is_control else mark

        return _MARK.sub(broken, text.encode("utf-8", "replace").decode())

    def _grammar(self, schema: dict[str, Any] | None) -> Any:
        if schema is None:
            return None
        try:
            return schema_grammar(schema, self._vocab)
        except ValueError as error:
            raise RequestError(f"this JSON schema can't be made into a grammar ({error})") from error

    def _token_text(self, token: int) -> str:
        return "" if token < 0 else self._llama.detokenize([token], special=True).decode("utf-8", "replace")
