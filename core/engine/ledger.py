"""What went wrong on the way to one answer, and what its reader must know."""

from __future__ import annotations

from ..host.contract import folded
from ..types import Notice
from ..types.knowledge import Scalar


class Ledger:
    """The notices of one request, each once, in order. `partial`: one of them keeps the answer from being complete."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.partial = False

    def add(self, notice: Notice, *, partial: bool | None = None) -> None:
        """`partial` overrides what the code says."""
        if notice not in self.notices:
            self.notices.append(notice)
        self.partial |= notice.partial if partial is None else partial

    def report(self, code: str, who: str = "", *, partial: bool | None = None, **params: Scalar) -> None:
        """A notice of Bedside's own (`core.types.notice`)."""
        self.add(Notice.of(code, who, **params), partial=partial)

    def remark(self, said: str | Notice, who: str, *, problem: bool) -> None:
        """What a task says of itself; `problem`: something it could not look at."""
        if isinstance(said, str):
            if problem:
                self.report("not-looked-at", who, reason=said)
            else:
                self.report("note", who, text=said)
            return
        if said.code != "pointer_only" and said.code.partition(":")[0] != folded(who):
            # a code of ours, or of another plugin, says what only they can know
            self.remark(said.text, who, problem=problem or said.partial)
            return
        self.add(said.model_copy(update={"who": who}), partial=problem or said.partial)
