"""Rules for the whole suite."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where CI=true everything can be had but a GPU, so that a test that is skipped there is a test that broke."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and "gpu" not in item.keywords and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although CI=true: {call.excinfo.value if call.excinfo else report.longrepr}"
    return report


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real data."""
    folder = os.environ.get("BEDSIDE_MIRROR")
    if not folder:
        pytest.skip("needs the real data: BEDSIDE_MIRROR=../shared/data")
    return Path(folder)


# --- the wheel ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that the tree stays clean, and without an index: the build tool is the venv's own."""
    tree = tmp_path_factory.mktemp("copy") / "bedside"
    tree.mkdir()
    for part in ("core", "knowledge", "plugins", "integrations"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, tree / name)
    (tree / "README.md").touch()
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "-w",
        str(tree),
        str(tree),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(tree.glob("*.whl"))


# --- loaded knowledge -------------------------------------------------------------------------------------------------

_HOMES = pytest.StashKey["_Homes"]()
_KINDS = ("starter_home", "small_home", "cpic_home")


class _Homes:
    """The data folders that the chosen tests ask for, made while the first tests that need none of them run.
    BEDSIDE_TEST_HOME names a ready one with the whole starter knowledge."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.made: dict[str, Path | str] = {}
        """Each folder, or what went wrong."""
        if "starter_home" in kinds and (ready := os.environ.get("BEDSIDE_TEST_HOME")):
            self.made["starter_home"] = Path(ready)
        self._missing = [kind for kind in kinds if kind not in self.made]
        self._folder = Path(tempfile.mkdtemp(prefix="bedside-tests-"))
        self._making: subprocess.Popen[bytes] | None = None
        if self._missing:
            clean = {name: value for name, value in os.environ.items() if not name.startswith("BEDSIDE_")}
            command = [sys.executable, str(ROOT / "tests" / "knowledge_homes.py"), str(self._folder), *self._missing]
            with self._said("out").open("wb") as out, self._said("errors").open("wb") as errors:
                self._making = subprocess.Popen(command, stdout=out, stderr=errors, env=clean)

    def _said(self, what: str) -> Path:
        return self._folder / f"{what}.txt"

    def wait(self) -> str:
        """Until they are made; what the maker says of how long that took, the first time."""
        if self._making is None:
            return ""
        self._making.wait()
        self._making = None
        out, errors = (self._said(what).read_text(encoding="utf-8") for what in ("out", "errors"))
        whole = {line.partition(":")[0] for line in out.splitlines()}
        for kind in self._missing:
            self.made[kind] = self._folder / kind if kind in whole else f"{kind} could not be made:\n{errors[-4000:]}"
        return out

    def close(self) -> None:
        if self._making is not None:
            self._making.kill()
            self._making.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    if session.config.option.collectonly:
        return
    asked = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    session.config.stash[_HOMES] = _Homes([kind for kind in _KINDS if kind in asked])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Waits for the data folders before the clock of the first test that asks for one starts: a fixture that takes minutes
    on a busy machine would be taken for a test that hangs."""
    if not set(_KINDS).isdisjoint(getattr(item, "fixturenames", ())):
        said = item.config.stash[_HOMES].wait()
        if said and (reporter := item.config.pluginmanager.get_plugin("terminalreporter")):
            reporter.write(f"\n{said}")
    return (yield)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if homes := session.config.stash.get(_HOMES, None):
        homes.close()


def _ready(config: pytest.Config, kind: str) -> Path:
    home = config.stash[_HOMES].made[kind]
    if isinstance(home, str):
        pytest.fail(home)
    return home


@pytest.fixture(scope="session")
def starter_home(pytestconfig: pytest.Config) -> Path:
    """The whole starter knowledge, for tests of what is in it."""
    return _ready(pytestconfig, "starter_home")


@pytest.fixture(scope="session")
def small_home(pytestconfig: pytest.Config) -> Path:
    """CPIC, drug names and a cut of HPO with Marfan syndrome whole (`knowledge_homes.py`)."""
    return _ready(pytestconfig, "small_home")


@pytest.fixture(scope="session")
def cpic_home(pytestconfig: pytest.Config) -> Path:
    """Only CPIC and the drug names."""
    return _ready(pytestconfig, "cpic_home")


@pytest.fixture
def patience() -> Callable[[float], float]:
    """`patience(30)`: that many seconds of a quiet machine, as this one is now: more where others have the cores too."""

    def of(seconds: float) -> float:
        wall, cpu = time.perf_counter(), time.thread_time()
        while time.thread_time() - cpu < 0.2:
            pass
        return seconds * max(1.0, (time.perf_counter() - wall) / 0.2)

    return of


# --- real servers ---------------------------------------------------------------------------------------------------


@dataclass
class Neo4jServer:
    """A running Neo4j. `process` and `home` are set only for a private one, which a test may kill and start again."""

    uri: str
    user: str
    password: str
    process: int | None = None
    home: Path | None = None

    def kill(self) -> None:
        assert self.process is not None, "only a private server may be killed"
        os.kill(self.process, signal.SIGKILL)
        _wait_until(lambda: not _neo4j_tool("status", self.home), 10)

    def start(self) -> None:
        assert self.home is not None
        assert _neo4j_tool("start", self.home), "Neo4j did not start; see the output above"
        env = json.loads((self.home / "env.json").read_text(encoding="utf-8"))
        self.uri, self.user, self.password, self.process = env["uri"], env["user"], env["password"], env["pid"]


@dataclass
class ChromaServer:
    """`chroma run` on a free loopback port, over its own folder."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        program = Path(sys.executable).with_name("chroma")
        command = [str(program), "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        _wait_until(self.answers, 60)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=2) as reply:
                return reply.status == 200
        except OSError:
            return False

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def send(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)


def _wait_until(true: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"a server was not ready within {seconds} s"
        time.sleep(0.1)


def _neo4j_tool(action: str, home: Path | None) -> bool:
    command = [sys.executable, str(ROOT / "tools" / "neo4j.py"), action, "--home", str(home)]
    return subprocess.run(command, check=False).returncode == 0


@pytest.fixture(scope="session")
def neo4j_server() -> Neo4jServer:
    """The server of `make neo4j`, or the one BEDSIDE_NEO4J_URI, _USER and _PASSWORD name. Its data is the tests' own."""
    names = ("URI", "USER", "PASSWORD")
    given = [os.environ.get(f"BEDSIDE_NEO4J_{name}", "") for name in names]
    if all(given):
        return Neo4jServer(*given)
    home = ROOT / ".neo4j"
    if (home / "env.json").is_file() and _neo4j_tool("status", home):
        env = json.loads((home / "env.json").read_text(encoding="utf-8"))
        return Neo4jServer(env["uri"], env["user"], env["password"])
    # With CI=true the rule above turns this into a failure.
    pytest.skip("no Neo4j: start one with `make neo4j`, or set BEDSIDE_NEO4J_URI, _USER and _PASSWORD")


@pytest.fixture(scope="session")
def private_neo4j(neo4j_server: Neo4jServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A second server that a test may kill. (It needs the jars, so it is skipped where `make neo4j` was not run.)"""
    if not (ROOT / ".neo4j" / "lib" / ".complete").is_file():
        pytest.skip("the jars of `make neo4j` are not there, so no second server can be started")
    server = Neo4jServer("", "", "", home=tmp_path_factory.mktemp("neo4j"))
    server.start()
    yield server
    _neo4j_tool("stop", server.home)


@pytest.fixture(scope="session")
def serve_chroma() -> Iterator[Callable[[Path], ChromaServer]]:
    """`serve_chroma(folder)`: a server over that folder."""
    started: list[ChromaServer] = []

    def serve(folder: Path) -> ChromaServer:
        started.append(ChromaServer(folder))
        started[-1].start()
        return started[-1]

    yield serve
    for server in started:
        server.kill()


@pytest.fixture(scope="session")
def chroma_server(serve_chroma: Callable[[Path], ChromaServer], tmp_path_factory: pytest.TempPathFactory) -> ChromaServer:
    return serve_chroma(tmp_path_factory.mktemp("chroma-server"))


@pytest.fixture
def private_chroma(serve_chroma: Callable[[Path], ChromaServer], tmp_path: Path) -> Iterator[ChromaServer]:
    """One that a test may kill and start again."""
    server = serve_chroma(tmp_path / "private-chroma")
    yield server
    server.kill()
