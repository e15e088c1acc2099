"""`bedside doctor`: whether everything is installed and works, and what to type if not."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import click
from bedside.core.config import Config
from bedside.core.errors import BedsideError
from bedside.core.wording import say

from .options import config_of, echo_json, home_option, json_option


@dataclass(frozen=True)
class Check:
    """One line of the report. `state` is ok, warn or failed."""

    name: str
    state: str
    text: str
    hint: str = ""
    seconds: float = 0.0


@click.command()
@json_option
@home_option
def doctor(as_json: bool, home: str | None) -> int:
    """Check this installation. The language model generates its first token in a process of its own, since it may crash."""
    config = config_of(home)
    checks: list[Check] = []

    def run(name: str, check: Callable[[], tuple[str, str, str]]) -> None:
        started = time.monotonic()
        try:
            state, text, hint = check()
        except BedsideError as error:
            state, text, hint = "failed", str(error), error.hint
        except Exception as error:  # whatever is broken, the other checks still run
            state, text, hint = "failed", f"{type(error).__name__}: {error}", "BEDSIDE_LOG=debug bedside doctor"
        checks.append(Check(name, state, text, hint, round(time.monotonic() - started, 2)))
        if not as_json:
            colour = {"ok": "green", "warn": "yellow", "failed": "red"}[state]
            click.echo(click.style(f"{state:7}", fg=colour) + f"{name}: {text}")
            if hint:
                click.echo(f"         {say('doctor.try', hint=hint)}")

    run(say("doctor.python"), _python)
    run(say("doctor.language-model"), lambda: _model(config))
    run(say("doctor.plugins"), lambda: _plugins(config))
    _stores(config, run)
    bad = [c for c in checks if c.state == "failed"]
    if as_json:
        echo_json({"ok": not bad, "checks": [asdict(c) for c in checks], "config": config.public()})
    elif not bad:
        some = any(c.state == "warn" for c in checks)
        click.echo(say("doctor.nothing-broken") if some else say("doctor.everything-works"))
    return 1 if bad else 0


def _python() -> tuple[str, str, str]:
    return (
        "ok",
        say(
            "doctor.python-on",
            version=platform.python_version(),
            system=platform.system(),
            machine=platform.machine(),
            path=sys.executable,
        ),
        "",
    )


def _model(config: Config) -> tuple[str, str, str]:
    if not config.llm.enabled:
        return "warn", say("doctor.switched-off"), ""
    from ..app import probe_model

    result = probe_model(config)
    return ("ok" if result.ok else "failed"), result.message, result.hint


def _plugins(config: Config) -> tuple[str, str, str]:
    from bedside.core.host import PluginHost

    host = PluginHost.load(config.plugins.allow, config.plugins.deny)
    if host.failed:
        failures = (f"{i.name} ({i.distribution} {i.version}): {i.reason}" for i in host.failed)
        return "failed", "; ".join(failures), "bedside plugins list"
    return "ok", ", ".join(i.name for i in host.plugins if i.status == "loaded") or say("doctor.none"), ""


def _stores(config: Config, run: Callable[[str, Callable[[], tuple[str, str, str]]], None]) -> None:
    """The rest needs an open data folder; if it cannot be opened, that is all there is to report."""
    from ..app import open_app

    app: Any = None

    def folder() -> tuple[str, str, str]:
        nonlocal app
        # a broken model was reported above and must not hide the stores
        app = open_app(config.model_copy(update={"llm": config.llm.model_copy(update={"enabled": False})}))
        if not app.loaded:
            return "warn", say("doctor.nothing-loaded", folder=config.home), "bedside knowledge load"
        return "ok", say("doctor.sources", folder=config.home, number=len(app.services.sources.all())), ""

    run(say("doctor.data-folder"), folder)
    if app is None:
        return
    with app:
        s = app.services

        def embedder() -> tuple[str, str, str]:
            vector = s.embedder.embed(["one line"])[0]
            return "ok", say("doctor.dimensions", model=s.embedder.fingerprint, number=len(vector)), ""

        def in_store(number: str, part: str, otherwise: str) -> str:
            return say("doctor.in-store", number=number, store=s.names.get(part, otherwise))

        run(say("doctor.embedding-model"), embedder)
        if app.loaded:
            run(say("doctor.passages"), lambda: ("ok", in_store(f"{s.vectors.count():,}", "vectors", "Chroma"), ""))
            run(say("doctor.graph"), lambda: ("ok", in_store(_counts(s.graph.counts()), "graph", "graph"), ""))
            run(say("doctor.terms"), lambda: ("ok", say("doctor.names", number=f"{s.terms.count():,}"), ""))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in counts.items())
