"""The registry of resolvers: who reads a quote again at its address. Built-in kinds come through the same door as a
plugin's.

A resolver that raises, or answers for other locators than it was asked for, has not confirmed anything: what it was asked
for is not verified."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from ..errors import BedsideError, PluginError
from ..own_kinds import is_own_kind, is_source_of
from ..plugin_code import PluginCode, TimedOut, in_time
from ..wording import Said, say
from .computed import ComputedFunction
from .strangers import Unanswered, fault

if TYPE_CHECKING:
    from ..protocols import Services
    from ..types import Facts, Question, Source
    from ..types.evidence import Locator

log = logging.getLogger("bedside.evidence")
MAX_DEPTH = 4
"""How many resolvers may ask for one another: a computation for a file's cell is one."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What stands at an address now.

    `quote` is the text there, `whole` the entire text it was cut from (empty: the quote is all of it), which begins at
    `start` in it. `source` is whose it is, `strength` how much the source itself stands behind it, `withdrawn` what was
    said when its publication was retracted. `kind` is what the store calls the text (a passage's or an edge's kind), and
    `statement` says that all of `whole` belongs together: its beginning says whom it is for. `lines` names each line of
    `quote`, so that the one that differs can be named. `parts` are the pieces of a quote that was put together of several
    statements: each must be about the question. `results` are the genetic results that a line is for, by gene, where the
    store knows them."""

    quote: str
    source: Source
    strength: str = ""
    withdrawn: str = ""
    whole: str = ""
    start: int = 0
    kind: str = ""
    statement: bool = False
    lines: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    results: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why (`reason`) nothing can be quoted from an address. `store` names what could not be reached, where that is the
    reason."""

    reason: str
    store: str = ""


Resolution = Resolved | Unresolved


@dataclass(frozen=True)
class ResolveContext:
    """What resolvers work with: the `services`, the `question` with its case, the `facts` read from both, the registered
    `functions` by name, and `resolve`, which resolves other locators (a computation's inputs)."""

    services: Services
    question: Question
    facts: Facts
    functions: Mapping[str, ComputedFunction] = field(default_factory=dict)
    resolve: Callable[[Sequence[Any]], list[Resolution]] = field(default=lambda locators: [], repr=False)


Resolve = Callable[[Sequence[Any], ResolveContext], Sequence[Resolution]]


@dataclass(frozen=True)
class LocatorKind:
    """A kind of address and how it is read again. Registered through `bedside_case_kinds()`.

    `kind` is `plugin:kind`. `resolve(locators, context)` gives, for each of the locators and in their order, what stands
    there (`Resolved`) or why nothing can be quoted from it (`Unresolved`). It reads what the case or the stores hold; it
    never takes a quote from the locator."""

    kind: str
    resolve: Resolve


class Resolvers:
    """The resolvers of one engine, by kind of locator. `may_name(plugin, source id)` says whose sources are whose."""

    def __init__(
        self,
        kinds: Iterable[LocatorKind] = (),
        functions: Iterable[ComputedFunction] = (),
        may_name: Callable[[str, str], bool] = lambda plugin, source_id: is_source_of(source_id, plugin),
    ) -> None:
        self._may_name = may_name
        self.kinds: dict[str, LocatorKind] = {}
        self.functions: dict[str, ComputedFunction] = {f.name: f for f in functions}
        for kind in kinds:
            self.kinds[kind.kind] = kind

    def resolve(
        self, locators: Sequence[Locator], services: Services, question: Question, facts: Facts, *, depth: int = 0
    ) -> list[Resolution]:
        """What stands at each of the locators, in their order. Each kind is read once, however many quotes it has.

        `depth` counts the resolvers that asked for one another: a plugin's that asks for itself must come to an end."""
        if depth > MAX_DEPTH:
            return [Unresolved(say("resolve.endless"))] * len(locators)
        context = ResolveContext(
            services,
            question,
            facts,
            self.functions,
            lambda inner: self.resolve(inner, services, question, facts, depth=depth + 1),
        )
        out: list[Resolution | None] = [None] * len(locators)
        by_kind: dict[str, list[int]] = {}
        for place, locator in enumerate(locators):
            by_kind.setdefault(locator.kind, []).append(place)
        for kind, places in by_kind.items():
            for place, found in zip(places, self._of_kind(kind, [locators[i] for i in places], context), strict=True):
                out[place] = found
        return [one if one is not None else Unresolved(say("resolve.not-looked-at")) for one in out]

    def _of_kind(self, kind: str, locators: Sequence[Locator], context: ResolveContext) -> Sequence[Resolution]:
        if kind not in self.kinds:
            return [Unresolved(say("resolve.no-resolver", kind=kind))] * len(locators)
        try:
            return self._asked(kind, locators, context)
        except PluginError as error:
            if isinstance(error.__cause__, BedsideError) and not isinstance(error.__cause__, Unanswered):
                return [Unresolved(say("resolve.unreadable", error=error.__cause__), store=kind)] * len(locators)
            if len(locators) > 1 and not isinstance(error, TimedOut):
                # one locator that breaks the resolver must not take the others of its kind with it
                return [one for locator in locators for one in self._of_kind(kind, [locator], context)]
            log.warning("the resolver of %s %s", kind, fault(error))
            return [Unresolved(say("resolve.resolver-fault", kind=kind, fault=fault(error)))] * len(locators)

    def _asked(self, kind: str, locators: Sequence[Locator], context: ResolveContext) -> Sequence[Resolution]:
        """What the resolver says. Raises `PluginError` where it raises, does not answer for each, or does not end."""

        own = _own(context, kind) if is_own_kind(kind) else context

        def resolve() -> list[Resolution]:
            found = list(self.kinds[kind].resolve(locators, own))
            if len(found) != len(locators) or not all(_is_sound(one) for one in found):
                raise Unanswered("did not answer for each locator with Resolved or Unresolved")
            return found

        if is_own_kind(kind):
            found = cast("list[Resolution]", in_time(f"the resolver of {kind}", resolve))
            return [_of_plugin(where, one, context, self._may_name) for where, one in zip(locators, found, strict=True)]
        with PluginCode(kind):
            return resolve()
        raise AssertionError("PluginCode raises what its block raised")


def _own(context: ResolveContext, kind: str) -> ResolveContext:
    """What a stranger's resolver works with: nothing in it that it could change or close for others."""
    from ..engine.shared import SharedServices

    return replace(
        context,
        services=cast("Services", SharedServices(context.services, kind.partition(":")[0])),
        question=context.question.model_copy(deep=True),
        facts=context.facts.model_copy(deep=True),
    )


def _is_sound(one: object) -> bool:
    """Is it an answer of ours through and through? A stranger may put anything into a field."""
    if type(one) is Unresolved:
        return type(one.reason) in (str, Said) and type(one.store) is str
    if type(one) is not Resolved:
        return False
    from ..types import Source

    texts = (one.quote, one.strength, one.withdrawn, one.whole, one.kind)
    return (
        type(one.source) is Source
        and all(type(text) is str for text in texts)
        and type(one.start) is int
        and type(one.statement) is bool
        and type(one.lines) is tuple
        and type(one.parts) is tuple
        and all(type(name) is str for name in (*one.lines, *one.parts))
    )


def _of_plugin(where: Locator, one: Resolution, context: ResolveContext, may_name: Callable[[str, str], bool]) -> Resolution:
    """What a plugin's resolver says of a source is believed of the case and of its own sources only. A file of the case is
    called by its name there; of sources that are loaded, the catalogue says title, version and licence."""
    if isinstance(one, Unresolved):
        return replace(one, reason=str(one.reason))  # a code of ours is ours to give
    plugin = where.kind.partition(":")[0]
    if one.source.id == "case":
        title = getattr(where, "file", "") or f"{plugin}: {one.source.title}"
        # a file of the case stands on no page and rests on no publication
        return replace(one, source=one.source.model_copy(update={"title": title, "url": "", "references": ()}))
    if not may_name(plugin, one.source.id):
        return Unresolved(say("resolve.not-its-source", kind=where.kind))
    try:
        info = context.services.sources.get(one.source.id)
    except BedsideError as error:
        return Unresolved(say("resolve.owner-unknown"), store=f"sources: {error}")
    if info is None:
        return one
    stored = {"title": info.title, "version": info.version, "licence": info.licence, "date": info.date}
    return replace(one, source=one.source.model_copy(update=stored))
