"""The model adapter against llama-cpp-python itself, and what a shared preamble saves. `python bench/llm.py`

Prints one JSON object on stdout and words on stderr.

(a) `speed_ratio`: tokens/s through `LlamaProcess` over tokens/s of a bare `Llama.create_chat_completion` in a process of
its own; same prompt, same tokens, same threads, taken in turns; the median over the turns. Goal: at least 0.95. The bare
one runs with the library's own way of waiting between threads; `speed_ratio_same_waiting` is against one that sleeps like
ours, so that only the adapter differs.
(b) `first_token_ratio`: time to the first token of a second question after the same long preamble over that of the first
one; median over fresh preambles. Goal: at most 0.4.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time

TOKENS, TURNS, PREAMBLES = 96, 7, 3
CHAT = [{"role": "user", "content": "Explain at length why the sky is blue."}]


def bare(path: str, n_ctx: int, threads: int, threads_batch: int) -> None:
    """The reference: answers every line on stdin with one generation and its tokens/s."""
    from llama_cpp import Llama

    llama = Llama(path, n_ctx=n_ctx, n_threads=threads, n_threads_batch=threads_batch, verbose=False)
    for _ in sys.stdin:
        begin = time.perf_counter()
        answer = llama.create_chat_completion(messages=CHAT, max_tokens=TOKENS, temperature=0.0, seed=0)
        seconds = time.perf_counter() - begin
        print(
            json.dumps([answer["usage"]["completion_tokens"] / seconds, answer["choices"][0]["message"]["content"]]),
            flush=True,
        )


class Bare:
    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        command = [sys.executable, __file__, "--bare", *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def run(self) -> tuple[float, str]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        speed, text = json.loads(self._process.stdout.readline())
        return speed, text

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    from bedside.knowledge.llm.client import LlamaProcess
    from bedside.knowledge.llm.cores import generation_threads, usable_cores
    from bedside.knowledge.llm.starter import starter_model

    path, n_ctx, cores = starter_model(), 4096, usable_cores()
    arguments = [str(path), str(n_ctx), str(generation_threads(cores, path.stat().st_size)), str(cores)]
    plain = {k: v for k, v in os.environ.items() if k not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
    model = LlamaProcess(path, n_ctx=n_ctx, timeout=300)
    as_is, sleeping = Bare(arguments, plain), Bare(arguments, {**plain, "OMP_WAIT_POLICY": "passive"})

    def adapter() -> tuple[float, str]:
        begin = time.perf_counter()
        text = model.complete(CHAT, max_tokens=TOKENS)
        assert model.usage is not None
        return model.usage["tokens"] / (time.perf_counter() - begin), text

    speeds: dict[str, list[float]] = {"adapter": [], "as_is": [], "sleeping": []}
    runners = {"as_is": as_is.run, "adapter": adapter, "sleeping": sleeping.run}
    for turn in range(TURNS + 1):
        texts = set()
        for name, run in runners.items():
            speed, text = run()
            texts.add(text)
            if turn:  # the first turn warms up
                speeds[name].append(speed)
        assert len(texts) == 1, "the adapter and the bare library gave different texts"
        print(f"turn {turn}: " + ", ".join(f"{k} {v[-1]:.1f}/s" for k, v in speeds.items() if v), file=sys.stderr)
    as_is.close()
    sleeping.close()

    first, second, ratios = [], [], []
    for number in range(PREAMBLES):
        rules = f"Set {number}. " + "You order evidence for a clinician by the given ids and never write a sentence. " * 60
        times = []
        for question in ("Which line is about codeine?", "And which of them names a dose, in which patients?"):
            chat = [{"role": "system", "content": rules}, {"role": "user", "content": question}]
            begin = time.perf_counter()
            stream = model.stream(chat, max_tokens=4)
            next(stream)
            times.append(time.perf_counter() - begin)
            list(stream)
        first.append(times[0])
        second.append(times[1])
        ratios.append(times[1] / times[0])
        print(f"preamble {number}: first token after {times[0]:.2f} s, then {times[1]:.2f} s", file=sys.stderr)
    usage = model.usage
    info = model.info
    model.close()
    assert usage is not None and info is not None

    def ratio_to(name: str) -> float:
        return round(statistics.median(a / b for a, b in zip(speeds["adapter"], speeds[name], strict=True)), 3)

    result = {
        "bench": "llm",
        "model": path.name,
        "tokens": TOKENS,
        "adapter_tokens_per_s": round(statistics.median(speeds["adapter"]), 1),
        "bare_tokens_per_s": round(statistics.median(speeds["as_is"]), 1),
        "speed_ratio": ratio_to("as_is"),
        "speed_ratio_same_waiting": ratio_to("sleeping"),
        "speed_ratio_goal": 0.95,
        "first_token_first_s": round(statistics.median(first), 3),
        "first_token_second_s": round(statistics.median(second), 3),
        "first_token_ratio": round(statistics.median(ratios), 3),
        "first_token_ratio_goal": 0.4,
        "prompt_tokens": usage["prompt_tokens"],
        "reused_tokens": usage["reused_tokens"],
        "threads": info["threads"],
        "cores": cores,
        "llama_cpp": info["llama_cpp"],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        bare(sys.argv[2], *(int(number) for number in sys.argv[3:6]))
    else:
        main()
