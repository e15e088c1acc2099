"""Storing, replacing, removing, and files that are not a term index."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from bedside.core.errors import StoreError
from bedside.core.protocols import TermIndex
from bedside.core.types import Term
from bedside.knowledge.terms import SqliteTerms


def term(ident: str = "DRUG:abcdefin", source: str = "one", **rest: object) -> Term:
    return Term(**{"id": ident, "kind": "drug", "name": ident[5:], "source_id": source, **rest})  # type: ignore[arg-type]


def test_put_replaces_and_remove_forgets(tmp_path: Path) -> None:
    index = SqliteTerms(tmp_path / "t.sqlite")
    assert isinstance(index, TermIndex)
    assert index.put([term(synonyms=("oldname",))]) == 1
    assert index.put([term(synonyms=("newname",)), term(source="two", brands=("brandy",))]) == 2
    assert (index.count(), index.count("one"), index.count("three")) == (2, 1, 0)
    assert index.find("oldname").mentions == ()
    assert index.find("newname").mentions[0].how == "synonym"
    assert index.find("brandy").mentions[0].how == "brand"
    assert index.lookup(["DRUG:abcdefin"])[0].synonyms == ("newname",)
    assert index.remove("one") == 1 and index.remove("one") == 0
    assert index.find("newname").mentions == ()
    assert index.find("abcdefin").mentions[0].id == "DRUG:abcdefin"
    assert [t.source_id for t in index.search("abcdefin")] == ["two"]
    index.close()


def test_loading_twice_is_loading_once(tmp_path: Path) -> None:
    index = SqliteTerms(tmp_path / "t.sqlite")
    names = [term(f"DRUG:name{n}", synonyms=(f"other{n}",)) for n in range(50)]
    index.put(names)
    before = index.find("name7 other7 name49"), index.search("other7"), index.count()
    index.put(names)
    assert (index.find("name7 other7 name49"), index.search("other7"), index.count()) == before
    index.close()


def test_read_only_needs_a_file_and_never_writes(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no term index"):
        SqliteTerms(tmp_path / "none.sqlite", read_only=True)
    path = tmp_path / "t.sqlite"
    SqliteTerms(path).close()
    reader = SqliteTerms(path, read_only=True)
    with pytest.raises(StoreError):
        reader.put([term()])
    reader.close()
    with pytest.raises(StoreError):
        reader.find("anything")


def test_files_that_are_something_else(tmp_path: Path) -> None:
    noise = tmp_path / "noise.sqlite"
    noise.write_bytes(b"this is not a database, but long enough to be looked at " * 50)
    with pytest.raises(StoreError):
        SqliteTerms(noise)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as link:
        link.execute("CREATE TABLE x(y)")
    link.close()
    with pytest.raises(StoreError, match="no version"):
        SqliteTerms(other)
    old = tmp_path / "old.sqlite"
    SqliteTerms(old).close()
    with sqlite3.connect(old) as link:
        link.execute("UPDATE meta SET value = '0'")
    link.close()
    with pytest.raises(StoreError, match="version 0") as told:
        SqliteTerms(old)
    assert "knowledge load" in told.value.hint
    with pytest.raises(StoreError):
        SqliteTerms(tmp_path)
