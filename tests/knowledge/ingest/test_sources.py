from __future__ import annotations

import threading
from pathlib import Path

import pytest
from bedside.core.errors import StoreError
from bedside.core.protocols import Sources
from bedside.core.types import SourceInfo
from bedside.knowledge.ingest import FileSources


def info(ident: str, version: str = "1") -> SourceInfo:
    return SourceInfo(id=ident, title=ident, version=version, licence="CC0", counts={"passages": 1})


def test_put_get_remove(tmp_path: Path) -> None:
    sources = FileSources(tmp_path / "deep" / "sources.json")
    assert isinstance(sources, Sources)
    assert sources.all() == [] and sources.get("b") is None and not sources.remove("b")
    sources.put(info("b"))
    sources.put(info("a"))
    sources.put(info("b", "2"))
    assert [(s.id, s.version) for s in FileSources(sources.path).all()] == [("a", "1"), ("b", "2")]
    assert sources.remove("a") and [s.id for s in sources.all()] == ["b"]
    assert [p.name for p in sources.path.parent.iterdir()] == ["sources.json"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b'[{"id": 1}]', b"\xff\xfe", b"null"])
def test_a_damaged_list_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sources.json"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"sources\.json"):
        FileSources(path).all()


def test_an_unwritable_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError):
        FileSources(tmp_path / "file" / "sources.json").put(info("a"))


def test_several_threads_lose_nothing(tmp_path: Path) -> None:
    sources = FileSources(tmp_path / "sources.json")
    threads = [threading.Thread(target=lambda n=n: sources.put(info(f"s{n}"))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sources.all()) == 12
