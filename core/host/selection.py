"""Which plugins may load: decided from names alone, before anything is imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from ..errors import ConfigError
from ..plugin_code import plain

GROUP = "bedside"


@dataclass(frozen=True)
class PluginCandidate:
    """An installed entry point. `distribution` and `version` are empty when the metadata has none."""

    name: str
    module: str
    distribution: str = ""
    version: str = ""
    entry_point: EntryPoint | None = None

    @property
    def supplier(self) -> str:
        """The plugin, its distribution and version, for messages."""
        package = plain(f"{self.distribution} {self.version}".strip(), 200)
        return f"plugin {plain(self.name, 100)}" + (f", {package}" if package else "")

    @property
    def bundled(self) -> bool:
        """Does it come with Bedside? Only such a one may have a name that is reserved."""
        return self.distribution == "bedside" and self.module.startswith("bedside.plugins.")


def installed(group: str = GROUP) -> list[PluginCandidate]:
    """The plugins that are installed, Bedside's own first, then by name, each once."""
    found: dict[tuple[str, str, str], PluginCandidate] = {}
    for point in entry_points(group=group):
        dist = point.dist
        candidate = PluginCandidate(
            name=point.name,
            module=point.value,
            distribution=dist.name if dist else "",
            version=dist.version if dist else "",
            entry_point=point,
        )
        found.setdefault((candidate.name, candidate.module, candidate.distribution), candidate)
    return sorted(found.values(), key=lambda c: (not c.bundled, c.name, c.distribution, c.module))


def select(
    candidates: Iterable[PluginCandidate], allow: Iterable[str] | None = None, deny: Iterable[str] = ()
) -> tuple[list[PluginCandidate], list[PluginCandidate]]:
    """Split into (to load, denied). `allow=None` allows all; names are entry-point or distribution names.

    Raises `ConfigError` for a name on either list that nothing installed carries: a typing error in a deny-list would
    otherwise load what was meant to be kept out.
    """
    candidates = list(candidates)
    known = {n for c in candidates for n in (c.name, c.distribution) if n}
    for listname, names in (("plugins.allow", allow or ()), ("plugins.deny", deny)):
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                raise ConfigError(
                    f"{listname} names the plugin {name!r}, which is not installed",
                    hint=(f"did you mean {near[0]!r}? " if near else "") + "`bedside plugins list` shows the installed ones",
                )
    allowed = None if allow is None else set(allow)
    denied_names = set(deny)
    load: list[PluginCandidate] = []
    denied: list[PluginCandidate] = []
    for c in candidates:
        names = {c.name, c.distribution}
        ok = (allowed is None or names & allowed) and not names & denied_names
        (load if ok else denied).append(c)
    return load, denied
