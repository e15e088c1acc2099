"""Small real files, made where they are needed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

ARTICLE = """<PubmedArticle><MedlineCitation><PMID Version="{version}">{pmid}</PMID><Article>
<Journal><JournalIssue><PubDate><MedlineDate>1999 Nov-Dec</MedlineDate></PubDate></JournalIssue><Title>Journal</Title>
</Journal><ArticleTitle>{title}</ArticleTitle>{abstract}
<PublicationTypeList><PublicationType>{kind}</PublicationType></PublicationTypeList>
</Article>{rest}</MedlineCitation></PubmedArticle>"""


@pytest.fixture
def medline() -> Callable[..., str]:
    """One PubmedArticle."""

    def make(
        pmid: int,
        text: str = "",
        *,
        title: str = "A title.",
        kind: str = "Journal Article",
        rest: str = "",
        version: int = 1,
    ) -> str:
        abstract = f"<Abstract><AbstractText>{text}</AbstractText></Abstract>" if text else ""
        return ARTICLE.format(pmid=pmid, title=title, abstract=abstract, kind=kind, rest=rest, version=version)

    return make


@pytest.fixture
def article_set(tmp_path: Path) -> Callable[..., Path]:
    """A file of PubMed records, packed if its name ends so."""

    def make(name: str, *records: str) -> Path:
        data = f'<?xml version="1.0"?>\n<PubmedArticleSet>{"".join(records)}</PubmedArticleSet>'.encode()
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return make
