"""Bedside's core: the public API for plugin authors and integrations.

Names are imported on first use, so that a plugin that only registers tasks, and `bedside --help`, do not pay for the types.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine import Engine
    from .errors import BedsideError
    from .host import CdsService, KnowledgeSource, PluginHost, RemoteFile, RemoteFolder, hookimpl
    from .protocols import Services
    from .task import Need, Task, TaskRequest
    from .toolkit.command_context import CommandContext
    from .toolkit.lazy_commands import CommandGroup
    from .types import (
        Case,
        CaseFile,
        CaseText,
        Evidence,
        Facts,
        GraphEdge,
        GraphNode,
        GraphPath,
        Hit,
        Mention,
        Passage,
        PathEdge,
        Question,
        Recommendation,
        Sentence,
        Source,
        TaskResult,
        Term,
        TextSpan,
        VcfRecords,
    )

_MODULES = {
    ".toolkit.command_context": ("CommandContext",),
    ".toolkit.lazy_commands": ("CommandGroup",),
    ".engine": ("Engine",),
    ".errors": ("BedsideError",),
    ".host": ("CdsService", "KnowledgeSource", "PluginHost", "RemoteFile", "RemoteFolder", "hookimpl"),
    ".protocols": ("Services",),
    ".task": ("Need", "Task", "TaskRequest"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "BedsideError",
    "Case",
    "CaseFile",
    "CaseText",
    "CdsService",
    "CommandContext",
    "CommandGroup",
    "Engine",
    "Evidence",
    "Facts",
    "GraphEdge",
    "GraphNode",
    "GraphPath",
    "Hit",
    "KnowledgeSource",
    "Mention",
    "Need",
    "Passage",
    "PathEdge",
    "PluginHost",
    "Question",
    "Recommendation",
    "RemoteFile",
    "RemoteFolder",
    "Sentence",
    "Services",
    "Source",
    "Task",
    "TaskRequest",
    "TaskResult",
    "Term",
    "TextSpan",
    "VcfRecords",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME.get(name, ".types"), __name__), name)
    globals()[name] = value
    return value
