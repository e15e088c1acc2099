"""PDF: pages, mended lines, and what can't be read."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pypdf
import pytest
from bedside.core.errors import SourceError
from bedside.knowledge.readers import file_source
from bedside.knowledge.readers.pdf import flowing
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def write(path: Path, *pages: list[str], title: str = "", password: str | None = None) -> Path:
    """A PDF of these lines; a page of none is empty."""
    writer = pypdf.PdfWriter()
    values = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in values.items()})
    for lines in pages:
        page = writer.add_blank_page(600, 800)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        stream = DecodedStreamObject()
        shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
        stream.set_data(f"BT /F1 12 Tf 50 750 Td {shown} ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(path)
    return path


def test_pages_title_and_running_lines(tmp_path: Path) -> None:
    pages = [
        ["Journal of Tests", f"Page text number {word} about inter-", f"ventions and beta-{word}.", f"{n} of 5"]
        for n, word in enumerate(["alpha", "bravo", "carol", "delta", "early"], start=1)
    ]
    path = write(tmp_path / "a.pdf", *pages, title="A guideline")
    found = list(file_source(path, "x").records())
    assert [p.fields["page"] for p in found] == [1, 2, 3, 4, 5]
    assert found[1].text == "Page text number bravo about interventions and beta-bravo."
    assert {p.title for p in found} == {"A guideline"} and {p.fields["document"] for p in found} == {"a.pdf"}


def test_without_text_encrypted_or_broken(tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.pdf", [], [])
    with pytest.raises(SourceError, match=r"bare\.pdf has no text on its 2 pages"):
        list(file_source(bare, "x").records())
    locked = write(tmp_path / "locked.pdf", ["Secret"], password="x")
    with pytest.raises(SourceError, match=r"locked\.pdf is encrypted"):
        list(file_source(locked, "x").records())
    open_ = write(tmp_path / "open.pdf", ["Readable words"], password="")
    assert [p.text for p in file_source(open_, "x").records()] == ["Readable words"]
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(open_.read_bytes()[:200])
    with pytest.raises(SourceError, match=r"broken\.pdf can't be read as PDF|no text"):
        list(file_source(broken, "x").records())
    write(tmp_path / "good.pdf", ["One"], [], title="thesis.docx")
    source = file_source(tmp_path, "x")
    assert {p.title for p in source.records()} == {"good.pdf", "open.pdf"}
    told = {Path(skip.where).name: skip.reason for skip in source.skipped()}
    assert set(told) == {"bare.pdf", "locked.pdf", "broken.pdf", "good.pdf"}
    assert told["good.pdf"] == "no text on 1 of 2 pages: 2"


def test_damaged_files_never_crash(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.pdf", ["Some words here"], ["More words"], title="T").read_bytes()
    dice = random.Random(5)
    path = tmp_path / "b.pdf"
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 30)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data[: dice.randrange(100, len(data) + 1)])
        try:
            assert all(p.text for p in file_source(path, "x", reader="pdf").records())
        except SourceError as error:
            assert "b.pdf" in str(error)


@pytest.mark.parametrize(
    ("text", "elsewhere", "out"),
    [
        ("inter-\nvention", "", "intervention"),
        ("beta-\nblocker", "beta-blocker", "beta-blocker"),
        ("beta-\nblocker", "", "betablocker"),
        ("COVID-\n19 and IL-\n6", "", "COVID-19 and IL-6"),
        ("non-\nSmall", "", "non-Small"),
        ("5 -\nnot broken", "", "5 - not broken"),
        ("soft\u00ad\nened", "", "softened"),
        ("one\ntwo\n\nthree", "", "one two\n\nthree"),
        ("Prä-\nvention", "", "Prävention"),
    ],
)
def test_lines_are_joined(text: str, elsewhere: str, out: str) -> None:
    assert flowing(text, Counter(elsewhere.split())) == out
