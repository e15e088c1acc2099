"""HTML, Markdown and plain text: sections under headings."""

from __future__ import annotations

from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.knowledge.readers import file_source


def sections(path: Path, content: str | bytes) -> dict[str, str]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return {str(p.fields.get("section", "")): p.text for p in file_source(path, "x").records()}


PAGE = """<!doctype html><html><head><title>Warfarin</title><meta name="citation_doi" content="10.1/w">
<meta name="citation_publication_date" content="2019/03/01"><link rel="canonical" href="https://x.example/w">
<script>var secret = "<p>never</p>";</script><style>p {}</style></head><body>
<header><p>Site name</p></header><nav><a>Home</a></nav><div role="navigation">More</div><p hidden>Unseen</p>
<main><article><header><h1>Warfarin</h1></header><p>An <b>anti</b>coagulant.</p><h2>Dosage</h2><p>Start low.</p>
<ul><li>5 mg</li><li>2 mg</li></ul><h3>Elderly</h3>
<table><tr><th>Age</th><th>mg</th></tr><tr><td>80</td><td>2</td></tr></table>
<h2>Warnings</h2>Bleeding &amp; bruising.<!-- note --> Always.</article></main>
<form><p>In a form.</p><button>Go</button></form>
<footer>Imprint</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    path = tmp_path / "in" / "w.html"
    path.parent.mkdir()
    assert sections(path, PAGE) == {
        "": "An anticoagulant.",
        "Dosage": "Start low.\n\n5 mg\n2 mg",
        "Dosage > Elderly": "Age | mg |\n80 | 2",
        "Warnings": "Bleeding & bruising. Always.\n\nIn a form.",
    }
    passage = next(iter(file_source(path.parent, "x").records()))
    assert (passage.title, passage.doc_id, passage.url) == ("Warfarin", "w.html", "https://x.example/w")
    assert passage.references == ("DOI:10.1/w",) and passage.fields["year"] == 2019


def test_html_in_another_encoding_and_without_words(tmp_path: Path) -> None:
    path = tmp_path / "a.htm"
    assert sections(path, '<meta charset="windows-1252"><p>caf\u00e9 \u20ac</p>'.encode("cp1252")) == {"": "café €"}
    assert sections(path, "<p>\u03b1</p>".encode("utf-16")) == {"": "α"}
    path.write_text("<html><body><script>x()</script></body></html>")
    with pytest.raises(SourceError, match="contains nothing that can be read"):
        list(file_source(path, "x").records())


def test_markdown(tmp_path: Path) -> None:
    text = (
        '---\ntitle: "Notes"\nyear: 2021\nurl: https://x.example/n\n---\nIntro.\n\n# First\n\nA.\n\n## Deep ##\n\nB.\n\n'
        "```sh\n# no heading\n```\n\nSecond\n======\n\nC.\n\nThird\n---\n\nD.\n\n---\nE.\n"
    )
    path = tmp_path / "n.md"
    path.write_text(text)
    passages = list(file_source(path, "x").records())
    assert [(p.fields.get("section"), p.text) for p in passages] == [
        (None, "Intro."),
        (None, "A."),
        ("Deep", "B.\n\n```sh\n# no heading\n```"),
        ("Second", "C."),
        ("Second > Third", "D.\n\n---\nE."),
    ]
    assert {(p.title, p.fields["year"], p.url) for p in passages} == {("Notes", 2021, "https://x.example/n")}


def test_plain_text(tmp_path: Path) -> None:
    text = (
        "Local antibiotic guide\n\nFor adults only. Ask first.\n\nPNEUMONIA\n\nAmoxicillin.\n\n"
        "2.1 Dosage in renal failure\n\nHalve it.\n\nAllergy\n-------\nUse another.\nAND KEEP THIS LINE\nin the text.\n"
    )
    path = tmp_path / "guide.txt"
    assert sections(path, text) == {
        "": "For adults only. Ask first.",
        "PNEUMONIA": "Amoxicillin.",
        "2.1 Dosage in renal failure": "Halve it.",
        "Allergy": "Use another.\nAND KEEP THIS LINE\nin the text.",
    }
    passage = next(iter(file_source(path, "x").records()))
    assert (passage.title, passage.doc_id) == ("Local antibiotic guide", "guide.txt")
    assert sections(path, "One paragraph only, no title.") == {"": "One paragraph only, no title."}


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_no_word_is_lost_and_offsets_are_exact(tmp_path: Path, name: str) -> None:
    words = [f"word{n}" for n in range(3_000)]
    text = " ".join(word + ("." if n % 9 == 8 else "") for n, word in enumerate(words)).replace(". ", ". X")
    path = tmp_path / name
    path.write_text(f"<p>{text}</p>" if name == "a.html" else text)
    found = list(file_source(path, "x").records())
    assert len(found) > 10
    assert " ".join(p.text for p in found) == text
    assert all(text[p.fields["start"] : p.fields["end"]] == p.text for p in found)
