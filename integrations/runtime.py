"""What a serving process keeps: a runtime, views of the knowledge that follow its releases, sessions for those who ask."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bedside.core import CancelToken, Case, Engine, Event, PluginHost, Question, Recommendation
from bedside.core.config import Config, load_config
from bedside.core.engine import answer_of
from bedside.core.errors import BedsideError, ServiceError
from bedside.core.toolkit.tenant import Tenant

from .app import App, load_plugins, open_app, shared_models

log = logging.getLogger("bedside.runtime")
LOCAL = Tenant()


class KnowledgeView:
    """One release of everything that is loaded, with an engine over it; open as long as somebody asks over it.

    While nobody does, the generation may be deleted, so `enter` can fail: then another one has taken its place.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False
        app.home.rest()

    @property
    def outdated(self) -> bool:
        """Has another release been loaded since?"""
        return self.app.home.outdated

    def enter(self) -> bool:
        """Use it until `leave`; False where it is gone."""
        with self._lock:
            if self._retired or (self._users == 0 and not self.app.home.wake()):
                return False
            self._users += 1
            return True

    def stay(self) -> bool:
        """Go on with it although another release is there; False where its files may be gone."""
        with self._lock:
            return self.app.home.stay()

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self.app.home.rest()
                if self._retired:
                    self.app.close()

    def retire(self) -> None:
        """Close it when the last question over it is answered."""
        with self._lock:
            if not self._retired:
                self._retired = True
                if self._users == 0:
                    self.app.close()


class Runtime:
    """The plugins and models of a process, and the view of the knowledge that is in use. Thread-safe.

    `session` gives everybody who asks a place of his own. A load in another process takes effect with the next question;
    questions that are being answered end over the release that they began with. Use it in a `with` statement, or call
    `close`.
    """

    def __init__(self, config: Config | None = None, *, host: PluginHost | None = None, warm: bool = False) -> None:
        """Raises what `open_app` raises."""
        self.config = config or load_config()
        self.host = host or load_plugins(self.config)
        self.models = shared_models(self.config)
        self._lock = threading.Lock()  # of `_view`
        self._opening = threading.Lock()
        self._closed = False
        try:
            self._view = self._open(warm=warm)
        except BaseException:
            self.models.close()
            raise

    @contextmanager
    def view(self) -> Iterator[App]:
        """The newest release for the length of the `with` block, whatever is loaded meanwhile."""
        view = self._enter()
        try:
            yield view.app
        finally:
            view.leave()

    def session(self, tenant: Tenant | str = LOCAL) -> Session:
        """A place for one who asks, of `tenant` (default: the one of one's own computer)."""
        return Session(self, tenant if isinstance(tenant, Tenant) else Tenant(tenant))

    def close(self) -> None:
        """Questions that are being answered end first with an error of the models, if they need them."""
        with self._lock:
            self._closed = True
            self._view.retire()
        self.models.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _enter(self) -> KnowledgeView:
        while True:
            with self._lock:
                if self._closed:
                    raise ServiceError("the runtime is closed")
                view = self._view
            # one opens the next release, the others go on over the last one as long as it is there
            if view.outdated and self._opening.acquire(blocking=False):
                try:
                    self._follow(view)
                finally:
                    self._opening.release()
                continue
            if view.enter():
                return view
            with self._opening:
                self._follow(view)

    def _follow(self, before: KnowledgeView) -> None:
        """Put the newest release in the place of `before`, unless another thread has. Where it can't be opened, `before`
        goes on as long as it can be used."""
        with self._lock:
            if self._closed or self._view is not before:
                return
        try:
            opened = self._open()
        except BedsideError as error:
            if not before.stay():
                raise
            log.warning("the new release can't be opened, the last one stays in use: %s", type(error).__name__)
            return
        with self._lock:
            if self._closed:
                opened.retire()
                return
            self._view = opened
        before.retire()

    def _open(self, *, warm: bool = False) -> KnowledgeView:
        return KnowledgeView(open_app(self.config, host=self.host, models=self.models, warm=warm))


class Session:
    """One who asks: his questions, each over the release that was in use when it began. Whatever is stored or cached for him
    has a key that begins with his `tenant`."""

    def __init__(self, runtime: Runtime, tenant: Tenant) -> None:
        self.runtime = runtime
        self.tenant = tenant

    def folder(self, *parts: str) -> Path:
        """A folder of this tenant's own in the data folder, made at the first call. Raises `ServiceError` where it can't
        be."""
        folder = self.runtime.config.home / "sessions" / self.tenant.key(*parts)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ServiceError(f"the folder {folder} can't be made: {error.strerror}") from error
        return folder

    def run(self, question: Question | str, *, cancel: CancelToken | None = None) -> Iterator[Event]:
        """The steps of an answer as they happen (`Engine.run`). Closing the iterator early cancels the question."""
        token = cancel or CancelToken()
        return self._over_newest(token, lambda engine: engine.run(question, cancel=token))

    def call(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        case: Case | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[Event]:
        """The steps of one task that is called by its name (`Engine.call`)."""
        token = cancel or CancelToken()
        return self._over_newest(token, lambda engine: engine.call(task, arguments, case=case, cancel=token))

    def _over_newest(self, token: CancelToken, run: Callable[[Engine], Iterator[Event]]) -> Iterator[Event]:
        try:
            with self.runtime.view() as app:
                yield from run(app.engine)
        except GeneratorExit:
            token.cancel()
            raise

    def ask(
        self,
        question: Question | str,
        on_event: Callable[[Event], None] | None = None,
        *,
        cancel: CancelToken | None = None,
    ) -> Recommendation:
        """`run` to its end. Raises `QuestionError` for a text that is empty or too long."""
        return answer_of(self.run(question, cancel=cancel), on_event)
