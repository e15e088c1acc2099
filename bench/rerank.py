"""Does the language model's reading of the first hits pay? `python bench/rerank.py [--questions 20] [--medquad 2000]`

Pool: the abstracts of PubMedQA's dev half (their sections joined, without question and conclusion) and `--medquad` answers
of MedQuAD (0: all of them; a slice, so that the near duplicates stay together). Questions: PubMedQA question -> its own
abstract, MedQuAD question -> its own answer (hit@1 is low for everybody: many are near duplicates of another), and PubMedQA
conclusion -> its own abstract. Candidates: the top 10 of a plain reciprocal rank fusion (60) of Bedside's word index and the
starter embedding. `before` is that order, `always` has the top 5 read by the model for every question, `after` only where
words and meaning disagree on the first hit.

Needs the data folder in BEDSIDE_MIRROR (or ../shared/data). Embeddings of a full pool take some minutes.
"""

import argparse
import gzip
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median, quantiles

import numpy
from _measure import note, report
from bedside.core.queries import PassageQuery
from bedside.core.types import Hit, Passage
from bedside.knowledge.embeddings import SentenceTransformerEmbedder
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.llm.starter import starter_model
from bedside.knowledge.search.lexical import TantivyIndex
from bedside.knowledge.search.rerank import PRIOR, TOP, agreed, rerank

SEED, DEPTH, FIRST, K = 4, 50, 10, 60
LISTS = ("words", "meaning")
Question = tuple[str, str, str]  # set, text, id of the document that answers

parser = argparse.ArgumentParser()
parser.add_argument("--questions", type=int, default=20, help="of each of the three kinds")
parser.add_argument("--medquad", type=int, default=2000, help="neighbouring answers of MedQuAD in the pool; 0: all")
arguments = parser.parse_args()


def read(folder: Path) -> tuple[list[Passage], list[Question]]:
    """The pool and a sample of questions."""
    pubmedqa = json.loads((folder / "pubmedqa" / "dev_500.json").read_text())
    with gzip.open(folder / "medquad" / "medquad.jsonl.gz", "rt") as lines:
        medquad = [row for row in map(json.loads, lines) if row["answer"].strip()]
    chance = random.Random(SEED)
    keys = chance.sample(sorted(pubmedqa), min(arguments.questions, len(pubmedqa)))
    size = min(arguments.medquad or len(medquad), len(medquad))
    first = chance.randrange(len(medquad) - size + 1)
    # neighbours are answers about the same thing: a random sample of the same size would be far too easy
    rows = range(first, first + size)
    pool = [("pubmedqa", key, " ".join(row["CONTEXTS"])) for key, row in pubmedqa.items()]
    pool += [("medquad", str(number), medquad[number]["answer"]) for number in rows]
    questions = [("pubmedqa", pubmedqa[key]["QUESTION"], key) for key in keys]
    questions += [
        ("medquad", medquad[number]["question"], str(number))
        for number in chance.sample(rows, min(arguments.questions, size))
    ]
    questions += [("conclusion", pubmedqa[key]["LONG_ANSWER"], key) for key in keys]
    return [Passage.of(source_id=source, doc_id=key, text=text) for source, key, text in pool], questions


def searcher(pool: list[Passage], folder: Path) -> Callable[[str], list[Hit]]:
    """The fused order of a question's candidates."""
    embedder = SentenceTransformerEmbedder()
    vectors = numpy.concatenate([embedder.embed([p.text for p in pool[at : at + 512]]) for at in range(0, len(pool), 512)])
    index = TantivyIndex(folder)
    index.put(pool)
    index.commit()
    of = {passage.id: passage for passage in pool}

    def search(text: str) -> list[Hit]:
        cosines = vectors @ embedder.embed([text])[0]
        found = {
            "words": {hit.passage_id: hit.score for hit in index.query(PassageQuery(text, DEPTH))},
            "meaning": {pool[i].id: float(cosines[i]) for i in numpy.argsort(-cosines)[:DEPTH]},
        }
        fused: dict[str, float] = {}
        for scores in found.values():
            for rank, key in enumerate(scores, start=1):
                fused[key] = fused.get(key, 0.0) + 1 / (K + rank)
        best = sorted(fused, key=lambda key: -fused[key])[:FIRST]
        parts = [{name: scores[key] for name, scores in found.items() if key in scores} for key in best]
        return [Hit(passage=of[key], score=fused[key], parts=part) for key, part in zip(best, parts, strict=True)]

    return search


def rank(hits: list[Hit], document: str) -> float:
    """1 / place of the document, 0 where it is not among the candidates."""
    return next((1 / place for place, hit in enumerate(hits, start=1) if hit.passage.doc_id == document), 0.0)


class Counted(LlamaProcess):
    """Counts the tokens it computed for scores."""

    tokens = 0

    def score(self, passages: Sequence[str], question: str, *, timeout: float | None = None) -> list[float]:
        scores = super().score(passages, question, timeout=timeout)
        self.tokens += self.usage["prompt_tokens"] if self.usage else 0
        return scores


def main() -> int:
    data = Path(os.environ.get("BEDSIDE_MIRROR") or Path(__file__).resolve().parents[2] / "shared" / "data")
    if not (data / "medquad").is_dir():
        print(f"no data in {data}: set BEDSIDE_MIRROR", file=sys.stderr)
        return 1
    pool, questions = read(data)
    note(f"{len(pool)} passages, {len(questions)} questions")
    model = Counted(starter_model(), n_ctx=2048, timeout=600)
    model.score(["warm"], "warm")
    model.tokens = 0
    places: dict[tuple[str, str], list[float]] = {}
    asked: dict[str, list[bool]] = {}
    seconds, passages = [], 0
    with tempfile.TemporaryDirectory() as folder:
        search = searcher(pool, Path(folder) / "index")
        for kind, text, document in questions:
            before = search(text)
            done = rerank(text, before, model, budget_s=600)
            clear = agreed(before, LISTS)
            after = before if clear else done.hits
            for name, hits in (("before", before), ("after", after), ("always", done.hits)):
                places.setdefault((kind, name), []).append(rank(hits, document))
            asked.setdefault(kind, []).append(not clear)
            seconds.append(done.seconds)
            passages += done.scored
            shown = " ".join(f"{places[kind, name][-1]:.2f}" for name in ("before", "after", "always"))
            note(f"{kind} {shown} {done.seconds:.1f} s")
    model.close()
    figures: dict[str, float] = {}
    for (kind, name), found in places.items():
        figures[f"{kind} hit@1 {name}"] = round(mean(place == 1 for place in found), 3)
        figures[f"{kind} mrr {name}"] = round(mean(found), 3)
    for kind, flags in asked.items():
        figures[f"{kind} share asked"] = round(mean(flags), 3)
    figures["p50 s per question asked"] = round(median(seconds), 2)
    figures["p95 s per question asked"] = round(quantiles(seconds, n=20)[-1], 2)
    figures["ms per passage"] = round(1000 * sum(seconds) / passages)
    figures["tokens per s"] = round(model.tokens / sum(seconds), 1)
    report(
        "reading by the language model",
        figures,
        {"pool": len(pool), "questions": len(questions), "seed": SEED, "top": TOP, "prior": PRIOR, "model": model.name},
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
