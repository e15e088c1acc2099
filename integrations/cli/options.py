"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click
from bedside.core.config import Config, load_config
from bedside.core.toolkit.printable import escaped

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def home_option(command: F) -> F:
    return click.option("--home", metavar="FOLDER", help="Data folder, instead of BEDSIDE_HOME.")(command)


def answer_options(command: F) -> F:
    """Flags of every command that asks the engine."""
    for option in (
        click.option("--no-llm", is_flag=True, help="Do without the language model: deterministic order."),
        click.option("--limit", type=click.IntRange(1, 100), help="Sentences to show at most (default 8)."),
        click.option("--timeout", type=click.FloatRange(min=0.1), help="Seconds that each specialist may take."),
    ):
        command = option(command)
    return command


def config_of(home: str | None, *, no_llm: bool = False, limit: int | None = None, timeout: float | None = None) -> Config:
    overrides: dict[str, dict[str, Any]] = {}
    if no_llm:
        overrides["llm"] = {"enabled": False}
    engine = {k: v for k, v in (("limit", limit), ("timeout", timeout)) if v is not None}
    if engine:
        overrides["engine"] = engine
    return load_config(home=home, overrides=overrides)


def echo_json(data: Any) -> None:
    click.echo(escaped(json.dumps(data, ensure_ascii=False, indent=2)))
