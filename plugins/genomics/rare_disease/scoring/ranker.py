"""Ranks diseases for a patient: the one door to this folder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..patient.context import Context
from .likelihoods import Findings
from .results import DiseaseRanking, NextFinding, RankedDisease
from .score import DiseaseScorer

if TYPE_CHECKING:
    import numpy as np
    from bedside.core import Services
    from numpy.typing import NDArray

    from ..model.load_annotations import Progress

SHOWN = 50


@dataclass(frozen=True)
class Patient:
    """What is known. `observed` and `excluded` are HPO ids; `without` are publications (`PMID:123`) whose annotations do not
    count (the case's own, when the ranking itself is being judged)."""

    observed: Sequence[str] = ()
    excluded: Sequence[str] = ()
    case_id: str = ""
    context: Context = field(default_factory=Context)
    without: Collection[str] = ()


class Ranker:
    """Make it with `Ranker.open`. One thread at a time."""

    def __init__(self, scorer: DiseaseScorer) -> None:
        self.scorer = scorer
        self._same = scorer.model.repeats
        self._also: dict[int, list[str]] = {}
        for entry, disease in enumerate(self._same.tolist()):
            if disease >= 0:
                self._also.setdefault(disease, []).append(scorer.annotations.diseases[entry])

    @classmethod
    def open(cls, services: Services, progress: Progress = lambda stage, done, total: None) -> Ranker:
        """The ranker of what is loaded. The first time after a load it is worked out, which takes about half a minute."""
        from ..model.model_file import open_scorer

        return cls(open_scorer(services, progress))

    @property
    def candidates(self) -> int:
        """How many diseases share the posterior, each as likely as any other beforehand; entries that repeat another
        catalogue's are none."""
        return int((self._same < 0).sum())

    def rank(self, patient: Patient, *, top: int = SHOWN, reasons: int = 0, following: int = 0) -> DiseaseRanking:
        """The `top` diseases; for the first `reasons` of them why; and the `following` findings that would tell the leading
        ones apart.

        Every disease is as likely as any other beforehand. Without any finding that is known, no disease is ranked and a
        note says so.
        """
        import numpy as np

        s = self.scorer
        observed, unread = s.ontology.known(patient.observed)
        excluded, unread_too = s.ontology.known(patient.excluded)
        names = s.ontology.ids
        told: dict[str, Any] = {
            "observed": tuple(names[t] for t in observed),
            "excluded": tuple(names[t] for t in excluded),
            "unread": tuple(dict.fromkeys((*unread, *unread_too))),
        }
        both = [names[t] for t in observed if t in set(excluded)]
        notes = [f"{id_} is given as present and as absent and was not used" for id_ in both]
        findings = s.findings(observed, excluded)
        if not findings.observed:
            notes.append("no finding that is present was given; diseases can't be ranked by absent findings alone")
            return DiseaseRanking(patient.case_id, (), notes=tuple(notes), **told)
        context, said = patient.context.ratios(s)
        by_findings, besides = s.scores(findings, patient.without), context.total(s.diseases)
        score = by_findings + besides
        power = self.tempering(findings)
        # what is known besides the findings does not repeat them: it counts fully
        weight = np.where(self._same >= 0, -np.inf, power * by_findings + besides)
        posterior = np.exp(weight - weight.max())
        posterior = posterior / posterior.sum()
        order = self._order(weight, top)
        diseases = [self._disease(d, posterior, score, ()) for d in order]
        if reasons:
            from .explain import Explainer

            explainer = Explainer(s, findings, patient.without)
            for place, d in enumerate(order[:reasons]):
                why = (*explainer.reasons(d), *context.reasons(d))
                diseases[place] = self._disease(d, posterior, score, why)
        following_: tuple[NextFinding, ...] = ()
        if following:
            from .next_findings import next_findings

            following_ = next_findings(s, findings, order[:20], posterior, following)
        return DiseaseRanking(
            patient.case_id,
            tuple(diseases),
            notes=(*notes, *said),
            rest=max(0.0, 1.0 - sum(d.posterior for d in diseases)),
            next_findings=following_,
            tempering=power,
            **told,
        )

    def tempering(self, findings: Findings) -> float:
        """The power to which the product of the findings' likelihood ratios is taken: they repeat each other. At most 1."""
        p = self.scorer.p
        return float(min(1.0, p.sharpness * len(findings.observed) ** -p.blur))

    def _order(self, weight: NDArray[np.float64], top: int) -> list[int]:
        """The `top` heaviest, equal ones by id. Entries that repeat another catalogue's are none."""
        import numpy as np

        count = min(top, self.candidates)
        some = np.argpartition(-weight, count - 1)[:count] if count < len(weight) else np.arange(len(weight))
        ids = self.scorer.annotations.diseases
        finite = [d for d in some.tolist() if np.isfinite(weight[d])]
        return sorted(finite, key=lambda d: (-round(float(weight[d]), 9), ids[d]))

    def _disease(self, d: int, posterior: NDArray[np.float64], score: NDArray[np.float64], reasons: Any) -> RankedDisease:

        a = self.scorer.annotations
        return RankedDisease(
            disease_id=a.diseases[d],
            name=a.disease_names[d],
            posterior=float(posterior[d]),
            score=float(score[d]),
            genes=a.genes[d],
            also=tuple(self._also.get(d, ())),
            reasons=tuple(reasons),
        )
