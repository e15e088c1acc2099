"""The guard around a task: whatever a plugin's code does, what comes back is a `TaskResult` of ours, and says who is at
fault."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import BedsideError, TaskError
from ..plugin_code import PluginCode, text_of, type_name
from ..protocols import Services
from ..task import Task, TaskRequest
from ..types import TaskResult
from ..wording import say
from .accept import accept
from .shared import NotOffered, SharedServices

log = logging.getLogger("bedside.consult")


@dataclass(frozen=True)
class Guarded:
    """`fault`: the plugin broke its contract, and `result` is `failed`. `remarks` are what it tried that it may not."""

    result: TaskResult
    fault: bool = False
    remarks: tuple[str, ...] = ()


class Guard:
    """Runs the tasks of one engine. `owner` gives a task's plugin, `supplier` that plugin with its distribution and
    version."""

    def __init__(
        self,
        services: Services | None,
        owner: Callable[[str], str] = lambda task: task.partition(".")[0],
        supplier: Callable[[str], str] = lambda plugin: f"plugin {plugin}",
    ) -> None:
        self._services = services
        self._owner = owner
        self._supplier = supplier
        self._shared: dict[str, SharedServices] = {}
        self._lock = threading.Lock()

    def run(self, task: Task, request: TaskRequest) -> Guarded:
        """Run one task in this thread."""
        services, supplier = self.services_of(task), self._supplier(self._owner(task.name))
        remarks = services._begin()
        try:
            with PluginCode("it", supplier):
                result = _run(task, request, services)
            return Guarded(result, remarks=tuple(remarks))
        except BaseException as error:  # none may end the thread
            cause = error.__cause__ or error
            # of a foreign error the type only: its text may quote the case
            what = text_of(cause) if isinstance(cause, TaskError) else f"raised {type_name(cause)}"
            log.warning("%s raised %s (%s)", task.name, type_name(cause), supplier)
            return Guarded(TaskResult.failed(say("consult.fault", what=what, supplier=supplier)), True, tuple(remarks))

    def services_of(self, task: Task) -> SharedServices:
        """The shared services as the plugin of a task sees them."""
        plugin = self._owner(task.name)
        with self._lock:
            if plugin not in self._shared:
                self._shared[plugin] = SharedServices(self._services, plugin)
            return self._shared[plugin]


def _run(task: Task, request: TaskRequest, services: Any) -> TaskResult:
    try:
        ready = task.ready(request)
        if ready is None:
            return TaskResult.none("the question and case", message=_not_given(task))
        returned = task.run(ready, services)
    except NotOffered:
        raise
    except BedsideError as error:
        return TaskResult.failed(text_of(error) or say("consult.could-not-look", error=type_name(error)))
    return accept(returned)


def _not_given(task: Task) -> str:
    """Which arguments the facts would have had to give, in words."""
    model = task.arguments_model()
    fields = model.model_fields if model else {}
    names = [name for name, field in fields.items() if field.is_required()] or list(fields)
    return say("consult.not-given", names=", ".join(names))
