"""Star alleles: which alleles of a pharmacogene a VCF shows, what could not be read, and the phenotype that follows.

`call_file` is the way in. The rules are those of the PharmCAT definitions (`definitions`), read from a folder of files.
"""

from __future__ import annotations

from .calls import GeneCall, MissingPosition, SampleCalls, Undocumented, VariantSite
from .definitions import Definitions, load_definitions
from .outside_calls import OutsideCall, read_outside
from .sample_caller import call_file

__all__ = [
    "Definitions",
    "GeneCall",
    "MissingPosition",
    "OutsideCall",
    "SampleCalls",
    "Undocumented",
    "VariantSite",
    "call_file",
    "load_definitions",
    "read_outside",
]
