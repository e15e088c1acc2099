"""Documents into passages: every passage knows its place, and what must be told of its document."""

from __future__ import annotations

import random
from itertools import pairwise

from bedside.knowledge.readers.cutting import cut
from bedside.knowledge.readers.document import Document, Section, passages

SENTENCES = " ".join(f"This is sentence number {n} of the text, and it says something." for n in range(60))


def test_passages_carry_place_and_notices() -> None:
    document = Document(
        id="PMID:1",
        title="T",
        sections=(Section("Methods > Patients", SENTENCES, page=3), Section("", "Short."), Section("", "Short.")),
        url="https://x.example/1",
        year=2001,
        journal="J",
        doi="10.1/x",
        pmid="1",
        mesh=("A", "B, C"),
        types=("Journal Article", "Retracted Publication"),
        notices=("Retracted: see PMID 2.", "Erratum: J. 2002."),
        retracted=True,
    )
    found = list(passages("mine", document, kind="abstract", more={"focus": "f"}))
    assert len({p.doc_id for p in found}) == len({p.id for p in found}) == len(found) > 4
    assert found[0].doc_id == "PMID:1" and [p.doc_id for p in found[-2:]] == ["PMID:1#1.0", "PMID:1#2.0"]
    for passage in found:
        f = passage.fields
        assert passage.text == document.sections[f["part"]].text[f["start"] : f["end"]]
        assert (f["document"], f["year"], f["journal"], f["mesh"]) == ("PMID:1", 2001, "J", "A; B, C")
        assert f["retracted"] is True and f["notice"] == "Retracted: see PMID 2. Erratum: J. 2002." and f["focus"] == "f"
        assert f["type"] == "Journal Article; Retracted Publication"
        assert passage.references == ("PMID:1", "DOI:10.1/x") and passage.kind == "abstract" and passage.title == "T"
    assert found[0].fields["section"] == "Methods > Patients" and found[0].fields["page"] == 3
    assert "section" not in found[-1].fields and "page" not in found[-1].fields


def test_what_is_not_known_is_no_field() -> None:
    (one,) = passages("mine", Document(id="a", title="", sections=(Section("", " x "),)))
    assert one.fields == {"document": "a", "start": 1, "end": 2} and one.references == () and one.doc_id == "a#1"
    assert list(passages("mine", Document(id="a", title="t", sections=(Section("h", " "),)))) == []


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
