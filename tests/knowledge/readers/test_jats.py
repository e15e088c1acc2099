"""Articles of PubMed Central: sections under headings, figures and tables, notices."""

from __future__ import annotations

from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.knowledge.readers import file_source
from bedside.knowledge.readers.jats import RELATED

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def article(body: str, *, meta: str = "", kind: str = "research-article", title: str = "A title", rest: str = "") -> str:
    return (
        f'<article {XLINK} article-type="{kind}"><front><journal-meta><journal-title-group><journal-title>J</journal-title>'
        f'</journal-title-group></journal-meta><article-meta><article-id pub-id-type="pmc">PMC42</article-id>'
        f'<article-id pub-id-type="pmid">9</article-id><title-group><article-title>{title}</article-title></title-group>'
        f'<pub-date pub-type="collection"><year>2012</year></pub-date><pub-date pub-type="epub"><year>2011</year></pub-date>'
        f"{meta}</article-meta></front><body>{body}</body>{rest}</article>"
    )


def sections(path: Path) -> dict[str, str]:
    return {str(p.fields.get("section", "")): p.text for p in file_source(path, "x").records()}


def test_six_real_articles(mirror: Path) -> None:
    for path in sorted((mirror / "jats").glob("*.nxml")):
        found = list(file_source(path, "x").records())
        first = found[0]
        assert first.doc_id.startswith("PMC:") and first.title and first.fields["journal"] and first.url
        assert 2000 < first.fields["year"] < 2020 and len(first.references) == 2
        headings = {str(p.fields.get("section")) for p in found}
        assert any(heading.startswith("Abstract") for heading in headings)
        assert any(" > " in heading for heading in headings), headings
        assert len({p.id for p in found}) == len(found) > 20
        raw = path.read_text(encoding="utf-8")
        listed = raw[raw.index("<ref-list") :]
        title = listed[listed.index("<article-title>") + 15 : listed.index("</article-title>")]
        assert "<" in title or not any(title in p.text for p in found), "a title of the reference list was read"


def test_nested_sections_figures_and_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.nxml"
    path.write_text(
        article(
            "<sec><title>Methods</title><p>Before <xref>[1]</xref> it<fig><label>Figure 1</label>"
            "<caption><title>Survival.</title><p>By arm.</p></caption><graphic/></fig> and after.</p>"
            "<sec><title>Patients</title><p>Twenty.</p>"
            "<table-wrap><label>Table 2</label><caption><p>Doses</p></caption><table>"
            "<tr><th>Drug</th><th>mg</th></tr><tr><td>A</td><td>10</td></tr></table></table-wrap></sec></sec>",
            meta="<abstract><sec><title>Aim</title><p>To see.</p></sec></abstract>"
            "<abstract><title>Summary</title><p>S.</p></abstract>",
            title="Effect of H<sub>2</sub>O<xref>*</xref>",
            rest="<back><ref-list><ref><mixed-citation>Other words</mixed-citation></ref></ref-list></back>",
        )
    )
    assert sections(path) == {
        "Abstract > Aim": "To see.",
        "Summary": "S.",
        "Methods": "Before [1] it and after.",
        "Methods > Figure 1": "Survival.\n\nBy arm.",
        "Methods > Patients": "Twenty.",
        "Methods > Patients > Table 2": "Doses\n\nDrug | mg |\nA | 10",
    }
    passage = next(iter(file_source(path, "x").records()))
    assert passage.title == "Effect of H2O" and passage.fields["year"] == 2011 and passage.doc_id == "PMC:42"


@pytest.mark.parametrize("kind", sorted(RELATED))
def test_notices(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.nxml"
    related = f'<related-article related-article-type="{kind}" ext-link-type="doi" xlink:href="10.1/y"/>'
    path.write_text(article("<p>Words.</p>", meta=related))
    (passage,) = file_source(path, "x").records()
    assert passage.fields["notice"] == f"{RELATED[kind]} DOI 10.1/y."
    assert passage.fields.get("retracted", False) is (
        kind in ("retraction", "retraction-forward", "partial-retraction-forward")
    )


@pytest.mark.parametrize("title", ["RETRACTED: Things", "[Retracted] Things", "Retracted Article: X", "WITHDRAWN: Things"])
def test_a_title_that_says_so(tmp_path: Path, title: str) -> None:
    path = tmp_path / "a.nxml"
    path.write_text(article("<p>Words.</p>", title=title))
    (passage,) = file_source(path, "x").records()
    assert passage.fields["retracted"] is True and passage.fields["notice"] == "Retracted."
    path.write_text(article("<p>Words.</p>", title="Retracted tendons: a study"))
    (passage,) = file_source(path, "x").records()
    assert "retracted" not in passage.fields


def test_a_set_of_articles_and_what_is_within_them(tmp_path: Path) -> None:
    inner = "<sub-article><front-stub/><body><p>A review.</p></body></sub-article>"
    other = article("<p>Two.</p>").replace("PMC42", "PMC43")
    path = tmp_path / "a.xml"
    path.write_text(f"<pmc-articleset>{article('<p>One.</p>', rest=inner)}{other}{other}</pmc-articleset>")
    source = file_source(path, "x")
    assert [(p.doc_id, p.text) for p in source.records()] == [("PMC:42", "One."), ("PMC:43", "Two.")]
    assert [skip.what for skip in source.skipped()] == ["part", "document"]
    path.write_text("<pmc-articleset/>")
    with pytest.raises(SourceError, match="contains no article"):
        list(file_source(path, "x").records())
