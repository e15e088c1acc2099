"""A plugin's resolver or function, called while an answer is verified: whatever it does, verification goes on."""

from __future__ import annotations

from ..errors import PluginError
from ..plugin_code import TimedOut, type_name


class Unanswered(PluginError):
    """A call that ended without what was asked for; its message is ours."""


def fault(error: PluginError) -> str:
    """What went wrong, in words. Of a foreign exception its type only: its text may quote the case."""
    if isinstance(error, TimedOut):
        return error.message[error.message.index("gave no answer") :]
    cause = error.__cause__ or error
    return cause.message if isinstance(cause, Unanswered) else f"raised {type_name(cause)}"
