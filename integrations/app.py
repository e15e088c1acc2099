"""The one place that connects knowledge to an engine. Everything else here only translates."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from bedside.core import Engine, KnowledgeSource, PluginHost
from bedside.core.config import Config, load_config
from bedside.core.engine import EngineSettings
from bedside.core.errors import DataFolderError, ServiceError, UsageError
from bedside.core.types import SourceInfo
from bedside.knowledge.home import Home, Mode
from bedside.knowledge.services import LocalServices

from .stored import Stored

if TYPE_CHECKING:
    from bedside.knowledge.catalogue import SourceState
    from bedside.knowledge.catalogue.pull import Progress as PullProgress
    from bedside.knowledge.catalogue.pull import PullReport
    from bedside.knowledge.llm.catalogue import ModelStatus
    from bedside.knowledge.llm.probe import ProbeResult
    from bedside.knowledge.models import Models

LoadProgress = Callable[[str, str, int, int | None], None]
"""(source id, stage, done, total)"""


class App:
    """An engine with its services over one data folder. Use it in a `with` statement, or call `close`."""

    def __init__(self, config: Config, home: Home, services: LocalServices, host: PluginHost) -> None:
        self.config = config
        self.home = home
        self.services = services
        self.host = host
        self.engine = Engine(host, services, _settings(config))

    @property
    def loaded(self) -> bool:
        """Has any source been loaded into this data folder?"""
        return bool(self.services.sources.all())

    def begun(self) -> set[str]:
        """Ids of the sources that are loaded, and of those whose load or removal was cut off."""
        from bedside.knowledge.ingest.journal import Journal

        cut_off = {entry.source_id for entry in Journal(self.home.staging).entries()}
        return cut_off | {info.id for info in self.services.sources.all()}

    def catalogue(self) -> dict[str, KnowledgeSource]:
        """Every source that can be loaded: the starter's and the plugins'."""
        return _with_plugins(self.host)

    def load(
        self,
        *sources: KnowledgeSource,
        progress: LoadProgress | None = None,
        again: bool = False,
        ray: str | None = None,
    ) -> list[SourceInfo]:
        """Load sources into the stores, two at a time. Needs an app opened with `mode="write"`.

        `ray` reads and embeds on a Ray cluster: its address, or "" to start one on this machine.
        """
        from bedside.knowledge.catalogue import ready_source
        from bedside.knowledge.changes import changing
        from bedside.knowledge.ingest import load_all, nothing_to_do

        ready = [ready_source(source, self.home, self.config) for source in sources]
        if not again and nothing_to_do(ready, self.services.stores):
            infos = {info.id: info for info in self.services.sources.all()}
            return [infos[source.id] for source in ready]
        engine = None if ray is None else self.services.ray_engine(ray)
        with changing(self.services) as stores:
            return load_all(ready, stores, engine=engine, progress=progress, again=again)

    def remove(self, source_id: str) -> SourceInfo | None:
        """Remove a source from the stores; what it was, or None when nothing of it is stored."""
        from bedside.knowledge.changes import changing
        from bedside.knowledge.ingest import remove

        if source_id not in self.begun():
            return None
        with changing(self.services) as stores:
            return remove(source_id, stores)

    def reembed(self, *source_ids: str, progress: LoadProgress | None = None) -> list[SourceInfo]:
        """Embed again the passages of all sources, or of the given ones, that another model embedded."""
        from bedside.knowledge.changes import changing
        from bedside.knowledge.ingest import outdated, reembed

        def chosen() -> list[SourceInfo]:
            known = outdated(self.services.sources, self.services.embedder)
            return [info for info in known if not source_ids or info.id in source_ids]

        if not chosen():
            return []
        with changing(self.services) as stores:
            return [reembed(info, stores, progress=progress) for info in chosen()]

    def close(self) -> None:
        self.services.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def load_plugins(config: Config) -> PluginHost:
    """The installed plugins, as `plugins.allow`, `plugins.deny` and their own settings say."""
    return _host(config, catalogue())


def open_app(
    config: Config | None = None,
    mode: Mode = "read",
    *,
    warm: bool = False,
    host: PluginHost | None = None,
    models: Models | None = None,
) -> App:
    """Open the data folder, load the plugins and build the engine.

    Raises `ConfigError`, `DataFolderError`, and `ModelError` when a model that the user chose can't be used. `warm` starts
    loading the models and stores in the background. `host` are the plugins and `models` the models, where they are there
    already.
    """
    config = config or load_config()
    home = Home.open(config.home, mode)
    try:
        host = host or load_plugins(config)
        services = LocalServices(config, home, catalogue=lambda: _with_plugins(host), models=models)
        if config.llm.enabled and config.llm.model:
            from bedside.knowledge.llm.gguf import check_whole_gguf

            check_whole_gguf(model_path(config))  # the user named this file: say now that it is missing or broken
        if warm:
            services.warm()
        return App(config, home, services, host)
    except BaseException:
        home.close()
        raise


def shared_models(config: Config) -> Models:
    """The models of a process that opens several views of its data folder. Close them after the views."""
    from bedside.knowledge.models import Models

    return Models(config, config.home / "derived" / "machine.json")


def catalogue() -> dict[str, KnowledgeSource]:
    """The sources that come with Bedside: the starter's, and those that are pulled on request."""
    from bedside.knowledge.catalogue import catalogue_sources

    return {s.id: s for s in catalogue_sources()}


def _with_plugins(host: PluginHost) -> dict[str, KnowledgeSource]:
    return {**catalogue(), **host.sources}


def every_source(config: Config) -> dict[str, KnowledgeSource]:
    """Bedside's and the plugins' sources, without opening the data folder: another process may be loading."""
    own = catalogue()
    return {**own, **_host(config, own).sources}


def pull_source(
    source: KnowledgeSource, config: Config, *, files: str = "", progress: PullProgress | None = None
) -> PullReport:
    """Fetch a source's files (`bedside knowledge pull`). The only thing in Bedside that fetches."""
    from bedside.knowledge.catalogue import pull

    return pull(source, config.home, mirror=config.sources.mirror, files=files, progress=progress)


def licence_accepted(source: KnowledgeSource, config: Config) -> bool:
    from bedside.knowledge.catalogue.licences import accepted

    return accepted(config.home, source)


def accept_licence(source: KnowledgeSource, config: Config) -> None:
    from bedside.knowledge.catalogue.licences import accept

    accept(config.home, source)


def pulled_folders(config: Config) -> dict[str, Path]:
    """Where the files lie that were pulled last, by source id."""
    from bedside.knowledge.catalogue.pulled import downloads, latest

    folder = downloads(config.home)
    ids = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return {id_: pulled.folder for id_ in ids if (pulled := latest(config.home, id_))}


def source_states(app: App) -> list[SourceState]:
    """Where each source of the catalogue and each loaded one stands, with its warnings."""
    from bedside.knowledge.catalogue import source_states
    from bedside.knowledge.ingest.journal import Journal
    from bedside.knowledge.integrity import lost_parts

    infos = app.services.sources.all()
    fingerprint = ""
    if any(info.fingerprint for info in infos):
        with contextlib.suppress(ServiceError):  # a model that can't be had is doctor's business
            fingerprint = app.services.embedder.fingerprint
    cut_off = [entry.source_id for entry in Journal(app.home.staging).entries()]
    lost = {info.id: lost_parts(info, app.services) for info in infos}
    return source_states(
        app.home.path, app.catalogue(), infos, cut_off=cut_off, lost=lost, fingerprint=fingerprint, now=app.services.now
    )


def ensure_starter(config: Config, progress: LoadProgress) -> None:
    """Load the starter knowledge into an empty data folder. Only for the embedded stores: a server is never filled
    unasked."""
    with open_app(config, "read") as app:
        if app.loaded:
            return
    if config.vectors.backend != "embedded" or config.graph.backend != "embedded":
        raise DataFolderError("no knowledge is loaded yet", hint="bedside knowledge load")
    with open_app(config, "write", warm=True) as app:
        app.load(*(s for s in catalogue().values() if s.starter), progress=progress)


def file_source(path: Path, source_id: str, *, reader: str | None = None, **about: str) -> KnowledgeSource:
    """A user's own file, folder or archive as a source (`bedside knowledge load PATH --source NAME`)."""
    from bedside.knowledge.readers import file_source

    return file_source(path, source_id, reader=reader, **about)


def models(config: Config) -> list[ModelStatus]:
    """The model catalogue, and where each lies; `model.ordering` says what the composer may let it decide."""
    from bedside.knowledge.llm.catalogue import model_statuses

    return model_statuses(config.home / "models")


def probe_model(config: Config, timeout: float = 60.0) -> ProbeResult:
    """One token in a throw-away process (`bedside doctor`)."""
    from bedside.knowledge.llm.probe import probe_one_token

    return probe_one_token(model_path(config), timeout)


def model_path(config: Config) -> Path:
    from bedside.knowledge.llm.starter import starter_model

    return Path(config.llm.model).expanduser() if config.llm.model else starter_model()


def show(app: App, id_: str) -> Stored:
    """A stored passage, edge, node or term in full. Raises `UsageError` when nothing has this id."""
    s = app.services
    kinds: Sequence[tuple[Literal["edge", "passage", "node", "term"], Callable[[], Sequence[Any]]]] = (
        ("edge", lambda: s.graph.edges([id_])),
        ("passage", lambda: s.vectors.get([id_])),
        ("node", lambda: s.graph.nodes([id_])),
        ("term", lambda: s.terms.lookup([id_])),
    )
    likely = {"e_": "edge", "p_": "passage"}.get(id_[:2], "node")
    for what, find in sorted(kinds, key=lambda kind: kind[0] != likely):
        found = find()
        if found:
            return Stored(what, found[0], s.sources.get(found[0].source_id))
    hint = "ids stand under each quote of an answer; what a newer release replaced, or what was removed, is gone"
    if id_.startswith("ev_"):
        hint = "an evidence id belongs to its answer; open the passage or edge named under the quote"
    raise UsageError(f"nothing is stored under the id {id_!r}", hint=hint)


def _host(config: Config, own: Mapping[str, KnowledgeSource]) -> PluginHost:
    return PluginHost.load(allow=config.plugins.allow, deny=config.plugins.deny, reserved=own, settings=config.plugin)


def _settings(config: Config) -> EngineSettings:
    return EngineSettings(
        ordering=_ordering(config),
        limit=config.engine.limit,
        task_timeout_s=config.engine.timeout or None,
        model_timeout_s=config.llm.timeout,
        seed=config.engine.seed,
    )


def _ordering(config: Config) -> Literal["off", "ties", "model"]:
    """What the configured model may decide: as configured, else as measured for it, else ties only."""
    if not config.llm.enabled:
        return "off"
    if config.llm.ordering:
        return config.llm.ordering
    from bedside.knowledge.llm.catalogue import CATALOGUE
    from bedside.knowledge.llm.starter import FILE

    name = Path(config.llm.model).name if config.llm.model else FILE
    return next((m.ordering for m in CATALOGUE if m.filename == name), "ties")
