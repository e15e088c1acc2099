"""Nothing leaves the machine: the whole demo runs with every socket but loopback blocked, in every process it starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

# Goes into each Python process through sitecustomize: whatever is not loopback is written down and refused.
GUARD = """
import ipaddress, os, sys
_log = os.environ["BEDSIDE_TEST_SOCKETS"]

def _local(host):
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False

def _guard(event, args):
    host = None
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = args[1]
        if not isinstance(address, tuple):
            return  # a Unix socket
        host = address[0]
        if event == "socket.bind" and host in ("", "0.0.0.0", "::"):
            host = "0.0.0.0"
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not _local(host):
        with open(_log, "a") as file:
            file.write(f"{event} {host} {sys.argv[:3]}\\n")
        raise OSError("blocked by the test")

sys.addaudithook(_guard)
open(_log, "a").write("guarded\\n")
"""


def unshared() -> list[str]:
    """A network namespace of its own, where the kernel gives one: that blocks native code too."""
    command = ["unshare", "--net", "--map-root-user"]
    if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0:
        return command
    return []


@pytest.mark.slow
def test_the_whole_demo_without_a_network(tmp_path, small_home):
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(GUARD)
    log = tmp_path / "sockets"
    home = tmp_path / "home"
    shutil.copytree(small_home, home)
    env = {**os.environ, "PYTHONPATH": str(site), "BEDSIDE_TEST_SOCKETS": str(log), "BEDSIDE_HOME": str(home)}
    for name in ("HF_HUB_OFFLINE", "ANONYMIZED_TELEMETRY", "LANGSMITH_TRACING"):
        env.pop(name, None)
    env["LANGSMITH_TRACING"] = "true"  # a user's setting for other programs must not send case text anywhere
    run = subprocess.run(
        [*unshared(), sys.executable, "-m", "bedside.integrations.cli.main", "demo"],
        capture_output=True,
        text=True,
        env=env,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    tried = log.read_text().splitlines()
    assert tried.count("guarded") >= 2, "the guard must be in the engine and in the model's process"
    assert [line for line in tried if line != "guarded"] == []
    for text in ("Avoid standard dose (75 mg/day) clopidogrel", "Marfan syndrome", "Abstained", "Human Phenotype Ontology"):
        assert text in " ".join(run.stdout.split())


@pytest.mark.slow
def test_loading_knowledge_needs_no_network_either(tmp_path):
    """CPIC through the same embedder, stores and terms as the rest of the starter."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(GUARD)
    log = tmp_path / "sockets"
    env = {**os.environ, "PYTHONPATH": str(site), "BEDSIDE_TEST_SOCKETS": str(log), "BEDSIDE_HOME": str(tmp_path / "home")}
    command = [*unshared(), sys.executable, "-m", "bedside.integrations.cli.main", "knowledge", "load", "cpic"]
    run = subprocess.run(command, capture_output=True, text=True, env=env, timeout=600)
    assert run.returncode == 0, run.stderr[-2000:]
    assert set(log.read_text().splitlines()) == {"guarded"}
