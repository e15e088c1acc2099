"""A server goes on answering while knowledge is loaded in another process; a read-only data folder can be asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bedside.core.config import Config, load_config
from bedside.core.errors import DataFolderError
from bedside.integrations.app import file_source, open_app
from bedside.integrations.runtime import Runtime

CODEINE = "Can a CYP2D6 poor metabolizer take codeine?"
QUESTION = "What is inhibited by zorvatinib?"
ASKED, THREADS = 1_000, 20


def notes(path: Path, release: str) -> Path:
    """Three documents that answer QUESTION, each naming the release it is of."""
    lines = [
        {
            "id": str(n),
            "title": f"Zorvatinib {n}",
            "text": f"Zorvatinib inhibits the kinase ZORK{n}, says the {release} release.",
        }
        for n in range(3)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def releases_in(answer) -> set[str]:
    return {word for e in answer.evidence for word in ("first", "second", "third") if f"the {word} release" in e.quote}


def without_model(home: Path) -> Config:
    return load_config(home, env={}, overrides={"llm": {"enabled": False}})


@pytest.fixture(scope="module")
def noted_once(cpic_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noted") / "home"
    shutil.copytree(cpic_home, folder)
    with open_app(without_model(folder), "write") as app:
        app.load(file_source(notes(folder.parent / "notes.jsonl", "first"), "notes"))
    return folder


@pytest.fixture
def noted(noted_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(noted_once, tmp_path / "home"))


ANOTHER_PROCESS = """
import sys, threading
from bedside.integrations.runtime import Runtime
sys.path.insert(0, sys.argv[1])
from test_runtime import QUESTION, releases_in, without_model

over, wrong, seen = threading.Event(), [], set()
with Runtime(without_model(sys.argv[2])) as runtime:
    def ask():
        while not over.is_set():
            answer = runtime.session().ask(QUESTION)
            found = releases_in(answer)
            seen.update(found)
            if answer.status != "answered" or len(found) != 1:
                wrong.append((answer.status, sorted(found)))
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
    ask_once = runtime.session().ask(QUESTION)
print(wrong, sorted(seen | releases_in(ask_once)))
"""


@pytest.mark.slow
def test_a_thousand_questions_by_twenty_threads_while_a_source_is_switched_twice(noted, tmp_path, bedside, request):
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(Path(__file__).parent), str(noted)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    request.addfinalizer(other.kill)
    seen: Counter[str] = Counter()
    versions: dict[str, set[str]] = {}
    switched = threading.Event()

    def load_twice() -> list[str]:
        out = []
        for release in ("second", "third"):
            path = notes(tmp_path / f"{release}.jsonl", release)
            done = bedside("knowledge", "load", path, "--source", "notes", home=noted)
            out.append(f"{done.returncode} {done.stderr}")
        switched.set()
        return out

    with Runtime(without_model(noted)) as runtime, ThreadPoolExecutor(THREADS + 1) as pool:

        def ask(number: int) -> None:
            answer = runtime.session().ask(QUESTION)
            assert answer.status == "answered", [w.text for w in answer.warnings]
            [release] = releases_in(answer)
            seen[release] += 1
            versions.setdefault(release, set()).add(answer.provenance.sources["notes"])

        loading = pool.submit(load_twice)
        asked = list(pool.map(ask, range(ASKED)))
        while not switched.is_set():  # the loads took longer than the questions
            asked.append(ask(len(asked)))
        assert [line[0] for line in loading.result()] == ["0", "0"], loading.result()
        ask(len(asked))
    said, _ = other.communicate(timeout=120)
    wrong, _, theirs = said.partition("] [")
    assert wrong.strip() == "[" and "first" in theirs and "third" in theirs, said
    assert len(asked) >= ASKED
    assert set(seen) >= {"first", "third"}, seen
    assert all(len(found) == 1 for found in versions.values()), versions
    kept = [path.name for path in (noted / "stores").iterdir()]
    assert len(kept) <= 2, kept


def test_a_question_that_began_before_the_switch_ends_over_its_release(noted, tmp_path, bedside):
    with Runtime(without_model(noted)) as runtime:
        steps = runtime.session().run(QUESTION)
        first = next(steps)
        assert first.type == "read"
        path = notes(tmp_path / "second.jsonl", "second")
        assert bedside("knowledge", "load", path, "--source", "notes", home=noted).returncode == 0
        *_, last = steps
        assert releases_in(last.recommendation) == {"first"}
        assert releases_in(runtime.session().ask(QUESTION)) == {"second"}


def test_a_generation_that_nobody_reads_any_more_is_deleted_by_the_next_load(noted, tmp_path, bedside):
    held = open_app(without_model(noted))
    try:
        before = held.home.stores
        for release in ("second", "third"):
            path = notes(tmp_path / f"{release}.jsonl", release)
            assert bedside("knowledge", "load", path, "--source", "notes", home=noted).returncode == 0
            assert before.is_dir(), "what is being read was deleted"
        assert releases_in(held.engine.ask(QUESTION)) == {"first"}
    finally:
        held.close()
    path = notes(tmp_path / "fourth.jsonl", "fourth")
    assert bedside("knowledge", "load", path, "--source", "notes", home=noted).returncode == 0
    assert not before.exists()
    assert len(list((noted / "stores").iterdir())) == 1


def test_two_loads_at_once_are_refused_in_words(noted, bedside):
    with open_app(without_model(noted), "write"):
        done = bedside("knowledge", "load", "cpic", "--again", home=noted)
        asked = bedside("ask", CODEINE, "--no-llm", home=noted)
    assert done.returncode == 1 and "another bedside process is writing" in done.stderr
    assert asked.returncode == 0 and "Avoid codeine use" in asked.stdout


def test_a_load_that_is_killed_leaves_readers_what_they_had(noted, tmp_path, bedside):
    env = {k: v for k, v in os.environ.items() if not k.startswith("BEDSIDE_")} | {"BEDSIDE_HOME": str(noted)}
    many = tmp_path / "many.jsonl"
    many.write_text(
        "\n".join(json.dumps({"id": str(n), "title": "x", "text": f"Sentence number {n} of many."}) for n in range(60_000))
    )
    cli = [sys.executable, "-m", "bedside.integrations.cli.main"]
    load = subprocess.Popen([*cli, "knowledge", "load", many, "--source", "many"], env=env, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while not list((noted / "stores").glob("*/chroma/*/*.bin")) or len(list((noted / "stores").iterdir())) < 2:
            assert load.poll() is None and time.monotonic() < until
            time.sleep(0.05)
    finally:
        load.kill()
        load.wait()
    answer = bedside("ask", QUESTION, "--no-llm", home=noted)
    assert answer.returncode == 0 and "the first release" in answer.stdout
    again = bedside("knowledge", "load", notes(tmp_path / "second.jsonl", "second"), "--source", "notes", home=noted)
    assert again.returncode == 0, again.stderr
    answer = bedside("ask", QUESTION, "--no-llm", home=noted)
    assert "the second release" in answer.stdout and "the first release" not in answer.stdout


MOUNTED = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 77
! touch "$1/probe" 2>/dev/null || exit 77
exec "$2" -m bedside.integrations.cli.main ask "$3" --no-llm
"""
REFUSED = """
import errno, sys
from pathlib import Path
home = sys.argv[1]

def refuse(event, args):  # what a read-only medium does, for everything below the data folder
    if event == "open" and str(args[0]).startswith(home) and isinstance(args[2], int) and args[2] & 3:
        raise OSError(errno.EROFS, "Read-only file system")
    if event in ("os.mkdir", "os.remove", "os.rename") and str(args[0]).startswith(home):
        raise OSError(errno.EROFS, "Read-only file system")

sys.addaudithook(refuse)
sys.argv = ["bedside", "ask", sys.argv[2], "--no-llm"]
from bedside.integrations.cli.main import main
sys.exit(main())
"""


@pytest.mark.parametrize("how", ["mounted", "refused"])
def test_a_read_only_data_folder_can_be_asked(noted, tmp_path, how):
    """On a real read-only mount where one can be made, and (also there) with every write below the folder refused."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("BEDSIDE_")}
    env |= {"BEDSIDE_HOME": str(noted), "TMPDIR": str(tmp_path)}
    for question, expected in ((CODEINE, "Avoid codeine use"), (QUESTION, "the first release")):
        command = [sys.executable, "-c", REFUSED, str(noted), question]
        if how == "mounted":
            namespace = ["unshare", "--user", "--map-root-user", "--mount"]
            command = [*namespace, "bash", "-c", MOUNTED, "-", str(noted), sys.executable, question]
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=300)
        if how == "mounted" and (done.returncode == 77 or "unshare" in done.stderr):
            return  # no such mount can be made here; the other case stands for it
        assert done.returncode == 0 and expected in done.stdout, done.stderr
    assert not list(tmp_path.glob("bedside-*")), "the thin copy was left behind"


def test_a_folder_of_the_schema_before_is_moved_over_once(noted, bedside):
    generation = max((noted / "stores").iterdir())
    for path in generation.iterdir():
        if path.name != "readers.lock":
            path.rename(noted / path.name)
    shutil.rmtree(noted / "stores")
    (noted / "current").unlink()
    (noted / "home.json").write_text('{"schema": 2}')
    for _ in range(2):
        done = bedside("ask", QUESTION, "--no-llm", home=noted)
        assert done.returncode == 0 and "the first release" in done.stdout, done.stderr
    assert json.loads((noted / "home.json").read_text()) == {"schema": 3}
    assert not (noted / "chroma").exists()


def test_on_a_server_what_was_replaced_stays_until_nobody_reads_it(private_chroma, tmp_path, monkeypatch):
    from bedside.knowledge import changes

    env = {"BEDSIDE_VECTORS_BACKEND": "http", "BEDSIDE_VECTORS_URL": private_chroma.url, "BEDSIDE_LLM_ENABLED": "0"}
    config = load_config(tmp_path / "home", env=env)

    def load(release: str) -> None:
        with open_app(config, "write") as app:
            app.load(file_source(notes(tmp_path / f"{release}.jsonl", release), "notes"))

    def asked() -> set[str]:
        with open_app(config) as app:
            return releases_in(app.engine.ask(QUESTION))

    load("first")
    monkeypatch.setattr(changes, "READERS_SECONDS", 0.5)
    with open_app(config) as reader:
        load("second")
        assert asked() == {"second"}
        assert releases_in(reader.engine.ask(QUESTION)) == {"first"}, "the release was removed while it was read"
        with pytest.raises(DataFolderError, match="still being read"):
            load("third")  # there are two places on a server, and both are in use
    assert asked() == {"second"}
    load("third")
    assert asked() == {"third"}
    with open_app(config) as app:
        assert app.services.vectors.count("notes") == 3
        assert len(app.services.stores().vectors._sources()) == 1, "what was replaced was left on the server"
