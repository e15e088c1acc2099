"""The few numbers of the model. How they were found, and how much that flatters: docs/rare-disease-model.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """Found by random search on the phenopackets of `dev_all` (at most three patients a disease; as told, with halved,
    noisy and imprecise findings, and without the case's own papers). Maximised were the reciprocal rank and, a little, the
    likelihood of the diagnosis. A second search had 300 pseudo-patients of other diseases beside them, drawn from the counts
    of one paper each and ranked without it; a weighted mean of both is kept. Two were set by judgement: `absence`, since
    published cohorts list as absent what others with the disease have (they want 0.2), and `enough`, since clinicians tell
    fewer findings than papers do (35 textbook patients of four or five findings).

    unstated        frequency of a finding whose annotation states none
    study           how many patients' worth of doubt a counted frequency gets, towards `expected`
    expected        the frequency to which counts are drawn
    cap             no finding is surer than this
    specialise      cost of reading a finding from an annotation that is more general, per nat of information content
    noise           likelihood ratio of a finding that nothing explains, for a disease that is well described
    blank           how many findings of its own outweigh that a disease may be described badly
    kin             share of what kin tell that a disease without findings of its own takes over
    own             number of own findings at which kin count half
    kin_mass        weights of kin that together count as a full opinion
    named           frequency given to a finding that the disease's own name tells
    told            chance that a finding which a patient has is reported
    silence         weight of what is annotated and not reported
    enough          findings of a patient from which on silence counts fully (below: by the square root of the share)
    absence         weight of findings that were looked for and are absent
    least_absent    the least that 1 - frequency of an absent finding can be
    overlap         how much findings that imply alike count once rather than twice, 0 to 1
    background      least frequency of any finding among all diseases
    sharpness       posterior ∝ exp(sharpness · findings ** -blur · score): findings of one patient are not independent,
    blur            and the more there are, the more they repeat each other
    name_power      how fast likeness of names loses weight (`relatives`)
    gene_weight     what a shared gene counts beside a shared name (`relatives`)
    """

    unstated: float = 0.12
    study: float = 3.2
    expected: float = 0.034
    cap: float = 0.9
    specialise: float = 2.7
    noise: float = 0.11
    blank: float = 0.073
    kin: float = 0.95
    own: float = 13.0
    kin_mass: float = 0.54
    named: float = 0.54
    told: float = 0.16
    silence: float = 1.7
    enough: float = 10.0
    absence: float = 0.4
    least_absent: float = 0.064
    overlap: float = 0.77
    background: float = 4.5e-05
    sharpness: float = 2.0
    blur: float = 0.5
    name_power: float = 4.2
    gene_weight: float = 1.1
