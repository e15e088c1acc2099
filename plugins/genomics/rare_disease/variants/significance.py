"""What ClinVar's INFO fields say of a variant (CLNSIG, CLNSIGCONF, CLNREVSTAT, GENEINFO, CLNDISDB)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .variant import Classification, evidence_share

_CLASSES: dict[str, Classification] = {
    "pathogenic": "pathogenic",
    "likely_pathogenic": "likely pathogenic",
    "uncertain_significance": "uncertain",
    "likely_benign": "likely benign",
    "benign": "benign",
}
_STARS = (
    ("practice_guideline", 4),
    ("reviewed_by_expert_panel", 3),
    ("criteria_provided,_multiple_submitters", 2),
    ("criteria_provided", 1),
)
"""Start of CLNREVSTAT and ClinVar's stars (ncbi.nlm.nih.gov/clinvar/docs/review_status); anything else has none."""
TRUST = (0.5, 0.75, 1.0, 1.0, 1.0)
"""By stars: the power to which the evidence of a class is raised. Judgement: an assertion of one submitter counts three
quarters of its log, one without criteria half."""
_CONFLICT = re.compile(r"([A-Za-z_]+)(?:,_low_penetrance)?\((\d+)\)")
_OMIM = re.compile(r"\bOMIM:(\d{6})\b")
_ORPHANET = re.compile(r"\bOrphanet:(?:ORPHA)?:?(\d+)\b")


@dataclass(frozen=True)
class Assertion:
    """ClinVar's aggregate for one allele. `trust` as in `variant.Variant`; `genes` are all that the allele touches."""

    classification: Classification
    stars: int
    trust: float
    genes: tuple[str, ...]
    diseases: tuple[str, ...]


def assertion(info: Mapping[str, str]) -> Assertion:
    """`not assessed` for what is no germline class (drug response, risk factor, low penetrance, not provided)."""
    stars = next((n for start, n in _STARS if info.get("CLNREVSTAT", "").startswith(start)), 0)
    classification = _classification(info.get("CLNSIG", ""))
    trust = TRUST[stars]
    if classification == "conflicting":
        counts = {_class_of(name): 0 for name, _ in _CONFLICT.findall(info.get("CLNSIGCONF", ""))}
        for name, number in _CONFLICT.findall(info.get("CLNSIGCONF", "")):
            counts[_class_of(name)] += int(number)
        # who holds which view is not reported in every release; nothing is counted then
        trust *= evidence_share(counts) if sum(counts.values()) else 0.0
    listed = info.get("CLNDISDB", "")
    diseases = [f"OMIM:{n}" for n in _OMIM.findall(listed)] + [f"ORPHA:{n}" for n in _ORPHANET.findall(listed)]
    genes = [part.partition(":")[0] for part in info.get("GENEINFO", "").split("|") if part not in ("", ".")]
    return Assertion(classification, stars, trust, tuple(genes), tuple(dict.fromkeys(diseases)))


def _class_of(word: str) -> Classification:
    return _CLASSES.get(word.strip("_").lower(), "not assessed")


def _classification(text: str) -> Classification:
    """Of `Pathogenic/Likely_pathogenic|risk_factor`: what stands before the first bar or `,_` is the germline class."""
    if text.startswith("Conflicting"):
        return "conflicting"
    first = re.split(r"\||,_?(?!_?low_penetrance)", text, maxsplit=1)[0]
    found = {_class_of(word) for word in first.split("/")} - {"not assessed"}
    if found == {"pathogenic", "likely pathogenic"}:
        return "pathogenic or likely pathogenic"
    if found == {"benign", "likely benign"}:
        return "likely benign"
    return found.pop() if len(found) == 1 else "not assessed"
