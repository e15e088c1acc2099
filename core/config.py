"""Configuration: data only. `bedside.toml` in the data folder, overridden by `BEDSIDE_*`, overridden by flags.

It never constructs objects. A variable is `BEDSIDE_<SECTION>_<KEY>`, for example `BEDSIDE_LLM_MODEL`,
`BEDSIDE_GRAPH_BACKEND`, `BEDSIDE_PLUGINS_DENY=a,b`; `BEDSIDE_HOME` names the data folder itself.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from .errors import ConfigError
from .paths import FILE_NAME, MIRROR_VARIABLE, OTHER_VARIABLES, home_folder
from .types import Frozen

_SECRET = ("password", "token")


class LlmConfig(Frozen):
    """The language model. `model` is a GGUF file (empty: the starter); `ordering` empty follows the model's catalogue."""

    model: str = ""
    enabled: bool = True
    n_ctx: int = Field(default=4096, ge=256)
    n_gpu_layers: int | Literal["auto"] = "auto"
    threads: int | None = Field(default=None, ge=1)
    timeout: float = Field(default=20.0, gt=0)
    ordering: Literal["", "off", "ties", "model"] = ""


class EmbeddingConfig(Frozen):
    """The embedding model. `model` is a folder (empty: the starter)."""

    model: str = ""
    device: str = "auto"
    batch_size: int = Field(default=64, ge=1)


class VectorConfig(Frozen):
    """Where passages are. `url` and `token` are for `http`."""

    backend: Literal["embedded", "http"] = "embedded"
    url: str = "http://127.0.0.1:8000"
    token: str = ""


class GraphConfig(Frozen):
    """Where the graph is. `uri`, `user`, `password`, `database` are for `neo4j`."""

    backend: Literal["embedded", "neo4j"] = "embedded"
    uri: str = "bolt://127.0.0.1:7687"
    user: str = "neo4j"
    password: str = ""
    database: str = ""


class SourcesConfig(Frozen):
    """`mirror` (`BEDSIDE_MIRROR`) is a folder from which `knowledge pull` takes files instead of the web."""

    mirror: str = ""


class PluginsConfig(Frozen):
    """`allow` (absent: all) and `deny` hold entry-point or distribution names."""

    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()


class EngineConfig(Frozen):
    """`limit` is how many sentences are shown; `timeout` caps every task, in seconds (0: each task's own limit)."""

    limit: int = Field(default=8, ge=1, le=100)
    timeout: float = Field(default=0.0, ge=0)
    seed: int = 0


class Config(Frozen):
    """Everything that can be set. `plugin` holds one free-form section per plugin (`[plugin.genomics]`)."""

    home: Path
    llm: LlmConfig = Field(default_factory=LlmConfig)
    embedding: EmbeddingConfig = Field(default_factory=EmbeddingConfig)
    vectors: VectorConfig = Field(default_factory=VectorConfig)
    graph: GraphConfig = Field(default_factory=GraphConfig)
    sources: SourcesConfig = Field(default_factory=SourcesConfig)
    plugins: PluginsConfig = Field(default_factory=PluginsConfig)
    engine: EngineConfig = Field(default_factory=EngineConfig)
    plugin: dict[str, dict[str, Any]] = Field(default_factory=dict)

    def public(self) -> dict[str, Any]:
        """As JSON without secrets."""
        data = self.model_dump(mode="json")
        for section in data.values():
            if isinstance(section, dict):
                for key in _SECRET:
                    if section.get(key):
                        section[key] = "***"
        return data


def load_config(
    home: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> Config:
    """Read `bedside.toml`, then `env` (default: `os.environ`), then `overrides` ({section: {key: value}}).

    Raises `ConfigError` that names the file, variable or flag at fault and the nearest right name.
    """
    env = os.environ if env is None else env
    folder = home_folder(home, env)
    data = _read_file(folder / FILE_NAME)
    origin = {(s, k): f"{folder / FILE_NAME}" for s, keys in data.items() if isinstance(keys, dict) for k in keys}
    for section, key, value, name in _from_env(env):
        data.setdefault(section, {})[key] = value
        origin[section, key] = name
    for section, keys in (overrides or {}).items():
        for key, value in keys.items():
            data.setdefault(section, {})[key] = value
            origin[section, key] = f"--{key.replace('_', '-')}"
    try:
        return Config.model_validate({"home": folder, **data})
    except ValidationError as error:
        raise _explain(error, origin, folder) from None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error


def _from_env(env: Mapping[str, str]) -> list[tuple[str, str, Any, str]]:
    sections = [n for n in Config.model_fields if n not in ("home", "plugin")]
    found: list[tuple[str, str, Any, str]] = []
    for name, value in sorted(env.items()):
        if name == MIRROR_VARIABLE:
            found.append(("sources", "mirror", value, name))
            continue
        if not name.startswith("BEDSIDE_") or name in OTHER_VARIABLES:
            continue
        section, _, key = name.removeprefix("BEDSIDE_").lower().partition("_")
        if section not in sections or not key:
            near = get_close_matches(name, _variables(sections), n=1, cutoff=0.8)
            if not near:
                continue  # some other program's
            raise ConfigError(f"the variable {name} is not a setting", hint=f"did you mean {near[0]}?")
        many = section == "plugins" and key in ("allow", "deny")
        found.append((section, key, [v.strip() for v in value.split(",") if v.strip()] if many else value, name))
    return found


def _variables(sections: list[str]) -> list[str]:
    return [
        f"BEDSIDE_{section}_{key}".upper()
        for section in sections
        for key in Config.model_fields[section].annotation.model_fields  # type: ignore[union-attr]
    ]


def _explain(error: ValidationError, origin: dict[tuple[str, str], str], folder: Path) -> ConfigError:
    first = error.errors()[0]
    path = [str(p) for p in first["loc"]]
    where = origin.get((path[0], path[1]) if len(path) > 1 else (path[0], ""), str(folder / FILE_NAME))
    hint = ""
    if first["type"] == "extra_forbidden":
        section = Config.model_fields.get(path[0])
        names = list(Config.model_fields if len(path) == 1 else section.annotation.model_fields)  # type: ignore[union-attr]
        near = get_close_matches(path[-1], names, n=1)
        message = f"{where}: {'.'.join(path)} is not a setting"
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(names)}"
    else:
        message = f"{where}: {'.'.join(path)}: {first['msg'].lower()}"
    return ConfigError(message, hint=hint)
