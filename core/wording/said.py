"""Words of the string table that remember what they say: a text for whoever shows it, a code for whoever words it anew."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Plain = str | int | float


class Said(str):
    """A text with its `code` and `params`. A parameter that is no plain value, such as an error, is kept as its text."""

    __slots__ = ("code", "params")
    code: str
    params: dict[str, Plain]

    def __new__(cls, text: str, code: str = "", params: Mapping[str, object] = MappingProxyType({})) -> Said:
        """`params` are those of the code's words. A template may call a text's type with another text: that has no code."""
        said = super().__new__(cls, text)
        said.code = code
        said.params = {k: v if isinstance(v, (str, int, float)) else str(v) for k, v in params.items()}
        return said

    def __getnewargs__(self) -> tuple[str, str, dict[str, Plain]]:  # type: ignore[override]
        """For pickle and copy."""
        return str(self), self.code, self.params
