"""The language model and the embedding model on a GPU against the processor; says so where no device is visible."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import torch
from _measure import report
from bedside.knowledge.embeddings import SentenceTransformerEmbedder
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.llm.starter import starter_model

TEXTS = [f"Sentence number {n} speaks of a finding, a drug and a gene, and of what is known of them." for n in range(512)]
MESSAGES = [{"role": "user", "content": "Tell the story of the discovery of penicillin."}]


def passages_a_second(device: str) -> float:
    embedder = SentenceTransformerEmbedder(device=device)
    embedder.embed(TEXTS[:64])
    times = []
    for _ in range(3):
        started = perf_counter()
        embedder.embed(TEXTS)
        times.append(perf_counter() - started)
    embedder.close()
    return len(TEXTS) / median(times)


def tokens_a_second(layers: int | None) -> tuple[float, bool]:
    """Also whether layers were put on the device."""
    model = LlamaProcess(starter_model(), n_gpu_layers="auto" if layers is None else layers)
    model.complete(MESSAGES, max_tokens=8)
    times = []
    for _ in range(3):
        started = perf_counter()
        model.complete(MESSAGES, max_tokens=128)
        assert model.usage is not None
        times.append(model.usage["tokens"] / (perf_counter() - started))
    offloaded = bool(model.info and model.info["gpu_layers"])
    model.close()
    return median(times), offloaded


figures: dict[str, float] = {}
where: dict[str, str] = {"device": "none is visible: not measured"}
if torch.cuda.is_available():
    where = {"device": torch.cuda.get_device_name()}
    figures["embedding, GPU against processor"] = round(passages_a_second("cuda") / passages_a_second("cpu"), 2)
    on_gpu, offloaded = tokens_a_second(None)
    if offloaded:
        figures["language model, GPU against processor"] = round(on_gpu / tokens_a_second(0)[0], 2)
    else:
        where["language model"] = "llama-cpp-python was built without a GPU backend: not measured"
report("GPU", figures, where)
