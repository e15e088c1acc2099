from __future__ import annotations

from collections.abc import Iterator

import pytest
from bedside.core.types import Passage, Term
from bedside.knowledge.starter import starter_sources
from bedside.knowledge.terms import SqliteTerms


@pytest.fixture(scope="session")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteTerms]:
    """The whole starter term index, opened for reading only."""
    path = tmp_path_factory.mktemp("terms") / "terms.sqlite"
    index = SqliteTerms(path)
    for source in starter_sources():
        names, texts = [], []
        for record in source.records():
            if isinstance(record, Term):
                names.append(record)
            elif isinstance(record, Passage):
                texts.append(record.text)
        index.put(names)
        index.note_text(texts)
    index.close()
    reader = SqliteTerms(path, read_only=True)
    yield reader
    reader.close()
