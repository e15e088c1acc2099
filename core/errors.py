"""Every error that Bedside raises on purpose.

    BedsideError                  what failed, who supplied it, what to do next
    ├── UsageError                the caller asked for something that makes no sense      (exit code 2)
    │   ├── QuestionError         an empty, oversized or unreadable question
    │   ├── CaseError             a case file that is missing, empty, cut off or of no known kind
    │   └── ConfigError           bedside.toml, a BEDSIDE_* variable or a flag
    ├── PluginError               a plugin that can't be loaded or breaks its contract
    │   └── TaskError             a task that raised, hung or returned the wrong type
    ├── ServiceError              a shared part could not do its work
    │   ├── ModelError            the language model: absent, broken, killed, too slow
    │   ├── EmbeddingError        the embedding model
    │   └── StoreError            a vector, graph or term store: unreachable, broken, of an older schema
    ├── DataFolderError           BEDSIDE_HOME is a file, unwritable, locked or of another schema
    ├── SourceError               a knowledge source that can't be read or does not match its hash
    └── OutputError               the answer could not be written where it was asked for

An error's text is one paragraph: what failed and where. `hint` holds the next thing to type. `supplier` names the plugin
or package at fault. Never put case text into an error: errors reach logs, and patient data must not.
"""

from __future__ import annotations

__all__ = [
    "BedsideError",
    "CaseError",
    "ConfigError",
    "DataFolderError",
    "EmbeddingError",
    "ModelError",
    "OutputError",
    "PluginError",
    "QuestionError",
    "ServiceError",
    "SourceError",
    "StoreError",
    "TaskError",
    "UsageError",
]


class BedsideError(Exception):
    """Base of the tree. `exit_code` is what the command line ends with when this error reaches it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", supplier: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.supplier = supplier

    def __str__(self) -> str:
        who = f" (supplied by {self.supplier})" if self.supplier else ""
        return f"{self.message}{who}"


class UsageError(BedsideError):
    exit_code = 2


class QuestionError(UsageError):
    pass


class CaseError(UsageError):
    pass


class ConfigError(UsageError):
    pass


class PluginError(BedsideError):
    pass


class TaskError(PluginError):
    pass


class ServiceError(BedsideError):
    pass


class ModelError(ServiceError):
    pass


class EmbeddingError(ServiceError):
    pass


class StoreError(ServiceError):
    pass


class DataFolderError(BedsideError):
    pass


class SourceError(BedsideError):
    pass


class OutputError(BedsideError):
    pass
