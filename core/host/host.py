"""Loads plugins and keeps what they register. A plugin that fails is listed with its reason and touches nobody else."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

from ..errors import PluginError
from ..evidence.case_kinds import CaseKind
from ..evidence.computed import ComputedFunction
from ..evidence.registry import LocatorKind
from ..own_kinds import is_source_of
from ..plugin_code import PluginCode, plain, type_name
from ..task import Task
from . import contract, hookspecs
from .guarded_source import guarded
from .kinds import check_kinds, key_of
from .registered import CdsService, KnowledgeSource
from .selection import PluginCandidate, installed, select
from .spec import settings_of, spec_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ..types import PluginInfo

HOOK_NAMES = tuple(n for n in vars(hookspecs) if n.startswith("bedside_"))


class PluginHost:
    """One per engine; there is no global one.

    `tasks`, `sources` and `cds_services` are what the loaded plugins registered, by name. `plugins` lists every installed
    plugin as `loaded`, `failed` (with the reason) or `denied`.
    """

    def __init__(self, reserved: Iterable[str] = (), settings: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._given_settings = dict(settings or {})
        self._settings: dict[str, BaseModel | None] = {}
        self._reserved = frozenset(reserved)
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self.tasks: dict[str, Task] = {}
        self.sources: dict[str, KnowledgeSource] = {}
        self.cds_services: dict[str, CdsService] = {}
        self._kinds: dict[tuple[str, str], Any] = {}
        self._owner: dict[str, str] = {}  # of tasks, sources, services and commands
        self._suppliers: dict[str, str] = {}
        self._infos: dict[str, dict[str, Any]] = {}  # fields of a PluginInfo, whose import `--help` can't afford

    @classmethod
    def load(
        cls,
        allow: Iterable[str] | None = None,
        deny: Iterable[str] = (),
        candidates: Iterable[PluginCandidate] | None = None,
        *,
        reserved: Iterable[str] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> PluginHost:
        """Load the installed plugins, Bedside's own first. Raises `ConfigError` only for an unknown name on a list, never
        for a plugin.

        `reserved` are ids of sources that come with Bedside: a plugin can't take their place. `settings` are the sections
        `[plugin.NAME]` of the configuration, by name.
        """
        host = cls(reserved, settings)
        chosen, denied = select(installed() if candidates is None else candidates, allow, deny)
        for c in denied:
            host._note(c, "denied", "kept out by plugins.allow or plugins.deny; its code was not imported")
        for c in sorted(chosen, key=lambda c: not c.bundled):
            host._load_one(c)
        return host

    @property
    def case_kinds(self) -> tuple[CaseKind, ...]:
        """The kinds of case files that plugins brought; those of Bedside itself are `evidence.case_kinds.BUILT_IN`."""
        return tuple(item for item in self._kinds.values() if isinstance(item, CaseKind))

    @property
    def locator_kinds(self) -> tuple[LocatorKind, ...]:
        """The kinds of addresses that plugins brought."""
        return tuple(item for item in self._kinds.values() if isinstance(item, LocatorKind))

    @property
    def functions(self) -> tuple[ComputedFunction, ...]:
        """The functions whose results plugins cite."""
        return tuple(item for item in self._kinds.values() if isinstance(item, ComputedFunction))

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every installed plugin, by name."""
        from ..types import PluginInfo

        return tuple(PluginInfo(**fields) for _, fields in sorted(self._infos.items()))

    @property
    def failed(self) -> tuple[PluginInfo, ...]:
        """Those that could not be loaded, or that failed later."""
        return tuple(i for i in self.plugins if i.status == "failed")

    def owner(self, name: str) -> str:
        """The plugin that registered a task, a source, a CDS service or a command."""
        return self._owner[name]

    def may_name(self, plugin: str, source_id: str) -> bool:
        """May a resolver of `plugin` say that a quote is of this source? Only where no one else's is called so."""
        if source_id in self.sources:
            return contract.folded(self._owner[source_id]) == plugin
        return source_id not in self._reserved and is_source_of(source_id, plugin)

    def settings(self, plugin: str) -> BaseModel | None:
        """What `[plugin.NAME]` says, as the plugin's own model; None for one that takes no settings."""
        return self._settings.get(plugin)

    def supplier(self, plugin: str) -> str:
        """A plugin with its distribution and version, for messages: `plugin hello, bedside-hello 1.0`."""
        return self._suppliers.get(plugin, f"plugin {plugin}")

    def add_commands(self, cli: Any, own: Iterable[str] = ()) -> None:
        """Let every loaded plugin add its sub-commands; one that raises, or takes a name that is `own` or another's, loses
        only its own."""
        taken = {*own, *_commands(cli)}
        for name, plugin in self._manager.list_name_plugin():
            supplier = self.supplier(name)
            try:
                group = self._commands_of(plugin, cli, supplier)
                if there := next((command for command in _commands(group) if command in taken), None):
                    raise PluginError(f"bedside_commands adds {there!r}, which is there already", supplier=supplier)
            except PluginError as error:
                self._infos[name] |= {"status": "failed", "reason": error.message}
                continue
            taken.update(_commands(group))
            self._owner |= dict.fromkeys(_commands(group), name)
            cli.commands.update(group.commands)
            if hasattr(cli, "targets"):
                cli.targets.update(group.targets)

    def _commands_of(self, plugin: Any, cli: Any, supplier: str) -> Any:
        """What a plugin adds, in a group of its own: it can neither replace a command of `cli` nor take one away."""
        group = copy.copy(cli)
        group.commands = {}
        if hasattr(cli, "targets"):  # commands that are imported when they are called
            group.targets = {}
        with PluginCode("bedside_commands", supplier):
            self._manager.subset_hook_caller("bedside_commands", self._others(plugin))(cli=group)
            for name, command in _commands(group).items():
                known = hasattr(command, "invoke") or (type(command) is tuple and all(type(text) is str for text in command))
                if type(name) is not str or not name or plain(name) != name or not known:
                    raise PluginError(f"bedside_commands adds {type_name(command)}, not a named command", supplier=supplier)
        return group

    def register(self, plugin: Any, name: str, *, candidate: PluginCandidate | None = None) -> None:
        """Add a plugin object. Raises `PluginError` and leaves the host as it was when the plugin is at fault."""
        candidate = candidate or PluginCandidate(name=name, module=getattr(plugin, "__name__", type(plugin).__name__))
        supplier = candidate.supplier
        if wrong := contract.name_problem(name, bundled=candidate.bundled or not candidate.distribution):
            raise PluginError(wrong, supplier=supplier)
        if not candidate.bundled and contract.folded(name) in {contract.folded(id_) for id_ in self._reserved}:
            raise PluginError(f"the name {name!r} is that of a source that comes with Bedside", supplier=supplier)
        if name in self._infos and self._infos[name]["status"] == "loaded":
            by = self._suppliers[name].partition(", ")[2]
            raise PluginError(
                f"a plugin called {name!r} is already loaded" + (f", of {by}" if by else ""), supplier=supplier
            )
        if self._manager.is_registered(plugin):
            other = self._manager.get_name(plugin)
            raise PluginError(f"its module is already loaded, as the plugin {other!r}", supplier=supplier)
        with PluginCode("reading its hooks", supplier):
            settings = settings_of(spec_of(plugin, supplier), self._given_settings.get(name, {}), name, supplier)
            contract.check_hook_names(plugin, HOOK_NAMES, supplier)
            self._manager.register(plugin, name)
        try:
            collected = {hook: self._collect(hook, plugin, supplier) for hook in contract.REGISTERS}
            self._check(collected, name, candidate)
        except BaseException:
            self._manager.unregister(plugin)
            raise
        self._settings[name] = settings
        self._keep(collected, name, candidate)

    def _check(self, collected: dict[str, list[Any]], name: str, candidate: PluginCandidate) -> None:
        supplier = candidate.supplier
        tasks, sources, services = (collected[h] for h in ("bedside_tasks", "bedside_sources", "bedside_cds_services"))
        contract.check_sources(sources, name, self._reserved, supplier, bundled=candidate.bundled)
        contract.check_cds_services(services, tasks, name, supplier)
        contract.check_unique("bedside_tasks", [t.name for t in tasks], self.tasks, self._owner, supplier)
        contract.check_unique("bedside_sources", [s.id for s in sources], self.sources, self._owner, supplier)
        contract.check_unique("bedside_cds_services", [s.id for s in services], self.cds_services, self._owner, supplier)
        contract.check_tasks(tasks, name, supplier)
        own = contract.folded(name)
        check_kinds(collected["bedside_case_kinds"], own, self._kinds, supplier, bundled=candidate.bundled)

    def _keep(self, collected: dict[str, list[Any]], name: str, candidate: PluginCandidate) -> None:
        tasks: list[Task] = collected["bedside_tasks"]
        for task in tasks:
            self.tasks[task.name] = task
            self._owner[task.name] = name
        for source in collected["bedside_sources"]:
            self.sources[source.id] = source if candidate.bundled else guarded(source, candidate.supplier)
            self._owner[source.id] = name
        for service in collected["bedside_cds_services"]:
            self.cds_services[service.id] = service
            self._owner[service.id] = name
        for item in collected["bedside_case_kinds"]:
            self._kinds[key_of(item)] = item
        self._suppliers[name] = candidate.supplier
        self._note(candidate, "loaded", tasks=tuple(t.name for t in tasks))

    def _load_one(self, c: PluginCandidate) -> None:
        try:
            if wrong := contract.name_problem(c.name, bundled=c.bundled):
                raise PluginError(f"{wrong}; its code was not imported")
            with PluginCode(f"importing {plain(c.module, 200)}", c.supplier):
                plugin = c.entry_point.load() if c.entry_point else importlib.import_module(c.module)
            self.register(plugin, c.name, candidate=c)
        except PluginError as error:
            self._note(c, "failed", error.message)

    def _collect(self, hook: str, plugin: Any, supplier: str) -> list[Any]:
        with PluginCode(hook, supplier):
            if not getattr(plugin, hook, None):
                return []
            caller = self._manager.subset_hook_caller(hook, self._others(plugin))
            return [item for result in caller() for item in contract.registered(hook, result, supplier)]

    def _others(self, plugin: Any) -> list[Any]:
        return [p for p in self._manager.get_plugins() if p is not plugin]

    def _note(self, c: PluginCandidate, status: Any, reason: str = "", tasks: tuple[str, ...] = ()) -> None:
        key = name = plain(c.name, 100)
        if key in self._infos:  # two distributions with one entry-point name
            key = f"{name} ({plain(c.distribution or c.module, 100)})"
        self._infos[key] = {
            "name": key,
            "distribution": plain(c.distribution, 100),
            "version": plain(c.version, 100),
            "module": plain(c.module, 200),
            "status": status,
            "reason": plain(reason),
            "tasks": tasks,
        }


def _commands(group: Any) -> dict[str, Any]:
    return {**group.commands, **getattr(group, "targets", {})}
