"""The resolvers of the built-in kinds of addresses. (That of VCF records comes with genomics, through the hook.)"""

from __future__ import annotations

from ..registry import LocatorKind
from .case_text import resolve_case_text
from .computation import resolve_computation
from .fhir import resolve_fhir
from .graph import resolve_graph
from .image import resolve_image
from .text import resolve_text

BUILT_IN = (
    LocatorKind("text", resolve_text),
    LocatorKind("graph", resolve_graph),
    LocatorKind("case_text", resolve_case_text),
    LocatorKind("fhir", resolve_fhir),
    LocatorKind("image", resolve_image),
    LocatorKind("computation", resolve_computation),
)
