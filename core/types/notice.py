"""Notices: what a reader must know and no quote says. Each is a code with parameters; the words are made from them.

A code never changes its meaning and never loses a parameter. A plugin's own codes are written `plugin:code`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from ..wording import DEFAULT, Said, knows, reword, say
from .base import Frozen
from .knowledge import Scalar


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A code, what it is for, and its `parameters`; its words are `notice.CODE` of the string table (`core/wording`).

    `partial`: something could not be looked at or checked, so that an answer with this notice is at most `partial`. (Of
    `model` the engine decides: having none is no failure, one that died is.)"""

    code: str
    meaning: str
    parameters: tuple[str, ...] = ()
    partial: bool = False


_KINDS = (
    NoticeKind("unread", "part of the question or case was not read or not used", ("reason",)),
    NoticeKind("names-unavailable", "no name could be looked up", ("reason",), partial=True),
    NoticeKind("read-as-denied", "findings that were read as denied", ("names",)),
    NoticeKind("read-as", "a misspelt name was read as another", ("text", "name", "kind")),
    NoticeKind("plan", "the choice of tasks was made without a part of it", ("reason",), partial=True),
    NoticeKind("plugin-failed", "a plugin is installed but not there", ("plugin", "reason"), partial=True),
    NoticeKind("task-failed", "a task could not look", ("task", "reason"), partial=True),
    NoticeKind("plugin-fault", "a task tried what a plugin may not", ("task", "plugin", "fault")),
    NoticeKind("not-looked-at", "a task found something but could not look at everything", ("reason",), partial=True),
    NoticeKind("note", "a remark of a specialist", ("text",)),
    NoticeKind("unverified", "a store could not be read again", ("store", "reason"), partial=True),
    NoticeKind("dropped", "evidence or a sentence did not pass verification", ("what", "reason"), partial=True),
    NoticeKind("retracted", "the only support is a withdrawn publication", ("publication",)),
    NoticeKind("limit", "more was found than is shown", ("number",)),
    NoticeKind("conflict", "two quotes advise in opposite directions", ("first", "second")),
    NoticeKind("model", "the language model could not do its part", ("reason",)),
    NoticeKind("cancelled", "the question was cancelled", (), partial=True),
    NoticeKind("pointer_only", "there is a pointer, such as a link to a guideline, but no answer", ("link",)),
)
NOTICES: Final = {kind.code: kind for kind in _KINDS}
"""Every code of Bedside's own, by code."""
_OWN = re.compile(r"[a-z][a-z0-9_]*:[a-z][a-z0-9_-]*")


class Reason(Frozen):
    """The words of a notice's parameter, as a `code` of the string table with its `params`; `reasons` are those of them that
    are words of the table in their turn."""

    code: str
    params: dict[str, Scalar] = Field(default_factory=dict)
    reasons: dict[str, Reason] = Field(default_factory=dict)


class Notice(Frozen):
    """Something the reader must know. `code` and `params` are for machines and stable, `text` is for people; `who` is the
    plugin that says it, empty where Bedside does. `reasons` has the code of each parameter that is words of the string
    table, so that `word` can say the whole notice in another language."""

    code: str
    text: str
    who: str = ""
    params: dict[str, Scalar] = Field(default_factory=dict)
    reasons: dict[str, Reason] = Field(default_factory=dict)

    @classmethod
    def of(cls, code: str, who: str = "", **params: Scalar) -> Notice:
        """In English. Raises `ValueError` for an unknown code, or parameters that are not those of the code."""
        kind = NOTICES.get(code)
        if kind is None:
            raise ValueError(f"there is no notice {code!r}; a plugin's own are made with Notice.own")
        if set(params) != set(kind.parameters):
            raise ValueError(f"the notice {code!r} has the parameters {', '.join(kind.parameters)}, not {', '.join(params)}")
        return cls(code=code, text=say(f"notice.{code}", **params), who=who, params=params, reasons=_reasons(params))

    @classmethod
    def own(cls, code: str, text: str, **params: Scalar) -> Notice:
        """A plugin's own: `code` is `plugin:code`. Raises `ValueError` for another form."""
        if not _OWN.fullmatch(code):
            raise ValueError(f"a plugin's own notice is called plugin:code in lower case, not {code!r}")
        return cls(code=code, text=text, params=params)

    @property
    def partial(self) -> bool:
        """Does it make an answer at most `partial`?"""
        kind = NOTICES.get(self.code)
        return kind is not None and kind.partial


def word(notice: Notice, language: str = DEFAULT) -> str:
    """The notice in a language, its reasons too. A plugin's own keeps its text; what the language lacks is in English."""
    if notice.code not in NOTICES:
        return notice.text
    return reword(f"notice.{notice.code}", _worded(notice, language), language)


def _worded(said: Notice | Reason, language: str) -> dict[str, object]:
    """The parameters, those with a code in the words of the language."""
    words = {
        name: reword(reason.code, _worded(reason, language), language)
        for name, reason in said.reasons.items()
        if knows(reason.code)  # an answer of a newer Bedside keeps its text
    }
    return {**said.params, **words}


def reason_of(text: str) -> Reason | None:
    """The code of words of the string table; `None` for any other text."""
    if not isinstance(text, Said) or not text.code:
        return None
    return Reason(code=text.code, params=text.params, reasons=_reasons(text.params))


def _reasons(params: Mapping[str, object]) -> dict[str, Reason]:
    found = ((name, reason_of(one)) for name, one in params.items() if isinstance(one, str))
    return {name: reason for name, reason in found if reason}
