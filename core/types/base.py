"""The common base of everything that crosses a boundary: frozen, strict about unknown fields, JSON in and out."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator

from ..own_kinds import PATTERN
from ..wording.said import Said

SCHEMA_VERSION = "1"
"""Version of the published JSON Schemas. Raised when a field is removed or changes its meaning, not when one is added."""


class Frozen(BaseModel):
    # built at first use: most commands need few of the types, and `bedside --help` none
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _keep_code(value: Any, check: ValidatorFunctionWrapHandler) -> str:
    text: str = check(value)
    return value if type(value) is Said else text


Words = Annotated[str, WrapValidator(_keep_code)]
"""A text that keeps the code of its words (`Said`) until it is written out."""

OwnKind = Annotated[str, Field(pattern=f"^{PATTERN}$")]
"""A kind of a plugin's own: `plugin:kind`."""


def content_id(prefix: str, *parts: Any) -> str:
    """A stable id: `prefix` plus 16 hex digits of the SHA-256 over the canonical JSON of `parts`."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{prefix}_{hashlib.sha256(canonical.encode()).hexdigest()[:16]}"
