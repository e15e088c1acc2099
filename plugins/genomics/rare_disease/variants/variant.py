"""A variant of the patient as a laboratory or ClinVar classifies it, and how strong that evidence is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from typing import Literal, get_args

from bedside.core.errors import UsageError

Classification = Literal[
    "pathogenic",
    "pathogenic or likely pathogenic",
    "likely pathogenic",
    "conflicting",
    "uncertain",
    "likely benign",
    "benign",
    "not assessed",
]
Zygosity = Literal["heterozygous", "homozygous", "hemizygous", "unknown"]
Origin = Literal["unknown", "de novo", "maternal", "paternal"]

_PRIOR = 0.10
_PATHOGENIC, _LIKELY = (p / (1 - p) / (_PRIOR / (1 - _PRIOR)) for p in (0.99, 0.90))
_ODDS = {
    "pathogenic": _PATHOGENIC,
    "pathogenic or likely pathogenic": exp((log(_PATHOGENIC) + log(_LIKELY)) / 2),
    "likely pathogenic": _LIKELY,
    "conflicting": _PATHOGENIC,
}
"""The evidence that earns a class: what lifts pathogenicity from a prior of 0.10 to the 0.99 or 0.90 at which the class
begins (Tavtigian et al. 2018, PMID:29300386), 891 and 81. Near the 1,000 that LIRICAL gives a pathogenic variant of ClinVar
(Robinson et al. 2020, PMID:32755546). An uncertain variant begins where the prior lies: 1. Where assertions conflict,
`trust` is the share of evidence that is left."""
_DE_NOVO = 18.7
"""Strong evidence (PS2) by the same paper. Only for uncertain variants: that of the others may rest on it already."""
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9._@-]*")


@dataclass(frozen=True)
class Variant:
    """`gene` is the symbol. `name` is what people call the variant (HGVS, or chrom-pos-ref-alt). `trust`, 0 to 1, is the
    power to which the evidence of its class is raised: below 1 where the review behind it is thin. `source` says who
    classified it (`ClinVar VCV000016451, 2 stars`), `url` where that can be read. `phase` is the same text for variants that
    lie on the same copy of the chromosome, empty where that is not known. `diseases` are those for which it was classified
    (`OMIM:154700`): told, not counted, since many entries name only some of a gene's diseases. `known_as` are the places
    and HGVS texts by which it is known again (`distinct`), `listed` is the file that gives it.

    Raises `UsageError` for values that make no sense.
    """

    gene: str
    classification: Classification
    zygosity: Zygosity = "unknown"
    origin: Origin = "unknown"
    name: str = ""
    source: str = ""
    url: str = ""
    trust: float = 1.0
    phase: str = ""
    diseases: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    listed: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "gene", symbol(self.gene))
        object.__setattr__(self, "name", _plain(self.name))
        object.__setattr__(self, "source", _plain(self.source))
        for field, known in (("classification", Classification), ("zygosity", Zygosity), ("origin", Origin)):
            if getattr(self, field) not in get_args(known):
                words = ", ".join(get_args(known))
                raise UsageError(f"the {field} of a variant is not known here", hint=f"one of: {words}")
        if not 0 <= self.trust <= 1:
            raise UsageError("the trust in a variant's class is not between 0 and 1", hint="1: in full, 0: not at all")

    @property
    def odds(self) -> float:
        """How much likelier the variant is to be pathogenic than any variant of the gene was; 1 where it counts nothing."""
        if self.classification == "uncertain" and self.origin == "de novo":
            return float(_DE_NOVO)
        return float(_ODDS.get(self.classification, 1.0) ** self.trust)

    def together(self, other: Variant) -> bool:
        """Whether both are known to lie on the same copy, so that the other copy is untouched."""
        return bool(self.phase and self.phase == other.phase) or (
            self.origin == other.origin and self.origin in ("maternal", "paternal")
        )

    def told(self, disease_id: str = "") -> str:
        """`heterozygous c.1129C>T, pathogenic (ClinVar VCV000016451, 2 stars, for this disease)`"""
        zygosity = "zygosity not given, counted as one copy:" if self.zygosity == "unknown" else self.zygosity
        origin = f", {self.origin}" if self.origin != "unknown" else ""
        named = ""
        if self.diseases and disease_id:
            named = f"for {'this' if disease_id in self.diseases else 'another'} disease"
        where = ", ".join(part for part in (self.source, named, self.url) if part)
        return f"{zygosity} {self.name or 'variant'}{origin}, {self.classification}{f' ({where})' if where else ''}"


def _plain(text: str) -> str:
    """Without control characters (a terminal obeys them, XML forbids them) and marks that turn the direction of writing."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def symbol(text: str) -> str:
    """A gene symbol. Raises `UsageError`."""
    out = text.strip().removeprefix("GENE:")
    if not _SYMBOL.fullmatch(out):
        raise UsageError("a gene given is no gene symbol", hint="give HGNC symbols: FBN1,TGFBR2")
    return out


def evidence_share(counts: Mapping[Classification, int]) -> float:
    """`trust` of conflicting assertions: the mean of their log evidence against that of as many pathogenic ones."""
    total = sum(counts.values())
    return sum(n * log(_ODDS.get(c, 1.0)) for c, n in counts.items() if c != "conflicting") / (total * log(_PATHOGENIC))
