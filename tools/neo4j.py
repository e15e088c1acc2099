"""A real Neo4j 5 Community on loopback, without Docker: `python tools/neo4j.py start|stop|status|env`.

Needs Java 17+ and, the first time, Maven (the server's jars come from Maven Central by `tools/neo4j/pom.xml`). Everything
lies in one ignored folder: jars in `.neo4j/lib`, data, logs and `env.json` (address, user, password, process id; mode
0600) in the home folder, which is `.neo4j` too unless `--home` names another one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POM = Path(__file__).resolve().parent / "neo4j" / "pom.xml"
LIB = ROOT / ".neo4j" / "lib"
MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"
JAVA_OPENS = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch")
START_SECONDS = 120


class Failure(Exception):
    """Shown to the user as it is."""


def say(text: str) -> None:
    print(f"neo4j: {text}", file=sys.stderr, flush=True)


# --- what has to be there -----------------------------------------------------------------------------------------


def java() -> str:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("java")
    if not found:
        raise Failure("no `java` was found; install Java 17 or newer (Debian: `apt-get install openjdk-17-jre-headless`)")
    version = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    match = re.search(r'version "(\d+)', version.stderr + version.stdout)
    if not match or int(match.group(1)) < 17:
        version = match.group(1) if match else "unknown"
        raise Failure(f"{found} is Java {version}; Neo4j 5 needs 17 or newer (set JAVA_HOME to one)")
    return found


def jars() -> Path:
    """The folder with the server's jars, fetched by Maven when it is not complete."""
    done = LIB / ".complete"
    wanted = POM.read_text(encoding="utf-8")
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return LIB
    maven = shutil.which("mvn")
    if not maven:
        raise Failure(
            "no `mvn` was found; install Maven (Debian: `apt-get install maven`), it fetches the server's jars once"
        )
    say("fetching the server with Maven (116 MB, once) …")
    shutil.rmtree(LIB, ignore_errors=True)
    command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={LIB}"]
    result = subprocess.run([*command, "-DincludeScope=runtime"], capture_output=True, text=True, check=False)
    if result.returncode != 0 or not any(LIB.glob("neo4j-*.jar")):
        lines = [line for line in (result.stdout + result.stderr).splitlines() if "ERROR" in line][:5]
        raise Failure("Maven could not fetch the server:\n  " + "\n  ".join(lines or ["no message"]))
    done.write_text(wanted, encoding="utf-8")
    return LIB


# --- one server ---------------------------------------------------------------------------------------------------


def env_file(home: Path) -> Path:
    return home / "env.json"


def read_env(home: Path) -> dict[str, str | int] | None:
    try:
        return json.loads(env_file(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_private(path: Path, text: str) -> None:
    """Never readable by others, not even for a moment."""
    temporary = path.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
    temporary.replace(path)


def alive(pid: int, home: Path) -> bool:
    """Whether `pid` is still our server: process ids are reused, so its command line must name this home folder."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists():
        return f"--home-dir={home}".encode() in command.read_bytes().split(b"\0")
    process = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return f"--home-dir={home}" in process.stdout


def port_of(uri: str) -> int:
    return int(uri.rsplit(":", 1)[1])


def answers(port: int) -> bool:
    """Whether a Bolt server speaks at this port: it agrees to protocol version 5 (or 4.4) in its first four bytes."""
    handshake = b"\x60\x60\xb0\x17" + b"\x00\x08\x08\x05" + b"\x00\x00\x04\x04" + b"\x00" * 8
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(handshake)
            return len(connection.recv(4)) == 4
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configure(home: Path, port: int) -> Path:
    folder = home / "conf"
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "server.directories.data": home / "data",
        "server.directories.logs": home / "logs",
        "server.directories.transaction.logs.root": home / "data" / "transactions",
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "server.memory.heap.initial_size": "512m",
        "server.memory.heap.max_size": "1g",
        "server.memory.pagecache.size": "256m",
        "db.tx_log.rotation.retention_policy": "1 files",
    }
    path = folder / "neo4j.conf"
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    return folder


def launch(home: Path, port: int) -> subprocess.Popen[bytes]:
    binary, library = java(), jars()
    folder = configure(home, port)
    opens = [f"--add-opens={name}=ALL-UNNAMED" for name in JAVA_OPENS]
    command = [binary, "-Xms512m", "-Xmx1g", "-XX:+UseG1GC", *opens, "-Dfile.encoding=UTF-8", "-cp", f"{library}/*"]
    command += [MAIN_CLASS, f"--home-dir={home}", f"--config-dir={folder}"]
    with (home / "console.log").open("wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=home
        )


def await_bolt(home: Path, port: int, still_there: Callable[[], bool]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        if answers(port):
            return
        if not still_there():
            raise Failure(f"the server ended while starting; its last words:\n{last_words(home)}")
        time.sleep(0.25)
    raise Failure(f"the server did not answer within {START_SECONDS} s; see {home / 'console.log'}")


def last_words(home: Path, lines: int = 8) -> str:
    text = (home / "console.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in text[-lines:])


def set_first_password(uri: str, password: str) -> None:
    """A new server has the password `neo4j` and lets nobody do anything but change it."""
    # This file's own folder must not shadow the driver: both are called `neo4j`.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != POM.parent.parent]
    try:
        from neo4j import GraphDatabase
        from neo4j.exceptions import AuthError, ClientError, Neo4jError, ServiceUnavailable
    except ImportError:
        raise Failure("the Python driver is missing: `pip install neo4j` (or `bedside[neo4j]`)") from None
    for attempt in range(40):  # Bolt answers a moment before the system database does
        try:
            with GraphDatabase.driver(uri, auth=("neo4j", "neo4j"), telemetry_disabled=True) as driver:
                driver.execute_query(
                    "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password", password=password, database_="system"
                )
            return
        except AuthError as error:
            raise Failure("the first password was already changed; delete the home folder and start again") from error
        except (ClientError, Neo4jError, ServiceUnavailable):
            if attempt == 39:
                raise
            time.sleep(0.5)


def start(home: Path) -> dict[str, str | int]:
    """Start the server of `home`, or return the one that runs."""
    home.mkdir(parents=True, exist_ok=True)
    known = read_env(home)
    if known and alive(int(known["pid"]), home):
        await_bolt(home, port_of(str(known["uri"])), lambda: alive(int(known["pid"]), home))
        say(f"already running at {known['uri']}")
        return known
    began = time.monotonic()
    fresh = known is None
    if fresh:  # data without its password is of no use
        shutil.rmtree(home / "data", ignore_errors=True)
    # The port is kept over restarts, so that a client's address stays good.
    port = port_of(str(known["uri"])) if known else free_port()
    if known and answers(port):
        port = free_port()
    password = str(known["password"]) if known else secrets.token_urlsafe(18)
    say(f"starting on 127.0.0.1:{port} …")
    process = launch(home, port)
    env: dict[str, str | int] = {
        "uri": f"bolt://127.0.0.1:{port}",
        "user": "neo4j",
        "password": password,
        "pid": process.pid,
    }
    try:
        await_bolt(home, port, lambda: process.poll() is None)
        if fresh:
            set_first_password(str(env["uri"]), password)
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.returncode = 0  # it outlives this script on purpose: no warning that it still runs
    write_private(env_file(home), json.dumps(env, indent=1) + "\n")
    say(f"ready after {time.monotonic() - began:.0f} s at {env['uri']}; address and password in {env_file(home)}")
    return env


def end(pid: int, home: Path) -> None:
    """Ask the process to end, and after 20 s make it."""
    for number, seconds in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
        if not alive(pid, home):
            return
        os.kill(pid, number)
        until = time.monotonic() + seconds
        while time.monotonic() < until and alive(pid, home):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.1)


def stop(home: Path) -> None:
    known = read_env(home)
    if not known or not alive(int(known["pid"]), home):
        say("not running")
        return
    end(int(known["pid"]), home)
    say("stopped")


def status(home: Path) -> int:
    known = read_env(home)
    running = bool(known) and alive(int(known["pid"]), home)
    ready = running and answers(port_of(str(known["uri"])))
    say(f"running at {known['uri']}, process {known['pid']}" if ready else "starting" if running else "not running")
    return 0 if ready else 1


def env(home: Path) -> int:
    """What makes Bedside use this server: `eval "$(python tools/neo4j.py env)"`."""
    known = read_env(home)
    if not known:
        raise Failure("never started here; type `python tools/neo4j.py start` first")
    print("export BEDSIDE_GRAPH_BACKEND='neo4j'")
    for name in ("uri", "user", "password"):
        print(f"export BEDSIDE_GRAPH_{name.upper()}='{known[name]}'")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools/neo4j.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("action", choices=("start", "stop", "status", "env"))
    parser.add_argument("--home", type=Path, default=ROOT / ".neo4j", help="folder of this server's data (default: .neo4j)")
    chosen = parser.parse_args(arguments)
    home = chosen.home.resolve()
    try:
        if chosen.action == "start":
            start(home)
            return 0
        if chosen.action == "stop":
            stop(home)
            return 0
        return status(home) if chosen.action == "status" else env(home)
    except Failure as failure:
        print(f"neo4j: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
