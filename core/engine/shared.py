"""The shared services as a plugin sees them: what the protocols promise, to use, not to close, write or take apart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from .. import protocols
from ..errors import TaskError
from ..protocols import Services
from ..wording import say

log = logging.getLogger("bedside.plugins")
MAX_REMARKS = 20


def _public(protocol: type) -> frozenset[str]:
    return frozenset(name for name in dir(protocol) if not name.startswith("_"))


_PROTOCOLS: dict[str, type] = {
    "llm": protocols.LanguageModel,
    "embedder": protocols.Embedder,
    "vectors": protocols.VectorStore,
    "graph": protocols.GraphStore,
    "terms": protocols.TermIndex,
    "search": protocols.PassageSearch,
    "sources": protocols.Sources,
}
_OFFERED = _public(Services)


class NotOffered(TaskError, AttributeError):
    """A plugin asked a service for what its protocol does not promise: a store can't be written to by a task."""


class SharedPart:
    """One store or model. `close` does nothing but note who tried."""

    def __init__(self, part: Any, name: str, told: Callable[[str], None]) -> None:
        self.__dict__.update(_part=part, _name=name, _told=told, _offered=_public(_PROTOCOLS[name]))

    def __getattr__(self, name: str) -> Any:
        if name not in self._offered:
            raise NotOffered(f"services.{self._name} has no {name!r} for a plugin")
        return getattr(self._part, name)

    def close(self) -> None:
        """Left open: it is everybody's."""
        self._told(say("fault.closes-service", name=self._name))

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        self._told(say("fault.changes-service", name=f"{self._name}.{name}"))
        raise NotOffered(f"services.{self._name} can't be changed by a plugin")

    def __enter__(self) -> SharedPart:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SharedServices:
    """`Services` for one plugin: one object as long as the engine lives, so that a plugin may keep by it what it worked
    out."""

    def __init__(self, services: Any, plugin: str) -> None:
        self.__dict__.update(_services=services, _plugin=plugin, _parts={}, _remarks=threading.local())

    def __getattr__(self, name: str) -> Any:
        if name not in _OFFERED:
            raise NotOffered(f"the services have no {name!r} for a plugin")
        part = getattr(self._services, name)  # a backend that can't be had raises its ServiceError here
        if name not in _PROTOCOLS:
            return part
        kept: tuple[Any, SharedPart] | None = self._parts.get(name)
        if kept is None or kept[0] is not part:
            kept = self._parts[name] = (part, SharedPart(part, name, self._told))
        return kept[1]

    def close(self) -> None:
        """Left open: they are everybody's."""
        self._told(say("fault.closes-services"))

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        self._told(say("fault.changes-service", name=name))
        raise NotOffered("the services can't be changed by a plugin")

    def _begin(self) -> list[str]:
        """From now on what this thread tries that it may not is noted in the list."""
        noted: list[str] = []
        self._remarks.texts = noted
        return noted

    def _told(self, text: str) -> None:
        log.warning("the plugin %s %s", self._plugin, text)
        noted = getattr(self._remarks, "texts", None)  # none in a thread that the plugin started
        if noted is not None and text not in noted and len(noted) < MAX_REMARKS:
            noted.append(text)
