"""What `bedside --help` says of the plugins' commands, without loading a plugin where there are only Bedside's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

BUNDLED = {
    "genomics": "Pharmacogenomics and rare disease, each statement with its source.",
    "targets": "Targets of a disease, and drugs that could be tried, beside what degree alone says.",
}
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
    if folder.endswith("lib-dynload") or folder == os.path.dirname(os.__file__):  # noqa: PTH120 (as below)
        return False  # the standard library
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208 (a path object for each name would cost more than all the rest)
    except OSError:
        return False  # no folder, or a zip file: its commands are found when they are called
    return any(
        name.endswith((".dist-info", ".egg-info"))
        and not name.startswith(("bedside-", "bedside."))
        and _GROUP in _read(f"{folder or '.'}/{name}/entry_points.txt")
        for name in names
    )


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 2**20)
    finally:
        os.close(descriptor)
