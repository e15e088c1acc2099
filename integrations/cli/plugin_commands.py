"""What `bedside --help` says of the plugins' commands, without loading a plugin where there are only Bedside's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

BUNDLED = {"genomics": "Pharmacogenomics and rare disease, each statement with its source."}
"""The commands of the bundled plugins, as they register them (compared in a test)."""
_GROUP = b"[bedside]"


def only_bundled() -> bool:
    """Are there no plugins but Bedside's own, and none kept out?

    Reads the metadata of what is installed in two milliseconds; `importlib.metadata` would take as long as all of `--help`.
    """
    return not _settings() and not any(_strangers(folder) for folder in sys.path)


def plugin_lists() -> tuple[Sequence[str] | None, Sequence[str]]:
    """`plugins.allow` and `plugins.deny`. Reading the configuration costs as much as all of `--help`, so only where there
    is any."""
    if not _settings():
        return None, ()
    from bedside.core.config import load_config

    config = load_config()
    return config.plugins.allow, config.plugins.deny


def short_help(command: click.Command) -> str:
    """The one line of help of a command."""
    return command.get_short_help_str(limit=100)


def _settings() -> bool:
    from bedside.core.paths import has_configuration

    return has_configuration()


def _strangers(folder: str) -> bool:
    try:
        names = os.listdir(folder or ".")
    except OSError:
        return False  # no folder, or a zip file: its commands are found when they are called
    return any(
        name.endswith((".dist-info", ".egg-info"))
        and not name.startswith("bedside-")
        and name != "bedside.egg-info"
        and _GROUP in _read(f"{folder or '.'}/{name}/entry_points.txt")
        for name in names
    )


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 (pathlib is slow to import and not needed here)
            return file.read()
    except OSError:
        return b""
