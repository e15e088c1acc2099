"""Running a plugin's code: whatever it raises becomes a `PluginError` that names it, and the user can still interrupt."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from .errors import PluginError

MAX_REASON_CHARS = 300
MAX_WAIT_S = 10.0
"""How long code of a plugin is waited for that is no task: a resolver, a function that is computed again."""
_here = threading.local()
_afterwards: list[Callable[[], None]] = []


def in_plugin_code() -> bool:
    """Is this thread running a plugin's code just now?"""
    return getattr(_here, "depth", 0) > 0


def after_plugin_code(callback: Callable[[], None]) -> None:
    """Call `callback` whenever a plugin's code has run, in the thread that ran it: it puts right what the code may have
    changed for everybody (the command line does so with `sys.stdout`). It must not raise."""
    _afterwards.append(callback)


def running(function: Callable[..., Any], *given: Any) -> Any:
    """Call `function`, a plugin's, without catching anything: `in_plugin_code` is true meanwhile."""
    _here.depth = getattr(_here, "depth", 0) + 1
    try:
        return function(*given)
    finally:
        _here.depth -= 1


class PluginCode:
    """`with PluginCode("bedside_tasks", supplier):` around code of a plugin.

    Whatever that raises, `SystemExit` and `KeyboardInterrupt` too, leaves the block as `PluginError`. A Ctrl-C of the user
    leaves it as `KeyboardInterrupt`, even where the plugin swallowed it. A process that the code forked ends at the end of
    the block, so that nothing of ours is done twice.
    """

    def __init__(self, doing: str, supplier: str = "") -> None:
        self._doing = doing
        self._supplier = supplier

    def __enter__(self) -> Self:
        self._process = os.getpid()
        self._interrupts = _Interrupts()
        self._interrupts.begin()
        _here.depth = getattr(_here, "depth", 0) + 1
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if os.getpid() != self._process:
            os._exit(0)  # without a flush: what the buffers hold is the parent's to write
        _here.depth -= 1
        for callback in _afterwards:
            callback()
        if self._interrupts.end():
            raise KeyboardInterrupt
        if error is None:
            return
        if type(error) is PluginError:
            error.supplier = error.supplier or self._supplier
            return
        raise PluginError(f"{self._doing} raised {describe(error)}", supplier=self._supplier) from error


class TimedOut(PluginError):
    """A plugin's code did not end in time."""


def in_time(doing: str, function: Callable[[], Any], seconds: float | None = None) -> Any:
    """What `function`, a plugin's, returns. Raises `PluginError` for whatever it raises, and when it is not done in time
    (default: `MAX_WAIT_S`): its thread is then left to itself."""
    import queue

    seconds = MAX_WAIT_S if seconds is None else seconds
    done: queue.SimpleQueue[tuple[Any, PluginError | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            with PluginCode(doing):
                value = function()
        except PluginError as error:
            done.put((None, error))
        else:
            done.put((value, None))

    threading.Thread(target=work, name="bedside-plugin", daemon=True).start()
    try:
        value, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TimedOut(f"{doing} gave no answer within {seconds:g} s") from None
    if error is not None:
        raise error
    return value


class _Interrupts:
    """Remembers a Ctrl-C that arrives while a plugin's code runs in the main thread; elsewhere there are none."""

    def __init__(self) -> None:
        self._before: Any = None
        self._arrived = False

    def begin(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        import signal  # `bedside --help` runs no plugin's code and can do without

        if callable(before := signal.getsignal(signal.SIGINT)):
            self._before = before
            signal.signal(signal.SIGINT, self._note)

    def end(self) -> bool:
        """Did one arrive? Puts back the handler, whatever the plugin set."""
        if self._before is not None:
            import signal

            signal.signal(signal.SIGINT, self._before)
        return self._arrived

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._arrived = True
        self._before(number, frame)


def describe(error: BaseException) -> str:
    """Type and first line of a stranger's exception, safe to show, whatever its `__str__` does."""
    text = text_of(error).strip()
    first = text.splitlines()[0][:MAX_REASON_CHARS] if text else ""
    return type_name(error) + (f": {first}" if first else "")


def text_of(error: BaseException) -> str:
    """The text of a stranger's exception, cut where it is very long; empty where it has none that can be had."""
    try:
        return plain(str(error))
    except BaseException:  # its own __str__
        return ""


def plain(text: str, most: int = 10_000) -> str:
    """At most so many characters of `text` as a `str` proper, printable: a subclass may do anything when it is used."""
    from .toolkit.printable import printable

    return printable(str.__getitem__(text, slice(0, most)))


def type_name(value: object) -> str:
    """The name of its class, even where the class has another idea of `__name__`."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return plain(name, 100)


def interrupted_by_user(error: BaseException) -> bool:
    """Outside `PluginCode`: can this be the user's Ctrl-C? Python gives it to the main thread only."""
    return isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()
