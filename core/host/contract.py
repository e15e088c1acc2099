"""What can be seen wrong in what a plugin registers, before anything of it runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from ..errors import PluginError
from ..plugin_code import type_name
from ..task import Task
from .cds import cds_problem
from .kinds import KINDS
from .registered import CdsService, KnowledgeSource, source_problem

BUNDLED = ("literature", "genomics", "drug_targets", "imaging")
"""Names that only Bedside's own distribution may use, for plugins and as the first part of their names."""
RESERVED = frozenset((*BUNDLED, "bedside"))
REGISTERS: dict[str, tuple[type, ...]] = {
    "bedside_tasks": (Task,),
    "bedside_sources": (KnowledgeSource,),
    "bedside_case_kinds": KINDS,
    "bedside_cds_services": (CdsService,),
}
"""What each hook that registers objects returns a list of."""
_PLUGIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def folded(name: str) -> str:
    """A plugin's name as the first part of the names of its tasks, sources and services: `My-Plugin` is `my_plugin`."""
    return re.sub(r"[-.]", "_", name.lower())


def name_problem(name: str, *, bundled: bool) -> str:
    """Why a plugin may not be called so, in words; empty when it may."""
    if not _PLUGIN_NAME.fullmatch(folded(name)):
        return f"the name {name!r} is not made of letters, digits, '-', '_' and '.'"
    if not bundled and folded(name) in RESERVED:
        return f"the name {name!r} is reserved for the specialists that come with Bedside"
    return ""


def check_hook_names(plugin: Any, hooks: Iterable[str], supplier: str) -> None:
    """A hook function without its marker would be ignored in silence, and so would one whose name is misspelt."""
    hooks = tuple(hooks)
    for name in dir(plugin):
        if name not in hooks and getattr(getattr(plugin, name, None), "bedside_impl", None):
            near = get_close_matches(name, hooks, n=1)
            raise PluginError(
                f"unknown hook {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
                hint=f"the hooks are {', '.join(hooks)}",
                supplier=supplier,
            )
    if not isinstance(plugin, ModuleType):
        return
    for name, value in vars(plugin).items():
        if name.startswith("bedside_") and callable(value) and not hasattr(value, "bedside_impl"):
            if getattr(value, "__module__", None) != plugin.__name__:
                continue  # imported from elsewhere
            raise PluginError(f"{name} is not marked with @hookimpl, so it would never be called", supplier=supplier)


def registered(hook: str, returned: Any, supplier: str) -> list[Any]:
    """The objects that a hook returned, as copies of ours. Raises `PluginError` for anything else."""
    wanted = REGISTERS[hook]
    names = " or ".join(one.__name__ for one in wanted)
    if type(returned) not in (list, tuple):
        raise PluginError(f"{hook} must return a list of {names}, but returned {type_name(returned)}", supplier=supplier)
    out = []
    for item in returned:
        if type(item) not in wanted:
            raise PluginError(f"{hook} must return {names} objects, but one is {type_name(item)}", supplier=supplier)
        # checked again, since a frozen object can be changed by force, and kept where the plugin can't change it
        out.append(replace(item, **{f.name: getattr(item, f.name) for f in fields(item)}))
    return out


def check_sources(
    sources: list[KnowledgeSource], plugin: str, reserved: Collection[str], supplier: str, *, bundled: bool
) -> None:
    """Raises `PluginError` for one that is malformed, or whose id is not the plugin's to give."""
    for source in sources:
        if isinstance(source.id, str) and source.id in reserved:
            raise PluginError(f"bedside_sources: the source {source.id!r} comes with Bedside", supplier=supplier)
        if wrong := source_problem(source):
            raise PluginError(f"bedside_sources: the source {source.id!r}: {wrong}", supplier=supplier)
        if not bundled:
            _check_own("bedside_sources", source.id, plugin, supplier)


def check_tasks(tasks: list[Task], plugin: str, supplier: str) -> None:
    """Raises `PluginError` for a name that is not the plugin's to give."""
    for task in tasks:
        _check_own("bedside_tasks", task.name, plugin, supplier)


def check_cds_services(services: list[CdsService], tasks: Iterable[Task], plugin: str, supplier: str) -> None:
    """Raises `PluginError` for one that is malformed, names a task that is not there, or has an id that is not the
    plugin's to give."""
    names = {task.name for task in tasks}
    for service in services:
        if wrong := cds_problem(service, names):
            raise PluginError(f"bedside_cds_services: the service {service.id!r}: {wrong}", supplier=supplier)
        _check_own("bedside_cds_services", service.id, plugin, supplier)


def check_unique(hook: str, keys: Iterable[str], have: Collection[str], owner: Mapping[str, str], supplier: str) -> None:
    """Raises `PluginError` for a name among `have`, which another plugin registered, or one that is there twice."""
    mine: set[str] = set()
    for key in keys:
        if key in mine or key in have:
            by = f" by the plugin {owner[key]!r}" if key in have else ""
            raise PluginError(
                f"{hook} registers {key!r}, which is already registered{by}",
                hint="names start with the plugin's own name",
                supplier=supplier,
            )
        mine.add(key)


def _check_own(hook: str, id_: str, plugin: str, supplier: str) -> None:
    """What a stranger registers starts with its own name: nothing of another's can be displaced."""
    own = folded(plugin)
    if folded(id_) == own or folded(id_).startswith(f"{own}_"):
        return
    example = f"{own}.{id_.rpartition('.')[2]}" if hook == "bedside_tasks" else f"{own}-{id_}"
    raise PluginError(
        f"{hook} registers {id_!r}, but what the plugin {plugin!r} registers starts with its own name",
        hint=f"call it {example!r}",
        supplier=supplier,
    )
