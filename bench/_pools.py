"""The pools and questions of the search benchmarks: PubMedQA's dev half and MedQuAD. Nothing is fitted to them."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bedside.core.types import Passage
from bedside.knowledge.readers.cutting import cut
from bedside.knowledge.search.words import ASKING, spread

SEED = 7
_CHECK_TAGS = 12
"""A MeSH term of more abstracts than this is a check tag (Humans, Female) or a method, not a topic."""


@dataclass(frozen=True)
class Document:
    id: str
    title: str
    text: str
    question: str
    answer: str = ""
    mesh: tuple[str, ...] = ()
    focus: str = ""


@dataclass(frozen=True)
class Asked:
    text: str
    right: frozenset[str]


def mirror() -> Path:
    """The folder of real data; it is not part of the project."""
    folder = Path(os.environ.get("BEDSIDE_MIRROR") or Path(__file__).resolve().parents[2] / "shared" / "data")
    if not (folder / "pubmedqa" / "dev_500.json").is_file():
        raise SystemExit(f"{folder} does not hold the real data: set BEDSIDE_MIRROR to the folder that does")
    return folder


def documents(medquad: int | None = None) -> list[Document]:
    """PubMedQA's 500 abstracts and all of MedQuAD, or about `medquad` answers of it (whole topics: near copies stay)."""
    found = []
    for key, one in json.loads((mirror() / "pubmedqa" / "dev_500.json").read_text(encoding="utf-8")).items():
        text = "\n\n".join(one["CONTEXTS"])
        found.append(
            Document(f"pubmedqa:{key}", one["QUESTION"], text, one["QUESTION"], one["LONG_ANSWER"], tuple(one["MESHES"]))
        )
    by_focus: dict[str, list[Document]] = defaultdict(list)
    with gzip.open(mirror() / "medquad" / "medquad.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            one = Document(f"medquad:{row['id']}", "", row["answer"], row["question"], focus=row["focus"].lower())
            if one.text.strip():
                by_focus[one.focus].append(one)
    focuses = sorted(by_focus)
    random.Random(SEED).shuffle(focuses)
    answers: list[Document] = []
    for focus in focuses:
        if medquad is not None and len(answers) >= medquad:
            break
        answers += by_focus[focus]
    return found + answers


def passages(pool: list[Document], *, titled: bool) -> list[Passage]:
    """The documents cut as `knowledge load` cuts them. PubMedQA's question is the title of its paper: left out where it is
    asked."""
    return [
        Passage.of(
            source_id="pool",
            text=document.text[start:end],
            title=document.title if titled else "",
            doc_id=document.id if start == 0 else f"{document.id}#{start}",
            fields={"document": document.id},
        )
        for document in pool
        for start, end in cut(document.text)
    ]


def untitled_questions(pool: list[Document], medquad: int = 500) -> dict[str, list[Asked]]:
    """Whole questions, and 3 to 6 words of them, for abstracts and answers without titles."""
    chance = random.Random(SEED)
    papers = [d for d in pool if d.id.startswith("pubmedqa:")]
    answers = [d for d in pool if d.id.startswith("medquad:")]
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in answers:
        alike[one.focus, _kind(one)].add(one.id)
    asked = chance.sample(answers, min(medquad, len(answers)))
    return {
        "PubMedQA question": [Asked(d.question, frozenset({d.id})) for d in papers],
        "PubMedQA 3-6 words": [Asked(_few(d.question, chance.randint(3, 6), chance), frozenset({d.id})) for d in papers],
        "MedQuAD own answer": [Asked(d.question, frozenset({d.id})) for d in asked],
        "MedQuAD same topic": [Asked(d.question, frozenset(alike[d.focus, _kind(d)])) for d in asked],
    }


def titled_questions(pool: list[Document]) -> dict[str, list[Asked]]:
    """Conclusions, six words of them, and topics with several right abstracts, for abstracts with titles."""
    chance = random.Random(SEED)
    papers = [d for d in pool if d.id.startswith("pubmedqa:")]
    of: dict[str, set[str]] = defaultdict(set)
    for one in papers:
        for term in one.mesh:
            of[term].add(one.id)
    topics = {term: ids for term, ids in of.items() if 2 <= len(ids) <= _CHECK_TAGS}
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in papers:
        mine = sorted(term for term in set(one.mesh) if term in topics)
        for place, first in enumerate(mine):
            for second in mine[place + 1 :]:
                pairs[first, second].add(one.id)
    single = sorted(term for term, ids in topics.items() if len(ids) <= 6)
    double = sorted(pair for pair, ids in pairs.items() if 2 <= len(ids) <= 8)
    chance.shuffle(single)
    chance.shuffle(double)
    return {
        "PubMedQA conclusion": [Asked(_sentence(d.answer), frozenset({d.id})) for d in papers],
        "PubMedQA 6 of its words": [Asked(_few(d.answer, 6, chance), frozenset({d.id})) for d in papers],
        "MeSH topic": [
            Asked(f"Which factors are associated with {_plain(term)}?", frozenset(topics[term])) for term in single[:400]
        ],
        "two MeSH topics": [
            Asked(f"What is known about {_plain(a)} and {_plain(b)}?", frozenset(pairs[a, b])) for a, b in double[:400]
        ],
    }


def _kind(document: Document) -> str:
    return re.sub(r"\W+", " ", document.question.lower().replace(document.focus, "")).strip()


def _sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)[0]


def _few(text: str, number: int, chance: random.Random) -> str:
    words = list(dict.fromkeys(word for word in spread(text).split() if word not in ASKING and len(word) > 2))
    places = sorted(chance.sample(range(len(words)), min(number, len(words))))
    return " ".join(words[place] for place in places)


def _plain(term: str) -> str:
    """`Carcinoma, Hepatocellular` as it is said."""
    return " ".join(reversed(term.split(", "))).lower()
