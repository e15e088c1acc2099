"""What a plugin says of itself: the API it was written for, and the settings it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import PluginError

if TYPE_CHECKING:
    from pydantic import BaseModel

API_VERSION = "1"
"""Raised when a public name is removed or changes its meaning; not when one is added."""
NAME = "bedside_plugin"
"""The name in a plugin's module under which its `PluginSpec` is found."""


@dataclass(frozen=True)
class PluginSpec:
    """Stands in a plugin's module as `bedside_plugin`; a plugin without one is taken as written for this API, without
    settings.

    `api` is the API version it was written for (`core.host.API_VERSION`). `settings` is the pydantic model of its section
    `[plugin.NAME]` in bedside.toml (or a function that returns it); its tasks get it as `request.settings`.
    """

    api: str
    settings: type[BaseModel] | Callable[[], type[BaseModel]] | None = None


def spec_of(plugin: Any, supplier: str = "") -> PluginSpec:
    """The plugin's spec. Raises `PluginError` for one that is none, or of another API."""
    spec = getattr(plugin, NAME, None)
    if spec is None:
        return PluginSpec(api=API_VERSION)
    if not isinstance(spec, PluginSpec):
        raise PluginError(f"{NAME} must be a PluginSpec, but is {type(spec).__name__}", supplier=supplier)
    if spec.api != API_VERSION:
        raise PluginError(
            f"it was written for version {spec.api} of the plugin API; this is version {API_VERSION}",
            hint="install a version of the plugin for this Bedside",
            supplier=supplier,
        )
    return spec


def settings_of(spec: PluginSpec, given: Mapping[str, Any], name: str, supplier: str = "") -> BaseModel | None:
    """`given` (the section `[plugin.NAME]`) as the plugin's model, or None for a plugin that takes no settings.

    Raises `PluginError` that names the setting and what was expected, never its value: it may be a password.
    """
    if spec.settings is None:
        if given:
            raise PluginError(f"[plugin.{name}] is set, but the plugin takes no settings", supplier=supplier)
        return None
    from pydantic import BaseModel, ValidationError

    model: Any = spec.settings if isinstance(spec.settings, type) else spec.settings()
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PluginError(f"the settings of {NAME} are no pydantic model", supplier=supplier)
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'section'}: {_expected(e)}" for e in error.errors())
        raise PluginError(f"[plugin.{name}] in bedside.toml: {wrong}", supplier=supplier) from None


def _expected(error: Mapping[str, Any]) -> str:
    """What was expected. A validator of the plugin's own may have quoted the value in its message: it is not repeated."""
    return "was refused" if error["type"] in ("value_error", "assertion_error") else str(error["msg"])
