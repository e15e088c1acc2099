"""The same load on a local Ray: equal to one without it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bedside.core.errors import SourceError
from bedside.knowledge.ingest import load
from bedside.knowledge.ingest.ray_engine import RayEngine
from bedside.knowledge.readers import file_source

from .conftest import HashEmbedder, Kit, source

pytestmark = [
    pytest.mark.slow,
    # Ray warns of its own future defaults and leaves pipes to its child processes open.
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[RayEngine]:
    ray = pytest.importorskip("ray")
    ray.cloudpickle.register_pickle_by_value(sys.modules[HashEmbedder.__module__])  # its workers don't know the tests
    yield RayEngine(HashEmbedder, workers=1)
    ray.shutdown()


def test_a_load_on_ray_equals_one_without(engine: RayEngine, make_kit: Callable[..., Kit]) -> None:
    kit, plain = make_kit("ray"), make_kit("plain")
    with pytest.raises(SourceError, match="line 7 is broken"):
        load(source(passages=5000, edges=20, broken=True), kit.stores, engine=engine)
    load(source(passages=5000, edges=20), kit.stores, engine=engine)
    load(source(passages=5000, edges=20), plain.stores)
    assert kit.seen() == plain.seen() and kit.stored() == plain.stored()
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_what_a_file_source_skipped_is_told(engine: RayEngine, make_kit: Callable[..., Kit], tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.txt").write_text("Warfarin thins the blood.")
    (folder / "bad.xml").write_bytes(b"<PubmedArticleSet><PubmedArticle>")
    infos: list[Any] = []
    for name, how in (("ray", engine), ("plain", None)):
        kit = make_kit(name)
        infos.append(load(file_source(folder, "papers"), kit.stores, engine=how))
    assert infos[0].skipped == infos[1].skipped and "bad.xml" in infos[0].skipped[0]
    assert infos[0].counts == infos[1].counts
