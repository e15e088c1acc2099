"""How an answer to a question of `cases/questions.jsonl` is judged: by the rules of the scorer that the questions came with.

A shown line is the text of all sentences that cite the same evidence, if it names a drug of the item. Of an item, `must` are
expressions that the right line has to hold (for `expect: told`, what the notices have to name); `must_not` (expressions) and
`not_lines` (beginnings of lines for other results) may stand in no line, unless it says that it is for the other age group;
`must_not_told` may stand nowhere. Where the right answer is to tell: `or_line` is what a line may say all the same (with
`line_if_told` only beside the telling), `or_lines_all` the lines that may stand together where it is told that they differ.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

Verdict = Literal["right", "wrong", "dangerous", "needless", "pair-only", "untold"]
"""`wrong`: another line, or a false statement; `dangerous`: an avoidance or a large change is not shown, nor is it said that
something could not be read; `needless`: no line though there is one; `untold`: rightly none, without a word of why."""

_NOT_READ = re.compile(
    r"not (?:be )?(?:all )?(?:its \w+ )?(?:could )?(?:be )?(?:read|understood|recogni[sz]ed|identified)|"
    r"could(?: not|n't) be read|unread|look up its ingredients",
    re.IGNORECASE,
)
_BOTH = re.compile(r"both|two|several|more than one|contradict|differ|convert|depend|score", re.IGNORECASE)
_OTHER_AGE = {
    "child": re.compile(r"\badults?\b", re.IGNORECASE),
    "adult": re.compile(r"\bp(?:a)?ediatric|\bchild", re.IGNORECASE),
}
_NO_LINE = {"function", "passage", "disease", "association", "literature"}
_ALIKE = str.maketrans({"–": "-", "—": "-", "−": "-", "\u00a0": " ", "ï": "i", "’": "'"})


def verdict(item: dict[str, Any], answer: dict[str, Any]) -> Verdict:
    """Of one question and its answer's JSON."""
    shown = _shown(answer)
    drugs = [re.compile(rf"\b{re.escape(drug)}\b", re.IGNORECASE) for drug in item["drug"]]
    pairs = [text for text, kind in shown if kind == "pair" or text.startswith("CPIC gene-drug pair")]
    lines = [
        text for text, kind in shown if text not in pairs and kind not in _NO_LINE and any(d.search(text) for d in drugs)
    ]
    told = _told(answer)
    age = _OTHER_AGE.get(item.get("population", ""))
    mine = [text for text in lines if not (age and age.search(text))]
    bad = any(_has([p], text) for p in item.get("must_not", []) for text in mine)
    bad |= any(start.lower() in text.lower() for start in item.get("not_lines", []) for text in mine)
    claim = any(_has([p], text) for p in item.get("must_not_told", []) for text in [*told, *(text for text, _ in shown)])
    pair_only = bool(pairs) and not lines and answer.get("status") != "abstained"
    if item["expect"] == "line":
        return _of_a_line(item, lines, drugs, told, bad=bad or claim, pair_only=pair_only)
    if item["expect"] == "told":
        return _of_telling(item, lines, told, bad=bad, claim=claim, pair_only=pair_only)
    return "wrong" if lines else "right"


def _of_a_line(
    item: dict[str, Any],
    lines: Sequence[str],
    drugs: Iterable[re.Pattern[str]],
    told: Sequence[str],
    *,
    bad: bool,
    pair_only: bool,
) -> Verdict:
    if bad:
        return "wrong"
    of_drug = [[text for text in lines if drug.search(text)] for drug in drugs]
    right = [any(_has(item["must"], text) for text in texts) for texts in of_drug]
    if all(right):
        return "right"
    if any(texts and not ok for texts, ok in zip(of_drug, right, strict=True)):
        return "wrong"
    topic = re.compile("|".join(map(re.escape, [*item["drug"], *item.get("gene", [])])) or "$^", re.IGNORECASE)
    if item.get("told_ok") and any(topic.search(text) for text in told) and not pair_only:
        return "right"
    if item.get("danger") and not any(_NOT_READ.search(text) for text in told):
        return "dangerous"
    return "pair-only" if pair_only else "needless"


def _of_telling(
    item: dict[str, Any], lines: Sequence[str], told: Sequence[str], *, bad: bool, claim: bool, pair_only: bool
) -> Verdict:
    said = _has(item["must"], "\n".join(told))
    if lines:
        one = any(_has(item.get("or_line", ["$^"]), text) for text in lines) and (said or not item.get("line_if_told"))
        every = all(any(_has([p], text) for text in lines) for p in item.get("or_lines_all", ["$^"]))
        every &= any(_BOTH.search(text) for text in told)
        return "right" if not bad and not claim and (one or every) else "wrong"
    if claim:
        return "wrong"
    if pair_only:
        return "pair-only"
    return "right" if said else "untold"


def _has(patterns: Iterable[str], text: str) -> bool:
    return all(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _shown(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """(text, kind) of what is shown."""
    kinds = {one["id"]: one.get("kind", "") for one in answer.get("evidence", [])}
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for number, sentence in enumerate(answer.get("sentences", [])):
        groups[tuple(sentence.get("citations") or [str(number)])].append(sentence["text"])
    return [(_plain(" ".join(texts)), kinds.get(cited[0], "")) for cited, texts in groups.items()]


def _plain(text: str) -> str:
    return " ".join(text.translate(_ALIKE).replace("≤", "<=").replace("≥", ">=").split())


def _told(answer: dict[str, Any]) -> list[str]:
    out = [one["text"] for one in answer.get("warnings", [])]
    unread = answer.get("facts", {}).get("unread", [])
    out += [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in unread]
    return out + [one["message"] for one in answer.get("consulted", []) if one.get("message")]
