"""The test kit for plugin authors: doubles of every service and the conformance check. Never used at question time."""

from .check import check_plugin
from .doubles import MemoryTerms, MemoryVectors, ScriptedModel, TestServices, WordEmbedder
from .memory_graph import MemoryGraph
from .report import PluginReport

__all__ = [
    "MemoryGraph",
    "MemoryTerms",
    "MemoryVectors",
    "PluginReport",
    "ScriptedModel",
    "TestServices",
    "WordEmbedder",
    "check_plugin",
]
