"""The example plugins as modules, from their own folders, and a host that loads one of them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bedside.core import PluginHost

ROOT = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="session", autouse=True)
def examples_on_path() -> Iterator[None]:
    folders = [str(folder) for folder in sorted(ROOT.glob("plugin_*"))]
    sys.path[:0] = folders
    yield
    for folder in folders:
        sys.path.remove(folder)


@pytest.fixture
def host_of() -> Callable[[str], PluginHost]:
    def host(name: str) -> PluginHost:
        host = PluginHost()
        host.register(importlib.import_module(f"bedside_{name}"), name)
        return host

    return host
