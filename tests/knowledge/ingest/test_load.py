"""Loading: what lands, twice is once, a new release in one step, removal, errors."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bedside.core.errors import EmbeddingError, SourceError, StoreError
from bedside.core.queries import PassageQuery
from bedside.core.types import GraphEdge, GraphNode
from bedside.knowledge.ingest import load, load_all, outdated, recover, reembed, remove
from bedside.knowledge.ingest.recover import to_complete

from .conftest import HashEmbedder, Kit, failing_after, source


def test_everything_lands_and_is_counted(kit: Kit) -> None:
    when = datetime(2031, 1, 1, 12, tzinfo=UTC)
    info = load(source(passages=5000), kit.stores, now=lambda: when)
    assert {key: info.counts[key] for key in ("passages", "nodes", "edges", "terms", "diseases")} == {
        "passages": 5000,
        "nodes": 3,
        "edges": 3,
        "terms": 3,
        "diseases": 3,
    }
    assert (info.version, info.date, info.loaded_at, info.url) == (
        "2030-01-02",
        "2030-01-02",
        "2031-01-01T12:00:00+00:00",
        "https://x.example",
    )
    assert info.fingerprint == "hash:1"
    assert kit.stores.sources.get("one") == info
    assert kit.stored() == (5000, 5000, {"nodes": 4, "edges": 3}, 3, 0)
    assert kit.vectors.count("one") == kit.words.count("one") == 5000


def test_twice_is_once(kit: Kit) -> None:
    first = load(source(), kit.stores)
    before = kit.stored()
    assert load(source(), kit.stores) == first
    assert kit.stored() == before and kit.embedder.embedded == 5


def test_loading_again_on_request_gives_the_same(kit: Kit) -> None:
    load(source(), kit.stores)
    seen, stored = kit.seen(), kit.stored()
    load(source(), kit.stores, again=True)
    assert kit.seen() == seen and kit.stored() == stored


def test_a_new_release_replaces_the_old_one_and_leaves_nothing_of_it(kit: Kit, make_kit: Callable[..., Kit]) -> None:
    load(source(passages=9, edges=6, version="1"), kit.stores)
    load(source(passages=4, edges=4, version="2"), kit.stores)
    fresh = make_kit("fresh")
    load(source(passages=4, edges=4, version="2"), fresh.stores)
    assert kit.seen() == fresh.seen() and kit.stored() == fresh.stored()
    load(source(passages=9, edges=6, version="1"), kit.stores)
    load(source(passages=4, edges=4, version="2"), kit.stores)
    assert kit.seen() == fresh.seen()


def test_a_query_in_the_middle_of_a_load_sees_the_old_release_whole(kit: Kit) -> None:
    """But for nodes that only the new one has: they are names without a fact, and no edge leads to them yet."""

    def facts() -> dict[str, Any]:
        return {what: value for what, value in kit.seen().items() if what not in ("nodes", "counts")}

    load(source(passages=30, version="1"), kit.stores)
    before, names = facts(), kit.graph.nodes(["one:0", "one:1", "one:2"])
    seen_in_between: list[dict[str, Any]] = []
    new = source(passages=3000, edges=20, version="2")

    def spying(stage: str) -> None:
        if stage != "done":
            seen_in_between.append(facts())
            assert kit.graph.nodes(["one:0", "one:1", "one:2"]) == names

    load(new, kit.stores, progress=lambda _, stage, *__: spying(stage))
    assert len(seen_in_between) >= 3
    assert all(seen == before for seen in seen_in_between)
    assert kit.vectors.count() == 3000


@pytest.fixture(scope="module")
def loaded_at_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """What is seen and stored of 20,000 passages of release 2 that were loaded without a hitch."""
    fresh = Kit(tmp_path_factory.mktemp("fresh") / "home")
    load(source(passages=20_000, version="2"), fresh.stores)
    found = fresh.seen(), fresh.stored()
    fresh.close()
    return found


def test_a_load_that_fails_leaves_the_old_release_untouched_and_the_next_completes_it(
    kit: Kit, loaded_at_once: tuple[dict[str, Any], tuple[Any, ...]]
) -> None:
    load(source(passages=30, version="1"), kit.stores)
    before = kit.seen()
    with pytest.raises(SourceError, match="line 7"):
        load(source(passages=20_000, version="2", broken=True), kit.stores)
    assert kit.seen() == before
    embedded = kit.embedder.embedded
    load(source(passages=20_000, version="2"), kit.stores)
    assert kit.embedder.embedded - embedded < 20_000  # what had been stored is used again
    assert (kit.seen(), kit.stored()) == loaded_at_once


def test_an_unfinished_release_that_is_given_up_for_another_leaves_nothing(kit: Kit, make_kit: Callable[..., Kit]) -> None:
    with pytest.raises(SourceError):
        load(source(passages=4500, version="2", broken=True), kit.stores)
    assert kit.stores.sources.all() == [] and kit.vectors.count() == kit.words.count() == 0
    load(source(passages=7, version="3"), kit.stores)
    fresh = make_kit("fresh")
    load(source(passages=7, version="3"), fresh.stores)
    assert kit.seen() == fresh.seen() and kit.stored() == fresh.stored()


def test_what_a_store_has_lost_is_loaded_again(kit: Kit) -> None:
    load(source(), kit.stores)
    seen = kit.seen()
    kit.stores.vectors.remove("one")
    with pytest.raises(StoreError, match="are gone"):
        kit.vectors.query(kit.embedder.embed(["x"])[0], 3)
    load(source(), kit.stores)
    assert kit.seen() == seen


def test_what_a_lost_list_of_sources_named_is_not_found_and_does_not_become_part_of_another_release(
    kit: Kit, make_kit: Callable[..., Kit]
) -> None:
    load(source(passages=50, edges=9, version="1"), kit.stores)
    kit.stores.sources.path.unlink()  # type: ignore[attr-defined]
    assert kit.words.query(PassageQuery("passage number seven 7", 5)) == [] and kit.vectors.count() == 0
    load(source(passages=20, edges=4, version="2"), kit.stores)
    fresh = make_kit("fresh")
    load(source(passages=20, edges=4, version="2"), fresh.stores)
    assert kit.seen() == fresh.seen() and kit.stored() == fresh.stored()


def test_another_embedding_model_is_never_mixed_in(make_kit: Callable[..., Kit]) -> None:
    first = make_kit()
    load(source(), first.stores)
    first.close()
    second = make_kit("home", HashEmbedder("other:2"))
    with pytest.raises(StoreError, match="hash:1") as caught:
        second.vectors.query(second.embedder.embed(["x"])[0], 3)
    assert "reembed" in (caught.value.hint or "")
    info = load(source(), second.stores)
    assert info.fingerprint == "other:2" and second.embedder.embedded >= 5
    assert len(second.vectors.query(second.embedder.embed(["x"])[0], 3)) == 3


def test_texts_are_embedded_anew_from_the_store_alone(make_kit: Callable[..., Kit]) -> None:
    first = make_kit()
    load(source(passages=3000), first.stores)
    seen, stored = first.seen(), first.stored()
    first.close()
    second = make_kit("home", HashEmbedder("other:2"))
    assert [i.id for i in outdated(second.stores.sources, second.stores.embedder)] == ["one"]
    second.embedder.embed, whole = failing_after(second.embedder, 1000), second.embedder.embed
    with pytest.raises(EmbeddingError):
        reembed(outdated(second.stores.sources, second.stores.embedder)[0], second.stores)
    second.embedder.embed = whole
    second.embedder.embedded = 0
    told: list[tuple[Any, ...]] = []
    [old] = outdated(second.stores.sources, second.stores.embedder)
    info = reembed(old, second.stores, progress=lambda *step: told.append(step))
    assert second.embedder.embedded < 3000 and told[-1] == ("one", "done", 3000, 3000)
    assert info.fingerprint == "other:2" and outdated(second.stores.sources, second.stores.embedder) == []
    assert second.stored() == stored
    assert {k: v for k, v in second.seen().items() if k != "sources"} == {k: v for k, v in seen.items() if k != "sources"}
    # The next release finds its places although vectors and words lie in different slots now.
    load(source(passages=20, version="2"), second.stores)
    fresh = make_kit("fresh", HashEmbedder("other:2"))
    load(source(passages=20, version="2"), fresh.stores)
    assert second.stored() == fresh.stored()
    assert second.seen()["passages"] == fresh.seen()["passages"]


def test_removal_leaves_no_orphan(kit: Kit) -> None:
    load(source("other"), kit.stores)
    seen, stored = kit.seen(), kit.stored()
    load(source("one"), kit.stores)
    removed = remove("one", kit.stores)
    assert removed is not None and removed.id == "one"
    assert kit.seen() == seen and kit.stored() == stored
    assert remove("one", kit.stores) is None
    remove("other", kit.stores)
    assert kit.stored() == (0, 0, {"nodes": 1, "edges": 0}, 0, 0)  # shared:1 belongs to a source that was never loaded


def test_what_was_only_staged_can_be_removed_and_is_said_to_be(kit: Kit) -> None:
    with pytest.raises(SourceError):
        load(source(passages=20_000, version="7", broken=True), kit.stores)
    gone = remove("one", kit.stores)
    assert gone is not None and (gone.id, gone.version, gone.counts) == ("one", "7", {})
    assert kit.stored()[0] == kit.stored()[-1] == 0
    assert remove("one", kit.stores) is None


def test_a_source_that_is_refused_at_once_leaves_no_trace(kit: Kit) -> None:
    load(source(version="1"), kit.stores)
    seen, stored = kit.seen(), kit.stored()
    for name in ("one", "two"):
        with pytest.raises(SourceError):
            load(source(name, passages=0, edges=0, version="7", broken=True), kit.stores)
    assert kit.seen() == seen and kit.stored() == stored


def test_a_removal_that_was_cut_off_is_completed_by_another(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    load(source(passages=50), kit.stores)

    def cut_off(*_: object) -> None:
        raise StoreError("cut off")

    with monkeypatch.context() as patched, pytest.raises(StoreError, match="cut off"):
        patched.setattr(kit.terms, "replace", cut_off)
        remove("one", kit.stores)
    assert remove("one", kit.stores) is not None
    assert kit.stored() == (0, 0, {"nodes": 1, "edges": 0}, 0, 0)


def test_a_node_that_another_sources_edge_uses_outlives_its_source(kit: Kit) -> None:
    load(source("one"), kit.stores)
    user = source("two", edges=0)
    node = GraphNode(id="one:0", kind="Disease", name="n0", source_id="one")
    edge = GraphEdge.of(kind="has_phenotype", start="one:0", end="shared:1", text="So it is.", source_id="two")
    shared = GraphNode(id="shared:1", kind="Phenotype", name="s", source_id="owner")
    load(type(user)(**{**user.__dict__, "records": lambda: iter([node, shared, edge])}), kit.stores)
    load(source("one", edges=2, version="2"), kit.stores)
    remove("one", kit.stores)
    assert [e.text for e in kit.graph.edges_of(["one:0"])] == ["So it is."]
    assert [n.id for n in kit.graph.nodes(["one:0", "one:1"])] == ["one:0"]


@pytest.mark.timeout(60)
def test_a_source_that_fails_before_the_embedder_looks_does_not_leave_it_waiting(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(queue.Queue):  # type: ignore[type-arg]
        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            if block and self.maxsize == 2:  # the windows, as the embedding thread asks for them
                time.sleep(0.3)
            return super().get(block, timeout)

    monkeypatch.setattr("bedside.knowledge.ingest.stream.queue.Queue", Slow)
    with pytest.raises(SourceError, match="line 7"):
        load(source(passages=5, broken=True), kit.stores)


def test_an_embedder_that_fails_is_told_and_nobody_waits(kit: Kit) -> None:
    def fail(texts: Any) -> Any:
        raise EmbeddingError("no memory")

    kit.embedder.embed = fail
    before = threading.active_count()
    with pytest.raises(EmbeddingError, match="no memory"):
        load(source(passages=20_000), kit.stores)
    assert kit.stores.sources.all() == [] and threading.active_count() <= before + 1  # tantivy's own


def test_a_store_that_fails_is_told_and_nobody_waits(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(kit.stores.vectors, "put", full)
    with pytest.raises(StoreError, match="disk full"):
        load(source(passages=20_000), kit.stores)
    assert not [t for t in threading.enumerate() if t.name.startswith("bedside-ingest")]


def test_an_interruption_ends_a_load_at_once_and_the_next_completes_it(
    kit: Kit, loaded_at_once: tuple[dict[str, Any], tuple[Any, ...]]
) -> None:
    told: list[str] = []
    main = threading.main_thread().ident
    assert main is not None

    def progress(source_id: str, stage: str, done: int, total: int | None) -> None:
        told.append(stage)
        if stage == "passages" and told.count("passages") == 2:
            signal.pthread_kill(main, signal.SIGINT)
            time.sleep(0.5)  # so that the other thread has taken notice

    # a shell starts what it puts in the background with SIGINT ignored, and the tests then inherit that
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            load(source(passages=20_000, version="2"), kit.stores, progress=progress)
    finally:
        signal.signal(signal.SIGINT, before)
    assert "done" not in told and told.count("passages") < 5
    assert kit.stores.sources.get("one") is None
    load(source(passages=20_000, version="2"), kit.stores)
    assert (kit.seen(), kit.stored()) == loaded_at_once


def test_progress_ends_at_the_total(kit: Kit) -> None:
    told: list[tuple[str, int, int | None]] = []
    load(source(passages=1500), kit.stores, progress=lambda _, *step: told.append(step))
    assert told[-1] == ("done", 1500, 1500)
    passages = [done for stage, done, _ in told if stage == "passages"]
    assert passages == sorted(passages) and passages[-1] == 1500
    assert {"terms", "graph"} <= {stage for stage, _, _ in told}


def test_several_at_once(kit: Kit) -> None:
    seen: set[str] = set()
    given = [source(name, passages=300) for name in ("a", "b", "c")]
    infos = load_all(given, kit.stores, progress=lambda ident, *_: seen.add(ident))
    assert [info.id for info in infos] == ["a", "b", "c"] and seen == {"a", "b", "c"}
    assert kit.stored() == (900, 900, {"nodes": 10, "edges": 9}, 9, 0)
    assert [info.id for info in kit.stores.sources.all()] == ["a", "b", "c"]


def test_one_that_fails_among_several(kit: Kit) -> None:
    with pytest.raises(SourceError, match="line 7"):
        load_all([source("a"), source("b", broken=True), source("c")], kit.stores)
    assert kit.stores.sources.get("b") is None


@pytest.mark.parametrize("step", ["terms.replace", "graph.put", "vectors.remove", "lexical.commit", "graph.remove"])
@pytest.mark.parametrize("doing", ["load", "remove"])
def test_cut_off_after_the_switch_the_rest_is_done_before_the_next_question(
    make_kit: Callable[..., Kit], monkeypatch: pytest.MonkeyPatch, step: str, doing: str
) -> None:
    kit, fresh = make_kit(), make_kit("fresh")
    load(source(version="1", passages=9, edges=6), kit.stores)
    store, name = step.split(".")
    real = getattr(getattr(kit.stores, store), name)

    def cut_off(*given: Any, **rest: Any) -> Any:
        info = kit.stores.sources.get("one")
        if info is None or info.version == "2":  # from the switch on
            raise StoreError("killed")
        return real(*given, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(getattr(kit.stores, store), name, cut_off)
        work = (lambda: remove("one", kit.stores)) if doing == "remove" else (lambda: load(source(version="2"), kit.stores))
        if doing == "load" or step != "graph.put":  # a removal renames nothing
            with pytest.raises(StoreError, match="killed"):
                work()
            assert [entry.doing for entry in to_complete(kit.stores.journal, kit.stores.sources)] == [doing]
        else:
            work()
    recover(kit.stores)
    if doing == "load":
        load(source(version="2"), fresh.stores)
    else:
        load(source(version="2", passages=0, edges=0), fresh.stores)
        remove("one", fresh.stores)
    assert kit.seen() == fresh.seen() and kit.stored() == fresh.stored()
