"""The state of each source: in the catalogue, on this disk, in the stores, and what needs attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bedside.core.errors import BedsideError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import SourceInfo

from .pulled import Pulled, downloads, latest
from .ready import pulled_version, unfinished


@dataclass(frozen=True)
class SourceState:
    """`available` is the version that a load would store, empty where something must be pulled first; `pull` is `` for a
    source that needs none, else `none`, `partial` or `done`. Sizes are in bytes (0: not known); `warnings` say what to type.
    """

    id: str
    title: str
    licence: str
    licence_url: str
    homepage: str
    note: str
    starter: bool
    loadable: bool
    size: int
    available: str
    pull: str
    pulled_at: str
    pulled_bytes: int
    loaded: SourceInfo | None
    warnings: tuple[str, ...]


def source_states(
    home: Path,
    catalogue: Mapping[str, KnowledgeSource],
    loaded: Iterable[SourceInfo],
    *,
    cut_off: Iterable[str] = (),
    lost: Mapping[str, Sequence[str]] | None = None,
    fingerprint: str = "",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[SourceState]:
    """Every source of the catalogue, then what else is loaded. `cut_off` are ids of loads that did not end, `lost` what
    the stores no longer hold of a source, `fingerprint` is the embedding model that is configured (empty: not known, so
    nothing is said about it)."""
    infos = {info.id: info for info in loaded}
    broken = set(cut_off)
    # a load that was cut off before anything of its source was in use is known by its id only
    ids = [*catalogue, *(one for one in sorted({*infos, *broken}) if one not in catalogue)]
    gone = lost or {}
    return [
        _state(one, home, catalogue.get(one), infos.get(one), one in broken, gone.get(one, ()), fingerprint, now())
        for one in ids
    ]


def _state(
    source_id: str,
    home: Path,
    source: KnowledgeSource | None,
    info: SourceInfo | None,
    cut_off: bool,
    lost: Sequence[str],
    fingerprint: str,
    now: datetime,
) -> SourceState:
    warnings: list[str] = []
    pulled = None
    available = ""
    if source is not None:
        try:
            pulled = latest(home, source_id) if source.pulled else None
            available = _available(source, pulled)
        except BedsideError as error:  # one source in disorder must not hide the others
            warnings.append(f"{error}" + (f"; type: {error.hint}" if error.hint else ""))
    pull = _pull_state(home, source, pulled)
    if pull == "partial":
        warnings.append(f"its pull was not finished; type: bedside knowledge pull {source_id}")
    if lost:
        again = f"bedside knowledge load {source_id}" if source is not None else "the command that loaded it"
        warnings.append(f"the stores no longer hold its {' and '.join(lost)}; type: {again}")
    if cut_off:
        do = f"load {source_id}" if source is not None else f"load PATH --source {source_id} (or: remove {source_id})"
        warnings.append(f"a load or removal of it was interrupted; type: bedside knowledge {do}")
    if info is not None:
        warnings += _loaded_warnings(info, source, available, fingerprint, now)
    return SourceState(
        id=source_id,
        title=source.title if source else info.title if info else source_id,
        licence=source.licence if source else info.licence if info else "",
        licence_url=source.licence_url if source else "",
        homepage=source.homepage if source else info.url if info else "",
        note=source.note if source else "",
        starter=bool(source and source.starter),
        loadable=source is not None and (source.packaged or source.read is not None),
        size=source.size if source else 0,
        available=available,
        pull=pull,
        pulled_at=pulled.pulled_at if pulled else "",
        pulled_bytes=pulled.size if pulled else 0,
        loaded=info,
        warnings=tuple(warnings),
    )


def _available(source: KnowledgeSource, pulled: Pulled | None) -> str:
    if pulled is not None and not unfinished(source, pulled) and not pulled.damaged():
        return pulled_version(source, pulled)
    return source.version() if source.packaged else ""


def _pull_state(home: Path, source: KnowledgeSource | None, pulled: Pulled | None) -> str:
    if source is None or not source.pulled:
        return ""
    parts = any((downloads(home) / source.id).glob("*/*.part"))
    if pulled is None:
        return "partial" if parts else "none"
    return "partial" if parts or unfinished(source, pulled) or pulled.damaged() else "done"


def _loaded_warnings(
    info: SourceInfo, source: KnowledgeSource | None, available: str, fingerprint: str, now: datetime
) -> list[str]:
    found = []
    if available and available != info.version:
        found.append(f"{available} is here, but {info.version} is loaded; type: bedside knowledge load {info.id}")
    age = _age_days(info.date or info.loaded_at, now)
    if source is not None and source.max_age_days and age is not None and age > source.max_age_days:
        do = f"bedside knowledge pull {info.id}" if source.pulled else f"uv pip install --upgrade {source.package}"
        found.append(f"its release is {age:,} days old (expected: a new one every {source.max_age_days}); type: {do}")
    if fingerprint and info.fingerprint and info.fingerprint != fingerprint and info.counts.get("passages"):
        found.append(
            f"its passages were embedded with {info.fingerprint}, but {fingerprint} is configured; "
            "type: bedside knowledge reembed"
        )
    return found


def _age_days(written: str, now: datetime) -> int | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).days
