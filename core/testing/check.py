"""`check_plugin`: does a plugin keep the contract? In a process of its own, so that a plugin that ends it is reported."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ..host import PluginHost
from ..plugin_code import plain
from .report import PluginReport

SILENCE_S = 120.0
"""The check is ended when it has not got any further for so long: a loop that holds the interpreter hears no time limit."""


def check_plugin(
    name: str,
    host: PluginHost | None = None,
    *,
    beside: tuple[Sequence[str] | None, Sequence[str]] | None = None,
    pulled: Mapping[str, Path] | None = None,
    silence_s: float = SILENCE_S,
) -> PluginReport:
    """Check an installed plugin by its entry-point name, or the plugins of a `host` you registered it with.

    Each task is run over empty in-memory services: it may say `none` or `failed`, but must return a `TaskResult` in time and
    bring no evidence out of nowhere. Then the plugin's own sources are read into the in-memory stores and the tasks' example
    questions are asked of the whole engine: which task found something is reported, and what verification dropped.

    An installed plugin is checked in a process of its own, a `host` in this one. `beside` (the allow and deny list) looks
    whether it loads beside the other plugins; `pulled` are the folders of sources that were pulled, by source id.
    """
    if host is not None:
        from .check_steps import Steps

        return Steps(name, host, pulled or {}).report()
    wanted = {
        "plugin": name,
        "path": sys.path,
        "beside": beside,
        "pulled": {id_: str(folder) for id_, folder in (pulled or {}).items()},
    }
    return _Child(name, wanted, silence_s).report()


class _Child:
    """The process in which a plugin is checked. It tells what it is doing, line by line, and at last its report."""

    def __init__(self, name: str, wanted: Mapping[str, Any], silence_s: float) -> None:
        self._name = name
        self._silence_s = silence_s
        self._doing = "starting"
        self._report: PluginReport | None = None
        reads, writes = os.pipe()
        self._printed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `report`)
        with os.fdopen(reads, "rb", buffering=0) as pipe:
            command = [sys.executable, "-m", "bedside.core.testing.check_child", str(writes), json.dumps(wanted)]
            self._process = subprocess.Popen(
                command, pass_fds=(writes,), stdin=subprocess.DEVNULL, stdout=self._printed, stderr=subprocess.DEVNULL
            )
            os.close(writes)
            try:
                self._follow(pipe)
            finally:
                self._process.kill()
                self._process.wait()

    def report(self) -> PluginReport:
        printed = self._printed.tell() or self._printed.seek(0, os.SEEK_END)
        self._printed.close()
        remarks = ("it writes to standard output; of `bedside` that goes to standard error",) if printed else ()
        if self._report is None:
            return PluginReport(self._name, problems=(f"it {self._end} while {self._doing}",), remarks=remarks)
        have = self._report
        return PluginReport(self._name, have.checked, have.problems, (*have.remarks, *remarks))

    def _follow(self, pipe: Any) -> None:
        self._end = ""
        rest, heard = b"", time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while self._report is None:
                if not selector.select(timeout=0.2):
                    # a child that the plugin forked may hold the pipe open
                    if self._process.poll() is not None:
                        break
                    if time.monotonic() - heard > self._silence_s:
                        self._end = f"got no further for {self._silence_s:g} s"
                        return
                    continue
                heard = time.monotonic()
                if not (data := pipe.read(65536)):
                    break
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._take(json.loads(line))
        if self._report is None:
            code = self._process.wait()
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self._end = f"ended the process ({how})"

    def _take(self, said: Mapping[str, Any]) -> None:
        if "doing" in said:
            self._doing = plain(said["doing"], 300)
        else:
            parts = (tuple(plain(text) for text in said[key]) for key in ("checked", "problems", "remarks"))
            self._report = PluginReport(self._name, *parts)
