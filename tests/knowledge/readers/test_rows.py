"""Documents of the user: malformed ones first."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.types import Passage
from bedside.knowledge.readers import file_source, jsonl_source
from bedside.knowledge.readers.read_session import Ids

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
        ('{"id": "x", "text": "y", "year": ' + "9" * 5000 + "}", "is not JSON"),
        (json.dumps({"id": "x", "text": "y", "year": True}), "not a number"),
        (json.dumps({"id": "x", "text": "y", "year": "soon"}), "not a number"),
        (json.dumps({"id": "x", "text": "y", "url": "javascript:alert(1)"}), "does not start with http"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_given(tmp_path: Path, line: str | bytes, what: str) -> None:
    path = written(tmp_path, json.dumps(GOOD), "", line, json.dumps({**GOOD, "id": "z"}))
    records = jsonl_source(path, "mine").records()
    with pytest.raises(SourceError) as told:
        next(records)  # not even the good first line
    assert "line 3" in str(told.value) and str(path) in str(told.value) and what in str(told.value)


def test_missing_empty_and_misnamed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read"):
        jsonl_source(tmp_path / "none.jsonl", "mine")
    with pytest.raises(SourceError, match="can't be read"):
        jsonl_source(tmp_path, "mine")
    with pytest.raises(SourceError, match="no documents"):
        list(jsonl_source(written(tmp_path, "", "  "), "mine").records())
    for name in ("", "a b", "../x", "é", "x" * 65):
        with pytest.raises(SourceError, match="is not a valid name for a source"):
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


def test_a_year_is_a_number_however_written(tmp_path: Path) -> None:
    years = {"a": 2020, "b": "2020", "c": "2020-05-17", "d": None, "e": ""}
    path = written(tmp_path, *(json.dumps({"id": key, "text": "x", "year": year}) for key, year in years.items()))
    found = {p.doc_id: p.fields.get("year") for p in jsonl_source(path, "mine").records()}
    assert found == {"a": 2020, "b": 2020, "c": 2020, "d": None, "e": None}


def test_a_pubmed_page_is_a_reference(tmp_path: Path) -> None:
    page = "https://pubmed.ncbi.nlm.nih.gov/1234567/"
    path = written(
        tmp_path, json.dumps({"id": "1234567", "text": "x", "url": page}), json.dumps({"id": "7654321", "text": "y"})
    )
    assert [p.references for p in jsonl_source(path, "mine").records()] == [("PMID:1234567",), ()]


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_tables(tmp_path: Path, name: str, separator: str) -> None:
    path = tmp_path / name
    text = "plain words" if separator == "\t" else '"quoted, and; over\ntwo lines"'
    rows = [["ID", "Text", "title", "year"], ["a", text, "T", "2001"], ["b", "Short.", "", ""]]
    path.write_text("\ufeff" + "\r\n".join(separator.join(row) for row in rows) + "\r\n", encoding="utf-8")
    one, two = file_source(path, "mine").records()
    assert one.text == text.strip('"') and (one.title, one.fields["year"]) == ("T", 2001)
    assert (two.text, two.doc_id) == ("Short.", "b") and "year" not in two.fields


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("a,b\n1,2\n", "no column id, text"),
        ("id,text\n1\n", "line 2: 1 values for 2 columns"),
        ("id,text\n1,a,b\n", "line 2: 3 values for 2 columns"),
        ("id,text\n1,a\n1,b\n", "line 3: the id of line 2 again"),
        ("id,text\n1,a\n2,\n", 'line 3 has no "text"'),
        ('id,text\n1,"a\n', "line 2: unexpected end of data"),
        ("id,text\n", "contains no documents"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_given(tmp_path: Path, content: str, what: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(SourceError) as told:
        next(file_source(path, "mine").records())
    assert what in str(told.value) and str(path) in str(told.value)


def test_checking_ids_takes_no_memory_that_grows(tmp_path: Path) -> None:
    ids = Ids()
    tracemalloc.start()
    assert all(ids.add(f"document number {n}", n) for n in range(50_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not ids.add("document number 777") and ids.place("document number 777") == 777
    assert peak < 2**20
    ids.close()
