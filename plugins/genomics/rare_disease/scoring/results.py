"""What a ranking says, for people and machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

How = Literal["annotated", "more_specific", "more_general", "related", "kin", "name", "unexplained", "absent", "context"]
"""Why a finding counts for a disease: it is annotated as such; something more specific is, which implies it; something more
general is; something else of the same kind is; it is reported of kin; it is in the disease's name; nothing explains it; it
was looked for and is absent; or it is no finding but something else that is known of the patient."""


@dataclass(frozen=True)
class FindingSupport:
    """One annotation line: the finding it names, its frequency in words, publications, and the id under which it opens.

    `disease_id` is whose annotation it is: the ranked disease's own, or a relative's.
    """

    edge_id: str
    term_id: str
    term: str
    frequency: str
    references: tuple[str, ...]
    disease_id: str


class ContextWords(NamedTuple):
    """What is known of the patient besides findings, and what is known of the disease that it is held against."""

    patient: str
    disease: str = ""


@dataclass(frozen=True)
class Reason:
    """How much one finding speaks for (above 1) or against (below 1) a disease.

    `likelihood_ratio` = P(finding | disease) / P(finding), after the discount for findings that say the same. `frequency` is
    P(finding | disease) where it is known. `words` are those of a context, whose `term` is both parts of them.
    """

    term_id: str
    term: str
    excluded: bool
    likelihood_ratio: float
    how: How
    frequency: float | None = None
    support: tuple[FindingSupport, ...] = ()
    words: ContextWords | None = None


@dataclass(frozen=True)
class RankedDisease:
    """`score` is the natural log of the product of all likelihood ratios, that of the silence (what is annotated and was not
    told) among them. `also` are other catalogues' entries for the same disease, or for the group it belongs to."""

    disease_id: str
    name: str
    posterior: float
    score: float
    genes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class NextFinding:
    """A finding to look for: `gain` is the expected fall of the uncertainty among the diseases, in bits.

    `frequencies` are P(finding | disease) of the leading ones, in their order.
    """

    term_id: str
    term: str
    gain: float
    frequencies: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class DiseaseRanking:
    """`diseases` best first. `unread` are ids that are no findings of the loaded ontology; `notes` is what else to know.

    `rest` is the posterior of all the diseases not listed, together. `tempering` is the power to which the findings'
    likelihood ratios (not the context's) are taken before they become posteriors.
    """

    case_id: str
    diseases: tuple[RankedDisease, ...]
    observed: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rest: float = 0.0
    next_findings: tuple[NextFinding, ...] = field(default=())
    tempering: float = 1.0
