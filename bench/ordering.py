"""Does the model's order of evidence beat the deterministic one? Our own paraphrases (bench/ordering.jsonl) over HPO.

For each question the eight nearest definitions are the candidates. Deterministic: by cosine. Model: `choose`, exactly as the
composer asks it. Only questions whose right definition is among the eight count. The result decides `ordering` in
knowledge/llm/catalogue.py.
"""

import json
from pathlib import Path
from statistics import mean
from time import perf_counter

from _measure import home, note, report
from bedside.core import Evidence, Source, TextSpan
from bedside.core.config import load_config
from bedside.core.engine.compose import MAX_CHOICES, choose
from bedside.integrations.app import open_app

questions = [json.loads(line) for line in (Path(__file__).parent / "ordering.jsonl").read_text().splitlines()]
ranks: dict[str, list[int]] = {"deterministic": [], "model": []}
seconds = []
with open_app(load_config(home())) as app:
    s = app.services
    for q in questions:
        hits = [h for h in s.vectors.query(s.embedder.embed([q["text"]])[0], 40) if h.passage.kind == "definition"]
        passages = [h.passage for h in hits[:MAX_CHOICES]]
        if not any(p.doc_id in q["gold"] for p in passages):
            continue
        items = [
            Evidence.of(
                kind=p.kind,
                quote=p.text,
                source=Source(id=p.source_id, title=p.title, version="", licence=""),
                locator=TextSpan(passage_id=p.id, start=0, end=len(p.text)),
                retrieved_at=s.now(),
            )
            for p in passages
        ]
        of = {e.id: p.doc_id for e, p in zip(items, passages, strict=True)}
        started = perf_counter()
        chosen = choose(items, q["text"], s.llm, timeout=120)
        seconds.append(perf_counter() - started)
        for name, order in (("deterministic", items), ("model", chosen)):
            ranks[name].append(next(i for i, e in enumerate(order, 1) if of[e.id] in q["gold"]))
        note(f"{ranks['deterministic'][-1]} {ranks['model'][-1]}  {q['text']}")
    name = s.llm.name
figures = {"questions": len(questions), "with_the_answer_among_8": len(seconds)}
for who, places in ranks.items():
    figures[f"{who}_hit@1"] = round(mean(r == 1 for r in places), 3)
    figures[f"{who}_mrr"] = round(mean(1 / r for r in places), 3)
figures["model_s_per_question"] = round(mean(seconds), 2)
report(
    "model order against deterministic order",
    figures,
    {"model": name, "candidates": "8 nearest HPO definitions by MiniLM cosine"},
)
