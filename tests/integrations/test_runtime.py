"""The runtime of a serving process: which release a question is asked over, and when a view is closed."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from bedside.core import CancelToken
from bedside.core.config import load_config
from bedside.core.errors import DataFolderError, QuestionError, ServiceError
from bedside.integrations.runtime import Runtime
from bedside.knowledge.home import Home

QUESTION = "a question about nothing"


@pytest.fixture
def config(tmp_path: Path):
    env = {"BEDSIDE_LLM_ENABLED": "0", "BEDSIDE_PLUGINS_ALLOW": "genomics"}
    return load_config(tmp_path / "home", env=env)


def publish(folder: Path) -> int:
    """Another generation, as a load in another process publishes it."""
    with Home.open(folder, "write") as home:
        home.begin()
        home.sources.write_text(json.dumps([]), encoding="utf-8")
        home.publish(unfinished=False)
        home.generations.sweep()
        return home.generation


def test_the_next_question_is_asked_over_what_was_published(config):
    with Runtime(config) as runtime:
        with runtime.view() as before:
            publish(config.home)
            with runtime.view() as after:
                assert (before.home.generation, after.home.generation) == (0, 1)
            assert before.services.sources.all() == []  # still open
        with pytest.raises(ServiceError, match="closed"):
            _ = before.services.terms
        with runtime.view() as again:
            assert again is after


def test_what_nobody_reads_can_be_deleted_and_is_not_used_again(config):
    publish(config.home)
    with Runtime(config) as runtime:
        with runtime.view() as view:
            first = view.home.stores
        publish(config.home)
        assert not first.exists()
        with runtime.view() as view:
            assert view.home.generation == 2 and view.home.stores.is_dir()


def test_a_pointer_that_is_damaged_leaves_the_last_release_in_use(config):
    publish(config.home)
    with Runtime(config) as runtime:
        (config.home / "current").write_text("{", encoding="utf-8")
        for _ in range(2):
            with runtime.view() as view:
                assert view.home.generation == 1
        with pytest.raises(DataFolderError):
            Runtime(config)
        (config.home / "current").write_text('{"generation": 1}', encoding="utf-8")
        publish(config.home)
        with runtime.view() as view:
            assert view.home.generation == 2


def test_many_threads_open_a_release_once(config, monkeypatch):
    from bedside.integrations import runtime as module

    opened = []
    real = module.open_app
    monkeypatch.setattr(module, "open_app", lambda *a, **k: opened.append(1) or real(*a, **k))
    with Runtime(config) as runtime:
        publish(config.home)
        together = threading.Barrier(8, timeout=10)
        seen = []

        def ask():
            together.wait()
            for _ in range(20):
                with runtime.view() as view:
                    seen.append(view.home.generation)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(seen) == 160 and seen[-1] == 1
    assert len(opened) == 2


def test_a_closed_runtime_says_so_and_closes_its_view_after_the_last_question(config):
    runtime = Runtime(config)
    with runtime.view() as view:
        runtime.close()
        assert view.services.sources.all() == []
    with pytest.raises(ServiceError, match="the runtime is closed"), runtime.view():
        pass


def test_a_session_asks_streams_and_cancels(config):
    with Runtime(config) as runtime:
        session = runtime.session("ward 3")
        assert session.ask(QUESTION).status == "abstained"
        types = [event.type for event in session.run(QUESTION)]
        assert (types[0], types[1], types[-1]) == ("read", "planned", "answered")
        with pytest.raises(QuestionError):
            session.ask("   ")
        token = CancelToken()
        steps = session.run(QUESTION, cancel=token)
        next(steps)
        steps.close()
        assert token.cancelled, "closing the iterator early cancels the question"


def test_what_is_kept_for_a_tenant_is_apart_from_all_others(config):
    with Runtime(config) as runtime:
        names = ["local", "", "../local", "ward.3", "Ward.3", "ward"]
        folders = {runtime.session(name).folder("history") for name in names} | {
            runtime.session("ward").folder("3", "history")
        }
        assert len(folders) == len(names) + 1
        assert {folder.parent for folder in folders} == {config.home / "sessions"}
        assert all(folder.is_dir() for folder in folders)
        assert runtime.session().folder("history") == runtime.session("local").folder("history")
