"""The five hooks. A hook registers objects; nothing clinical runs inside a hook call.

from bedside.core import hookimpl, Task

@hookimpl
def bedside_tasks():
    return [Task(name="mine.lookup", description="…", run=run)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from ..evidence.case_kinds import CaseKind
    from ..evidence.computed import ComputedFunction
    from ..evidence.registry import LocatorKind
    from ..task import Task
    from ..toolkit.lazy_commands import CommandGroup
    from .registered import CdsService, KnowledgeSource

PROJECT = "bedside"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def bedside_tasks() -> list[Task]:
    """The tasks this plugin can be consulted for."""
    raise AssertionError("a specification, never called")


@hookspec
def bedside_sources() -> list[KnowledgeSource]:
    """The knowledge sources this plugin brings."""
    raise AssertionError("a specification, never called")


@hookspec
def bedside_case_kinds() -> list[CaseKind | LocatorKind | ComputedFunction]:
    """Kinds of case files this plugin reads, kinds of addresses its evidence has, each with its resolver, and functions
    whose results are cited. Each carries the plugin's name: `plugin:kind`, `plugin.function`."""
    raise AssertionError("a specification, never called")


@hookspec
def bedside_cds_services() -> list[CdsService]:
    """Which task answers which CDS Hook."""
    raise AssertionError("a specification, never called")


@hookspec
def bedside_commands(cli: CommandGroup) -> Any:
    """Add this plugin's own sub-commands to `cli`, the group `bedside`: `cli.lazy(name, help, "package.module:attribute")`
    imports each when it is called. Called once."""
    raise AssertionError("a specification, never called")
