"""A vector index that a kill has torn is never answered from."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from bedside.core.errors import EmbeddingError
from bedside.knowledge.ingest import load

from .conftest import Kit, failing_after, source


@pytest.mark.parametrize(
    ("file", "random"),
    [
        ("link_lists.bin", False),
        ("data_level0.bin", False),
        ("data_level0.bin", True),
        ("length.bin", False),
        ("index_metadata.pickle", False),
    ],
)
def test_an_index_that_a_kill_has_torn_is_built_anew(
    make_kit: Callable[..., Kit], tmp_path: Path, file: str, random: bool
) -> None:
    """Chroma writes its index in place, and of one that was cut short a search still answers from what is left."""
    clean = make_kit("clean")
    load(source(passages=3000), clean.stores)
    wanted = (clean.seen(), clean.stored())

    kit = make_kit()
    kit.embedder.embed = failing_after(kit.embedder, 2000)
    with pytest.raises(EmbeddingError):
        load(source(passages=3000), kit.stores)
    kit.close()
    torn = [path for path in (tmp_path / "home" / "chroma").glob(f"*/{file}") if path.stat().st_size]
    assert torn
    for path in torn:
        half = path.stat().st_size // 2
        os.truncate(path, half)
        if random:  # of such a one, Chroma's search may end the process
            with path.open("ab") as file_:
                file_.write(Random(3).randbytes(half))

    kit = make_kit()
    assert kit.stores.journal.get("one") is not None
    load(source(passages=3000), kit.stores)
    assert (kit.seen(), kit.stored()) == wanted
