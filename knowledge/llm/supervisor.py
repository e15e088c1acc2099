"""The one thread that owns the model's process: starts it, feeds it, watches it, buries it.

Everything that happens reaches this thread as an event in one inbox (requests, cancellations, frames, exits), so that no
state is shared and no lock is held while waiting. It is also the only clock: it ends what is late.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from typing import Any

from bedside.core.errors import BedsideError, ModelError
from bedside.core.incidents import note_incident

from .gguf import check_gguf
from .jobs import Job, JobOutcome
from .process import LoadOptions, WorkerProcess, describe_exit, may_be_out_of_memory, worker_command

STOP_GRACE = 1.0
"""Seconds that a cancelled generation has before its process is killed."""
LOAD_GRACE = 5.0
"""Seconds that a loading process has to say that it is alive when a request's time is over."""
MAX_LOAD_FAILURES = 3

_DOCTOR = "bedside doctor"
_SMALLER = "bedside models list   (SIGKILL is what running out of memory looks like: a smaller model or context needs less)"


class Supervisor:
    """`submit`, `cancel`, `start` and `close` may be called from any thread and never wait, except `close`."""

    def __init__(self, options: LoadOptions, load_timeout: float) -> None:
        self._options = options
        self._load_timeout = load_timeout
        self._inbox: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.outstanding = 0
        self.incidents: tuple[str, ...] = ()
        self.info: dict[str, Any] | None = None
        self.usage: dict[str, Any] | None = None
        self._pending: deque[Job] = deque()
        self._current: Job | None = None
        self._worker: WorkerProcess | None = None
        self._ready = False
        self._wanted = False
        self._starters: list[list[str]] = []  # of the requests that wait for no answer yet, only for the load
        self._kill_at: float | None = None
        self._load_by: float | None = None
        self._load_failures = 0
        self._load_error: ModelError | None = None
        self._failed_file: tuple[int, int] | None = None

    @property
    def pid(self) -> int | None:
        worker = self._worker
        return worker.pid if worker else None

    @property
    def ready(self) -> bool:
        return self._ready

    def submit(self, job: Job, limit: int) -> None:
        """Queue `job`. Raises `ModelError` when `limit` requests are waiting already, or after `close`."""
        with self._lock:
            self._open()
            if self.outstanding > limit:
                raise ModelError(
                    f"the language model's queue is full: {limit} requests are waiting", hint="ask again in a moment"
                )
            self.outstanding += 1
            self._inbox.put(("submit", job))

    def cancel(self, job: Job) -> None:
        self._inbox.put(("cancel", job))

    def start(self, incidents: list[str] | None = None) -> None:
        """Begin loading; what becomes of the process before it is ready is added to `incidents`."""
        with self._lock:
            self._open()
            self._inbox.put(("start", incidents))

    def close(self) -> None:
        """End the process and fail what is queued. Returns when the process is gone; a second call does nothing."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._inbox.put(("close", None))
        if thread and thread is not threading.current_thread():
            thread.join(8.0)

    def _open(self) -> None:
        if self._closed:
            raise ModelError("the language model was closed")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="bedside-llm", daemon=True)
            self._thread.start()

    # Everything below runs in the supervisor's thread.

    def _run(self) -> None:
        while True:
            event, what = "tick", None
            with contextlib.suppress(queue.Empty):
                event, what = self._inbox.get(timeout=self._patience())
            if event == "close":
                break
            try:
                self._handle(event, what)
                self._keep_time()
                self._advance()
            except Exception as error:  # a mistake here must not leave callers waiting
                self._give_back(ModelError(f"the language model's supervisor raised {type(error).__name__}: {error}"))
        worker, self._worker, self._ready = self._worker, None, False
        self._give_back(ModelError("the language model was closed"))
        if worker:
            worker.close()

    def _handle(self, event: str, what: Any) -> None:
        match event:
            case "submit":
                self._pending.append(what)
            case "start":
                self._wanted = True
                if what is not None and not self._ready:
                    self._starters.append(what)
            case "cancel":
                self._stop(what)
                self._finish(what, JobOutcome("error", error=ModelError("the request was cancelled")))
            case "frame" if what[0] is self._worker:
                self._frame(what[1])
            case "exit" if self._worker is not None and what is self._worker:
                self._exited(self._worker)

    def _frame(self, frame: dict[str, Any]) -> None:
        event, job = frame.get("event"), self._current
        if event == "ready":
            self._ready, self._load_failures, self._load_by, self._kill_at = True, 0, None, None
            self._starters.clear()
            self.info = {k: v for k, v in frame.items() if k != "event"}
        elif event == "failed":
            name = self._options.model.name
            if frame["kind"] == "absent":
                error = ModelError(frame["message"], hint="pip install llama-cpp-python")
            else:
                error = ModelError(f"llama.cpp can't load {name}: {frame['message']}", hint=_DOCTOR)
            self._forget_worker()
            self._load_failed(error)
        elif event == "pong":
            self._kill_at = None
        elif job is None or frame.get("id") != job.id:
            return
        elif event == "began":
            job.began = True
        elif event == "piece":
            if not job.closed:
                job.out.put(JobOutcome("piece", frame["text"]))
        elif event in ("done", "error", "cancelled"):
            self._current, self._kill_at = None, None
            if event == "done":
                self.usage = frame["usage"]
                self._finish(job, JobOutcome("done", frame.get("text", ""), scores=tuple(frame.get("scores", ()))))
            else:
                self._finish(job, JobOutcome("error", error=ModelError(frame.get("message", "the request was cancelled"))))

    def _exited(self, worker: WorkerProcess) -> None:
        how = describe_exit(worker.exit_code)
        job, loading = self._current, not self._ready
        doing = "loading" if loading else "answering" if job else "idle"
        message = f"the language model's process {how}"
        self._incident(f"{message} while {doing} (pid {worker.pid})", loading=loading)
        self._forget_worker()
        # A plain failure to import or start says why on stderr; what is printed later may hold parts of a prompt.
        why = f": {worker.stderr[-1]}" if loading and worker.stderr and (worker.exit_code or 0) > 0 else ""
        error = ModelError(
            f"{message} while {doing}{why}", hint=_SMALLER if may_be_out_of_memory(worker.exit_code) else _DOCTOR
        )
        if loading:
            self._load_failed(error)
        elif job and not job.began and not job.retried and not job.closed:
            job.retried = True  # it died before it took the request up, so nothing of the request is lost
            self._pending.appendleft(job)
        elif job:
            self._finish(job, JobOutcome("error", error=error))

    def _load_failed(self, error: ModelError) -> None:
        """The request that waited longest gets the error; the others try again, until there are too many failures."""
        self._load_failures += 1
        self._load_error, self._failed_file = error, self._file()
        if self._pending:
            self._finish(self._pending.popleft(), JobOutcome("error", error=error))

    def _keep_time(self) -> None:
        now = time.monotonic()
        for job in [job for job in self._pending if job.deadline <= now]:
            doing = "waiting in the queue" if self._ready else "waiting for the model to load"
            self._late(job, doing)
            self._pending.remove(job)
            if self._worker and not self._ready and self._kill_at is None:
                self._worker.send({"op": "ping"})
                self._kill_at = now + LOAD_GRACE
        if self._current and self._current.deadline <= now and not self._current.closed:
            self._stop(self._current)
            self._late(self._current, "answering")
        if self._worker and self._kill_at is not None and self._kill_at <= now:
            self._kill("did not stop when asked to" if self._ready else "did not react while loading")
        elif self._worker and self._load_by is not None and self._load_by <= now:
            self._kill(f"had not loaded the model after {self._load_timeout:g} s")

    def _late(self, job: Job, doing: str) -> None:
        error = ModelError(f"the language model did not answer within {job.timeout:g} s ({doing})", hint=_DOCTOR)
        self._finish(job, JobOutcome("error", error=error))

    def _stop(self, job: Job) -> None:
        """Take `job` out of the queue, or tell the worker to stop and mark the time when it must have."""
        if job is self._current:
            if self._worker and self._kill_at is None:
                self._worker.send({"op": "cancel", "id": job.id})
                self._kill_at = time.monotonic() + STOP_GRACE
        elif job in self._pending:
            self._pending.remove(job)

    def _kill(self, why: str) -> None:
        worker, loading, job = self._worker, not self._ready, self._current
        assert worker is not None
        self._incident(f"the language model's process {why} and was killed (pid {worker.pid})", loading=loading)
        worker.kill()
        self._forget_worker()
        error = ModelError(f"the language model's process {why} and was killed", hint=_DOCTOR)
        if loading:
            self._load_failed(error)
        elif job:
            self._finish(job, JobOutcome("error", error=error))

    def _forget_worker(self) -> None:
        """Whatever the old process still says is not ours. Its reader thread waits for its end."""
        self._worker, self._current, self._ready = None, None, False
        self._kill_at, self._load_by, self._wanted = None, None, False

    def _advance(self) -> None:
        if self._worker is None and (self._pending or self._wanted):
            self._spawn()
        if self._ready and self._current is None and self._kill_at is None and self._pending:
            assert self._worker is not None
            self._current = job = self._pending.popleft()
            self._worker.send({"id": job.id, **job.request})

    def _spawn(self) -> None:
        self._wanted = False
        try:
            check_gguf(self._options.model)
            if self._load_failures >= MAX_LOAD_FAILURES and self._file() == self._failed_file:
                raise ModelError(
                    f"the language model could not be loaded {self._load_failures} times in a row, last: {self._load_error}",
                    hint=_DOCTOR,
                )
            self._worker = WorkerProcess(
                worker_command(self._options),
                on_frame=lambda worker, frame: self._inbox.put(("frame", (worker, frame))),
                on_exit=lambda worker: self._inbox.put(("exit", worker)),
            )
        except (BedsideError, OSError) as error:
            known = error if isinstance(error, ModelError) else ModelError(f"can't start the model's process: {error}")
            for job in list(self._pending):
                self._finish(job, JobOutcome("error", error=known))
            self._pending.clear()
            return
        self._load_by = time.monotonic() + self._load_timeout

    def _patience(self) -> float | None:
        times = [job.deadline for job in self._pending]
        times += [t for t in (self._kill_at, self._load_by) if t is not None]
        if self._current and not self._current.closed:
            times.append(self._current.deadline)
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _finish(self, job: Job, outcome: JobOutcome) -> None:
        if not job.closed:
            job.closed = True
            with self._lock:
                self.outstanding -= 1
            job.out.put(outcome)

    def _give_back(self, error: ModelError) -> None:
        for job in [*self._pending, *([self._current] if self._current else [])]:
            self._finish(job, JobOutcome("error", error=error))
        self._pending.clear()
        if self._worker:
            self._worker.kill()
        self._forget_worker()

    def _incident(self, text: str, *, loading: bool) -> None:
        """Those whose request it costs, or might have cost, learn of it with their answer."""
        self.incidents = (*self.incidents, text)
        for job in self._pending if loading else [self._current] if self._current else []:
            job.incident = text
        if loading:
            for incidents in self._starters:
                note_incident(text, incidents)
            self._starters.clear()

    def _file(self) -> tuple[int, int] | None:
        with contextlib.suppress(OSError):
            stat = self._options.model.stat()
            return (stat.st_mtime_ns, stat.st_size)
        return None
