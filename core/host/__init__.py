"""The plugin host: hook specifications, loading, and the record of what loaded."""

from .hookspecs import hookimpl
from .host import HOOK_NAMES, PluginHost
from .registered import CdsService, KnowledgeSource, RemoteFile, RemoteFolder, Skip
from .selection import PluginCandidate, installed
from .spec import API_VERSION, PluginSpec

__all__ = [
    "API_VERSION",
    "HOOK_NAMES",
    "CdsService",
    "KnowledgeSource",
    "PluginCandidate",
    "PluginHost",
    "PluginSpec",
    "RemoteFile",
    "RemoteFolder",
    "Skip",
    "hookimpl",
    "installed",
]
