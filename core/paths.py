"""Where the data folder and its configuration are. Standard library only: `bedside --help` comes through here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

HOME_VARIABLE = "BEDSIDE_HOME"
MIRROR_VARIABLE = "BEDSIDE_MIRROR"  # the setting sources.mirror under a name of its own
FILE_NAME = "bedside.toml"
# variables of the same prefix that are not settings: they belong to other parts, named in docs/configuration.md
OTHER_VARIABLES = frozenset({HOME_VARIABLE, MIRROR_VARIABLE, "BEDSIDE_LOG"})


def home_folder(given: str | Path | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """The data folder: as given, else `BEDSIDE_HOME`, else `$XDG_DATA_HOME/bedside`, else `~/.local/share/bedside`."""
    chosen = given or env.get(HOME_VARIABLE)
    if not chosen:
        base = env.get("XDG_DATA_HOME")
        chosen = (Path(base) if base else Path.home() / ".local" / "share") / "bedside"
    return Path(chosen).expanduser().absolute()


def has_configuration(env: Mapping[str, str] = os.environ) -> bool:
    """Is there a `bedside.toml` or a settings variable at all?"""
    return any(n.startswith("BEDSIDE_") and n not in OTHER_VARIABLES for n in env) or (home_folder() / FILE_NAME).exists()
