"""Bedside's core: the public API for plugin authors and integrations."""

from .engine import Engine
from .errors import BedsideError
from .host import CdsService, KnowledgeSource, PluginHost, hookimpl
from .protocols import Services
from .task import Need, Task, TaskRequest
from .types import (
    Case,
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
)

__all__ = [
    "BedsideError",
    "Case",
    "CaseText",
    "CdsService",
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
    "Sentence",
    "Services",
    "Source",
    "Task",
    "TaskRequest",
    "TaskResult",
    "Term",
    "TextSpan",
    "hookimpl",
]
