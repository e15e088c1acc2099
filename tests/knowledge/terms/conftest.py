from __future__ import annotations

from collections.abc import Iterator

import pytest
from bedside.core.types import Passage, Record, Term
from bedside.knowledge.terms import SqliteTerms


@pytest.fixture(scope="session")
def terms(starter_records: dict[str, list[Record]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteTerms]:
    """The whole starter term index, opened for reading only."""
    path = tmp_path_factory.mktemp("terms") / "terms.sqlite"
    index = SqliteTerms(path)
    for records in starter_records.values():
        names, texts = [], []
        for record in records:
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
