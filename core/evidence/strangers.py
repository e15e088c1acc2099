"""A plugin's resolver or function, called while an answer is verified: whatever it does, verification goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..errors import PluginError
from ..plugin_code import PluginCode, type_name

LIMIT_S = 10.0
"""Seconds after which a call is given up, and what it was to confirm is not confirmed."""


class Unanswered(PluginError):
    """A call that ended without what was asked for; its message is ours."""


class GivenUp(Unanswered):
    """A call that did not end in time."""


def called(what: str, function: Callable[..., Any], *given: Any, limit_s: float | None = None) -> Any:
    """`function(*given)`, a plugin's.

    Raises `PluginError` in the place of whatever it raises, with that as its cause, and where it gives no answer in time.
    Its thread is then left alone; it can't keep the program from ending."""
    limit_s = LIMIT_S if limit_s is None else limit_s
    outcome: list[tuple[Any, PluginError | None]] = []

    def work() -> None:
        try:
            with PluginCode(what):
                result = function(*given)
            outcome.append((result, None))
        except PluginError as error:
            outcome.append((None, error))

    thread = threading.Thread(target=work, name="bedside-verify", daemon=True)
    thread.start()
    thread.join(limit_s)
    if not outcome:
        raise PluginError(what) from GivenUp(f"gave no answer within {limit_s:g} s")
    result, error = outcome[0]
    if error is not None:
        raise error
    return result


def fault(error: PluginError) -> str:
    """What went wrong, in words. Of a foreign exception its type only: its text may quote the case."""
    cause = error.__cause__ or error
    return cause.message if isinstance(cause, Unanswered) else f"raised {type_name(cause)}"
