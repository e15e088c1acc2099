"""Files, folders and archives as sources: which reader, which version, what is told."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import tarfile
import threading
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bedside.core.errors import SourceError, UsageError
from bedside.knowledge.readers import SourceReading, file_source
from bedside.knowledge.readers.questions import pubmedqa_reader

LINE = json.dumps({"id": "a", "text": "A line."})
PACKET = json.dumps({"id": "p", "phenotypicFeatures": [{"type": {"id": "HP:1", "label": "Cough"}}]})
QUESTIONS = {
    "12345678": {"QUESTION": "Why?", "CONTEXTS": ["Because."], "LABELS": ["AIM"], "LONG_ANSWER": "So.", "YEAR": "2001"}
}


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.jsonl", LINE, "A line."),
        ("a.ndjson", LINE, "A line."),
        ("a.csv", "id,text\na,In a table.\n", "In a table."),
        ("a.csv", "start,end,kind,text\nHP:0001250,HP:0001250,same_as,An edge.\n", "An edge."),
        ("a.json", PACKET, "The sex of the individual is not stated."),
        ("a.jsonl", PACKET, "The sex of the individual is not stated."),
        ("a.json", json.dumps(QUESTIONS), "Because."),
        ("a.jsonl", json.dumps({"id": "1", "question": "Q?", "answer": "An answer."}), "An answer."),
        ("a.xml", "<!-- x --><article><front><article-meta/></front><body><p>JATS.</p></body></article>", "JATS."),
        ("a.xml", "<?xml version='1.0'?><html><body><p>XHTML.</p></body></html>", "XHTML."),
        ("page", "<!DOCTYPE html>\n<html><body><p>No suffix.</p></body></html>", "No suffix."),
        ("terms", "format-version: 1.2\n\n[Term]\nid: DOID:1\nname: d\ndef: \"Text.\" []\n", "d (DOID:1): Text."),
        ("A.TXT", "Loud.", "Loud."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packing", ["", ".gz", ".bz2", ".xz"])
def test_the_reader_is_chosen_by_name_and_content(tmp_path: Path, name: str, content: str, text: str, packing: str) -> None:
    pack = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[packing]
    path = tmp_path / f"{name}{packing}"
    path.write_bytes(pack(content.encode()))
    assert text in [getattr(record, "text", "") for record in file_source(path, "x").records()]


def test_a_folder_and_its_archives_give_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.jsonl").write_text(LINE)
    (folder / "sub" / "two.md").write_text("# Two\n\nSecond text.")
    (folder / "sub" / "three.txt.gz").write_bytes(gzip.compress(b"Third text."))
    zipped, tarred = tmp_path / "docs.zip", tmp_path / "docs.tar.xz"
    with zipfile.ZipFile(zipped, "w") as archive, tarfile.open(tarred, "w:xz") as other:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            archive.write(path, name)
            other.add(path, name, recursive=False)
    found = [{(p.id, p.doc_id) for p in file_source(path, "x").records()} for path in (folder, zipped, tarred)]
    assert found[0] == found[1] == found[2] and {ident for _, ident in found[0]} == {"a", "sub/two.md", "sub/three.txt.gz"}


def test_the_version_is_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINE)
    first = file_source(tmp_path, "x").version()
    assert first.startswith("sha256:") and file_source(tmp_path, "x").version() == first
    (tmp_path / "b.txt").write_text("More.")
    second = file_source(tmp_path, "x").version()
    (tmp_path / "b.txt").rename(tmp_path / "c.txt")
    third = file_source(tmp_path, "x").version()
    assert len({first, second, third}) == 3
    one = file_source(tmp_path / "a.jsonl", "x")
    assert one.version() == f"sha256:{one.sha256[:16]}" and one.url.startswith("file://") and one.title == "a"


def test_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINE)
    with pytest.raises(UsageError, match="no reader 'word'"):
        file_source(tmp_path / "a.jsonl", "x", reader="word")
    with pytest.raises(SourceError, match="can't be read"):
        file_source(tmp_path / "b.jsonl", "x")
    with pytest.raises(SourceError, match="is not a valid name for a source"):
        file_source(tmp_path / "a.jsonl", "a/b")
    with pytest.raises(SourceError, match="contains nothing that can be read"):
        (tmp_path / "empty").mkdir()
        list(file_source(tmp_path / "empty", "x").records())


def test_a_document_that_is_there_twice_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINE)
    (tmp_path / "b.jsonl").write_text(LINE.replace("line", "newer line"))
    source = file_source(tmp_path, "x")
    assert source.skipped() == ()
    assert [p.text for p in source.records()] == ["A newer line."]
    (skip,) = source.skipped()
    assert (skip.what, skip.reason) == ("document", "a: a document with this id was already read")


def test_a_line_that_is_no_document_costs_a_folder_that_line_only(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINE + "\n{\n" + LINE.replace('"id": "', '"id": "again-'))
    (tmp_path / "b.csv").write_text("id,text\n1,One.\n2,\n3,Three.,too many\n4,Four.\n")
    source = file_source(tmp_path, "x")
    assert [p.text for p in source.records()] == ["One.", "Four.", "A line.", "A line."]
    assert [(Path(s.where).name, s.reason) for s in source.skipped()] == [
        ("b.csv", 'line 3 has no "text"'),
        ("b.csv", "line 4: 3 values for 2 columns"),
        ("a.jsonl", "line 2 is not JSON"),
    ]


def test_what_was_read_before_a_file_broke_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINE + "\n" + "x" * (65 << 20))
    (tmp_path / "b.txt").write_text("Whole.")
    source = file_source(tmp_path, "x")
    assert [p.text for p in source.records()] == ["Whole.", "A line."]
    (skip,) = source.skipped()
    assert "line 2 is longer than" in skip.reason and "(the 1 records before that are kept, the rest" in skip.reason


def test_pubmedqa_leaves_out_what_gives_the_answer_away(tmp_path: Path, mirror: Path) -> None:
    path = mirror / "pubmedqa" / "dev_500.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    found = list(file_source(path, "x").records())
    assert {p.doc_id.partition("#")[0] for p in found} == {f"PMID:{pmid}" for pmid in data}
    joined: dict[str, str] = {}
    for p in found:
        joined[str(p.fields["document"])[5:]] = joined.get(str(p.fields["document"])[5:], "") + p.title + p.text
    assert not any(record["QUESTION"] in joined[pmid] for pmid, record in data.items())
    assert sum(record["LONG_ANSWER"] in joined[pmid] for pmid, record in data.items()) == 0
    labels = {p.fields["section"] for p in found}
    assert {"BACKGROUND", "METHODS", "RESULTS"} <= labels
    full = list(file_source(path, "x", reader=pubmedqa_reader(questions=True)).records())
    assert {p.title for p in full} == {record["QUESTION"] for record in data.values()}
    assert "CONCLUSION" in {p.fields["section"] for p in full}


def test_medquad(mirror: Path) -> None:
    source = file_source(mirror / "medquad" / "medquad.jsonl.gz", "medquad")
    found = list(source.records())
    assert len({p.fields["document"] for p in found}) == 16_407 and source.skipped() == ()
    assert len({p.id for p in found}) == len(found)
    first = found[0]
    assert first.title == "What is (are) Adult Acute Lymphoblastic Leukemia ?"
    assert first.fields["focus"] == "Adult Acute Lymphoblastic Leukemia" and first.fields["row"] == "0000001_1-1"
    assert first.url.startswith("https://www.cancer.gov/")


def test_memory_does_not_grow_with_the_file(medline: Callable[..., str], article_set: Callable[..., Path]) -> None:
    """Three times the records (12 MB unpacked) take the same memory."""
    peaks = []
    for count in (700, 2_100):
        path = article_set(f"{count}.xml.gz", *(medline(n, f"{n:06}" * 900) for n in range(1, count)))
        tracemalloc.start()
        assert sum(1 for _ in SourceReading(path, "x")) >= count - 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.15 * peaks[0]


def test_several_threads_may_read_one_source(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps({"id": n, "text": f"Text {n}."}) for n in range(500)))
    (tmp_path / "b.bin").write_bytes(b"?")
    source = file_source(tmp_path, "x")
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(sum(1 for _ in source.records()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [500] * 4 and len(source.skipped()) == 1
