"""Loads plugins and keeps what they register. A plugin that fails is listed with its reason and touches nobody else."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from difflib import get_close_matches
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from ..errors import PluginError
from ..task import Task
from . import hookspecs
from .registered import CdsService, KnowledgeSource, source_problem
from .selection import PluginCandidate, installed, select

if TYPE_CHECKING:
    from ..types import PluginInfo

HOOK_NAMES = tuple(n for n in vars(hookspecs) if n.startswith("bedside_"))
_REGISTERS: dict[str, type] = {
    "bedside_tasks": Task,
    "bedside_sources": KnowledgeSource,
    "bedside_cds_services": CdsService,
}


class PluginHost:
    """One per engine; there is no global one.

    `tasks`, `sources` and `cds_services` are what the loaded plugins registered, by name. `plugins` lists every installed
    plugin as `loaded`, `failed` (with the reason) or `denied`.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._reserved = frozenset(reserved)
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self.tasks: dict[str, Task] = {}
        self.sources: dict[str, KnowledgeSource] = {}
        self.cds_services: dict[str, CdsService] = {}
        self._owner: dict[str, str] = {}
        self._infos: dict[str, dict[str, Any]] = {}  # fields of a PluginInfo, whose import `--help` can't afford

    @classmethod
    def load(
        cls,
        allow: Iterable[str] | None = None,
        deny: Iterable[str] = (),
        candidates: Iterable[PluginCandidate] | None = None,
        *,
        reserved: Iterable[str] = (),
    ) -> PluginHost:
        """Load the installed plugins. Raises `ConfigError` only for an unknown name on a list, never for a plugin.

        `reserved` are ids of sources that come with Bedside: a plugin can't take their place.
        """
        host = cls(reserved)
        chosen, denied = select(installed() if candidates is None else candidates, allow, deny)
        for c in denied:
            host._note(c, "denied", "kept out by plugins.allow or plugins.deny; its code was not imported")
        for c in chosen:
            host._load_one(c)
        return host

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        from ..types import PluginInfo

        return tuple(PluginInfo(**fields) for _, fields in sorted(self._infos.items()))

    @property
    def failed(self) -> tuple[PluginInfo, ...]:
        return tuple(i for i in self.plugins if i.status == "failed")

    def owner(self, task_name: str) -> str:
        """The plugin that registered a task."""
        return self._owner[task_name]

    def add_commands(self, cli: Any) -> None:
        """Let every loaded plugin add its sub-commands; one that raises loses only its own."""
        for name, plugin in self._manager.list_name_plugin():
            try:
                self._manager.subset_hook_caller("bedside_commands", self._others(plugin))(cli=cli)
            except Exception as error:  # a stranger's code
                self._fail_loaded(name, f"bedside_commands raised {_describe(error)}")

    def register(self, plugin: Any, name: str, *, candidate: PluginCandidate | None = None) -> None:
        """Add a plugin object. Raises `PluginError` and leaves the host as it was when the plugin is at fault."""
        candidate = candidate or PluginCandidate(name=name, module=getattr(plugin, "__name__", type(plugin).__name__))
        supplier = candidate.supplier
        if name in self._infos and self._infos[name]["status"] == "loaded":
            raise PluginError(f"a plugin called {name!r} is already loaded", supplier=supplier)
        _check_names(plugin, supplier)
        self._manager.register(plugin, name)
        try:
            self._check_pending(plugin, supplier)
            collected = {hook: self._collect(hook, plugin, supplier) for hook in _REGISTERS}
            self._check_unique(collected, supplier)
        except PluginError:
            self._manager.unregister(plugin)
            raise
        for task in collected["bedside_tasks"]:
            self.tasks[task.name] = task
            self._owner[task.name] = name
        for source in collected["bedside_sources"]:
            self.sources[source.id] = source
        for service in collected["bedside_cds_services"]:
            self.cds_services[service.id] = service
        self._note(candidate, "loaded", tasks=tuple(t.name for t in collected["bedside_tasks"]))

    def _load_one(self, c: PluginCandidate) -> None:
        try:
            plugin = c.entry_point.load() if c.entry_point else importlib.import_module(c.module)
            self.register(plugin, c.name, candidate=c)
        except PluginError as error:
            self._note(c, "failed", error.message)
        except (Exception, SystemExit) as error:  # a stranger's import may raise anything
            self._note(c, "failed", f"importing {c.module} raised {_describe(error)}")

    def _collect(self, hook: str, plugin: Any, supplier: str) -> list[Any]:
        if not getattr(plugin, hook, None):
            return []
        caller = self._manager.subset_hook_caller(hook, self._others(plugin))
        try:
            results = caller()
        except Exception as error:
            raise PluginError(f"{hook} raised {_describe(error)}", supplier=supplier) from error
        wanted = _REGISTERS[hook]
        items: list[Any] = []
        for result in results:
            if not isinstance(result, (list, tuple)):
                raise PluginError(
                    f"{hook} must return a list of {wanted.__name__}, but returned {type(result).__name__}",
                    supplier=supplier,
                )
            for item in result:
                if not isinstance(item, wanted):
                    raise PluginError(
                        f"{hook} must return {wanted.__name__} objects, but one is {type(item).__name__}",
                        supplier=supplier,
                    )
                if isinstance(item, KnowledgeSource) and item.id in self._reserved:
                    raise PluginError(f"{hook}: the source {item.id!r} comes with Bedside", supplier=supplier)
                if isinstance(item, KnowledgeSource) and (wrong := source_problem(item)):
                    raise PluginError(f"{hook}: the source {item.id!r}: {wrong}", supplier=supplier)
                items.append(item)
        return items

    def _check_unique(self, collected: dict[str, list[Any]], supplier: str) -> None:
        taken: dict[str, tuple[str, dict[str, Any]]] = {
            "bedside_tasks": ("name", self.tasks),
            "bedside_sources": ("id", self.sources),
            "bedside_cds_services": ("id", self.cds_services),
        }
        for hook, (attribute, have) in taken.items():
            mine: set[str] = set()
            for item in collected[hook]:
                key = getattr(item, attribute)
                if key in have or key in mine:
                    by = f" by the plugin {self._owner[key]!r}" if key in self._owner else ""
                    raise PluginError(
                        f"{hook} registers {key!r}, which is already registered{by}",
                        hint="task names start with the plugin's own name",
                        supplier=supplier,
                    )
                mine.add(key)

    def _check_pending(self, plugin: Any, supplier: str) -> None:
        """pluggy's own check, turned into an error that names the nearest right hook."""
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            wrong = _misspelt(plugin)
            near = get_close_matches(wrong, HOOK_NAMES, n=1) if wrong else []
            raise PluginError(
                f"unknown hook {wrong!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
                hint=f"the hooks are {', '.join(HOOK_NAMES)}",
                supplier=supplier,
            ) from error

    def _others(self, plugin: Any) -> list[Any]:
        return [p for p in self._manager.get_plugins() if p is not plugin]

    def _fail_loaded(self, name: str, reason: str) -> None:
        self._infos[name] |= {"status": "failed", "reason": reason}

    def _note(self, c: PluginCandidate, status: Any, reason: str = "", tasks: tuple[str, ...] = ()) -> None:
        key = c.name
        if key in self._infos and self._infos[key]["module"] != c.module:  # two distributions with one entry-point name
            key = f"{c.name} ({c.distribution or c.module})"
        self._infos[key] = {
            "name": key,
            "distribution": c.distribution,
            "version": c.version,
            "module": c.module,
            "status": status,
            "reason": reason,
            "tasks": tasks,
        }


def _check_names(plugin: Any, supplier: str) -> None:
    """A hook function without its marker would be ignored in silence."""
    if not isinstance(plugin, ModuleType):
        return
    for name, value in vars(plugin).items():
        if name.startswith("bedside_") and callable(value) and not hasattr(value, "bedside_impl"):
            if getattr(value, "__module__", None) != plugin.__name__:
                continue  # imported from elsewhere
            raise PluginError(f"{name} is not marked with @hookimpl, so it would never be called", supplier=supplier)


def _misspelt(plugin: Any) -> str:
    for name in dir(plugin):
        if name not in HOOK_NAMES and getattr(getattr(plugin, name, None), "bedside_impl", None):
            return name
    return ""


def _describe(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}" + (f": {text[0][:300]}" if text else "")
