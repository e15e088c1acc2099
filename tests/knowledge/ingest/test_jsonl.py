"""Documents of the user: malformed ones first."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.testing.doubles import MemoryGraph, MemoryTerms, MemoryVectors, WordEmbedder
from bedside.core.types import Passage
from bedside.knowledge.ingest import FileSources, jsonl_source, load
from bedside.knowledge.ingest.jsonl import cut

GOOD = {"id": "a", "title": "T", "text": "One sentence. Another one.", "url": "https://x.example/a", "year": 2020}


def written(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "docs.jsonl"
    path.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
    return path


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "is not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        ("[]", "is not an object"),
        ("3", "is not an object"),
        (json.dumps({"text": "x"}), 'has no "id"'),
        (json.dumps({"id": "", "text": "x"}), 'has no "id"'),
        (json.dumps({"id": True, "text": "x"}), 'has no "id"'),
        (json.dumps({"id": "x"}), 'has no "text"'),
        (json.dumps({"id": "x", "text": "  "}), 'has no "text"'),
        (json.dumps({"id": "x", "text": 5}), 'has no "text"'),
        (json.dumps({"id": "x", "text": "y", "title": 3}), "not a string"),
        (json.dumps({"id": "x", "text": "y", "year": [1]}), "not a number"),
        ('{"id": "x", "text": "\\ud800"}', "half a character"),
        (json.dumps({"id": "a", "text": "again"}), "the id of line 1 again"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_stored(tmp_path: Path, line: str | bytes, what: str) -> None:
    path = written(tmp_path, json.dumps(GOOD), "", line, json.dumps({**GOOD, "id": "z"}))
    vectors = MemoryVectors()
    with pytest.raises(SourceError) as told:
        load(
            jsonl_source(path, "mine"),
            vectors=vectors,
            graph=MemoryGraph(),
            terms=MemoryTerms(),
            sources=FileSources(tmp_path / "s.json"),
            embedder=WordEmbedder(),
        )
    assert "line 3" in str(told.value) and str(path) in str(told.value) and what in str(told.value)
    assert vectors.count() == 0


def test_missing_empty_and_misnamed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read"):
        jsonl_source(tmp_path / "none.jsonl", "mine")
    with pytest.raises(SourceError, match="can't be read"):
        jsonl_source(tmp_path, "mine")
    with pytest.raises(SourceError, match="no documents"):
        list(jsonl_source(written(tmp_path, "", "  "), "mine").records())
    for name in ("", "a b", "../x", "é", "x" * 65):
        with pytest.raises(SourceError, match="name of a source"):
            jsonl_source(written(tmp_path, json.dumps(GOOD)), name)


def test_a_document_becomes_passages(tmp_path: Path) -> None:
    text = " ".join(f"This is sentence number {n} of the text, and it says something." for n in range(100))
    path = written(tmp_path, json.dumps({**GOOD, "text": text}), json.dumps({"id": 7, "text": "Short."}))
    source = jsonl_source(path, "mine", title="Mine")
    found = [p for p in source.records() if isinstance(p, Passage)]
    assert source.version().startswith("sha256:") and source.title == "Mine"
    long = [p for p in found if p.fields["document"] == "a"]
    assert len(long) > 4
    for passage in long:
        assert text[passage.fields["start"] : passage.fields["end"]] == passage.text
        assert passage.text.startswith("This is") and passage.text.endswith("something.")
        assert len(passage.text) <= 1_500
        assert (passage.url, passage.fields["year"], passage.title) == ("https://x.example/a", 2020, "T")
    assert len({p.id for p in found}) == len(found)
    assert [p.id for p in jsonl_source(path, "mine").records()] == [p.id for p in found]


def test_same_words_in_two_documents_are_two_passages(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"id": "a", "text": "Same."}), json.dumps({"id": "b", "text": "Same."}))
    assert len({p.id for p in jsonl_source(path, "mine").records()}) == 2


def test_cutting_any_text_loses_only_blanks() -> None:
    dice = random.Random(3)
    pieces = ["a", "Bc. ", "x! ", " ", "\n\n", "Dr. Y", "é", "word ", "No? "]
    for _ in range(300):
        text = "".join(dice.choice(pieces) for _ in range(dice.randrange(900)))
        spans = cut(text, size=120)
        assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
        assert all(0 < b - a <= 180 for a, b in spans)
        assert all(text[a:b] == text[a:b].strip() for a, b in spans)
        assert all(one[1] <= two[0] for one, two in pairwise(spans))


def test_a_word_without_end_is_still_cut() -> None:
    assert all(b - a <= 1_500 for a, b in cut("x" * 10_000))
    assert cut("") == [] and cut(" \n ") == []
