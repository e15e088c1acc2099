"""Our own questions (bench/questions.jsonl) end to end: answered right, answered wrong, abstained rightly or wrongly.

A wrong line is what matters most, so it is counted on its own: an answer where nothing loaded can answer, or one that
shows text which must never appear.
"""

import json
from pathlib import Path

from _measure import home, note, report
from bedside.core.config import load_config
from bedside.integrations.app import open_app

questions = [json.loads(line) for line in (Path(__file__).parent / "questions.jsonl").read_text().splitlines()]
right = wrong = missed = 0
with open_app(load_config(home(), overrides={"llm": {"enabled": False}})) as app:
    for q in questions:
        answer = app.engine.ask(q["text"])
        shown = "\n".join([s.text for s in answer.sentences] + [e.quote for e in answer.evidence])
        answered = answer.status != "abstained"
        bad = any(text in shown for text in q["never"]) or (answered and q["status"] == "abstained")
        if bad:
            wrong += 1
            note(f"WRONG   {q['text']}\n        {shown[:300]}")
        elif answered == (q["status"] != "abstained") and all(text in shown for text in q["has"]):
            right += 1
        else:
            missed += 1
            reported = "; ".join(w.text for w in answer.warnings)
            note(f"MISSED  {q['text']}  [{answer.status}] {shown[:200]} | {reported[:300]}")
report(
    "answers to our own questions",
    {"questions": len(questions), "right": right, "missed": missed, "wrong": wrong},
    {"knowledge": "starter", "ordering": "off", "file": "bench/questions.jsonl, written with the code, so not a blind test"},
    {"wrong": "<= 0"},
)
