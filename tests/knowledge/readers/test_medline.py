"""PubMed records: structure, notices, versions and deletions."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bedside.core.types import Passage
from bedside.knowledge.readers import file_source
from bedside.knowledge.readers.medline import NOTICES

Make = Callable[..., str]
Files = Callable[..., Path]


def read(path: Path) -> tuple[list[Passage], list[str]]:
    source = file_source(path, "x")
    found = [record for record in source.records() if isinstance(record, Passage)]
    return found, [skip.reason for skip in source.skipped()]


def correction(kind: str, pmid: int = 77) -> str:
    return (
        f'<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><RefSource>J Test. 2001;1(1):3.</RefSource>'
        f"<PMID>{pmid}</PMID></CommentsCorrections></CommentsCorrectionsList>"
    )


def test_a_real_record(mirror: Path) -> None:
    found, told = read(mirror / "jats" / "pubmed-29768149.xml")
    assert told == []
    assert list(dict.fromkeys(p.fields["section"] for p in found)) == ["BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS"]
    first = found[0]
    assert first.doc_id == "PMID:29768149" and first.kind == "abstract" and first.fields["year"] == 2018
    assert first.references == ("PMID:29768149", "DOI:10.1056/NEJMoa1715274")
    assert first.fields["journal"] == "The New England journal of medicine"
    assert "Randomized Controlled Trial" in str(first.fields["type"]) and "Budesonide" in str(first.fields["mesh"])
    assert "retracted" not in first.fields and "notice" not in first.fields
    assert first.text.startswith(
        "In patients with mild asthma, as-needed use of an inhaled glucocorticoid plus a fast-acting β"
    )


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_every_notice_is_told(medline: Make, article_set: Files, kind: str) -> None:
    ((passage,), _) = read(article_set("a.xml", medline(1, "Some text.", rest=correction(kind))))
    notice = str(passage.fields["notice"])
    assert notice.startswith(NOTICES[kind]) and "PMID 77, J Test. 2001;1(1):3." in notice
    assert passage.fields.get("retracted", False) is ("Retract" in kind and kind.endswith("In"))


def test_a_retracted_publication_without_a_notice_is_flagged(medline: Make, article_set: Files) -> None:
    ((passage,), _) = read(article_set("a.xml", medline(1, "Some text.", kind="Retracted Publication")))
    assert passage.fields["retracted"] is True and passage.fields["notice"] == "Retracted."


def test_a_comment_is_no_notice(medline: Make, article_set: Files) -> None:
    ((passage,), _) = read(article_set("a.xml", medline(1, "Text.", rest=correction("CommentIn"))))
    assert "notice" not in passage.fields


def test_a_record_without_an_abstract_is_its_title(medline: Make, article_set: Files) -> None:
    ((passage,), _) = read(article_set("a.xml", medline(1, title="Retraction: <i>On</i>  things.")))
    assert passage.text == "Retraction: On things." and passage.fields["section"] == "Title"
    assert passage.fields["year"] == 1999


def test_what_is_left_out_is_told(medline: Make, article_set: Files) -> None:
    foreign = '<OtherAbstract Language="fre"><AbstractText>Un texte.</AbstractText></OtherAbstract>'
    plain = '<OtherAbstract Language="eng"><AbstractText Label="SUMMARY">Plain.</AbstractText></OtherAbstract>'
    book = "<PubmedBookArticle><BookDocument><PMID>5</PMID></BookDocument></PubmedBookArticle>"
    found, told = read(article_set("a.xml", medline(1, "Text.", rest=foreign + plain), book, medline(2, title="")))
    assert [(p.text, p.fields["section"]) for p in found] == [("Text.", "Abstract"), ("Plain.", "SUMMARY")]
    assert sorted(told) == [
        "1 abstracts in other languages are not read",
        "1 book records (PubmedBookArticle) are not read",
        "PMID:2 has no text",
    ]


def deletion(*numbers: int) -> str:
    return "<DeleteCitation>" + "".join(f'<PMID Version="1">{n}</PMID>' for n in numbers) + "</DeleteCitation>"


def test_the_newest_release_of_each_record_counts(medline: Make, article_set: Files) -> None:
    article_set("in/pubmed0001.xml.gz", medline(1, "Old one."), medline(2, "Old two."), medline(3, "Old three."))
    article_set("in/pubmed0002.xml.gz", medline(2, "New two."), medline(4, "Four."), deletion(3))
    path = article_set(
        "in/pubmed0003.xml.gz", medline(3, "Three again."), medline(5, "First."), medline(5, "Second.", version=2)
    )
    article_set("in/pubmed0004.xml.gz", medline(6, "Six."), deletion(4, 6))
    found, told = read(path.parent)
    assert {p.doc_id: p.text for p in found} == {
        "PMID:1": "Old one.",
        "PMID:2": "New two.",
        "PMID:3": "Three again.",
        "PMID:5": "Second.",
    }
    assert sum("newer version" in reason for reason in told) == 4


def test_versions_far_apart_in_one_file(medline: Make, article_set: Files) -> None:
    filler = [medline(n, f"Text {n}. " * 40) for n in range(100, 4_000)]
    found, told = read(article_set("a.xml", medline(7, "First."), *filler, medline(7, "Last."), deletion(150, 3_999)))
    texts = {p.doc_id: p.text for p in found}
    assert texts["PMID:7"] == "Last." and len(texts) == 3_899 and not {"PMID:150", "PMID:3999"} & set(texts)
    assert "1 records have a newer version in the same file" in told


def test_in_a_tar_stream_what_comes_too_late_is_told(medline: Make, article_set: Files, tmp_path: Path) -> None:
    one = article_set("1.xml", medline(1, "Old."), medline(2, "Kept."))
    two = article_set("2.xml", medline(1, "New."), deletion(2))
    packed = tmp_path / "a.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(one, "1.xml")
        archive.add(two, "2.xml")
    found, told = read(packed)
    assert [p.text for p in found] == ["Old.", "Kept."]
    assert told == [
        "1 records were deleted or have a newer version",
        "1 deletions came after their records had been read",
    ]
