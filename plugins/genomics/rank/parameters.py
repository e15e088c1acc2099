"""The few numbers of the model. How they were found: docs/rare-disease.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """Found by coordinate search on the phenopackets of `dev_all` (at most three a disease; likelihood of the diagnosis and
    reciprocal rank, together with halved, noisy and imprecise copies, and with each case's own papers left out).

    unstated        frequency of a finding whose annotation states none
    study           how many patients' worth of doubt a counted frequency gets (towards `expected`)
    expected        the frequency to which counts are drawn
    cap             no finding is surer than this
    specialise      cost of reading a finding from an annotation that is more general, per unit of information content
    noise           likelihood ratio of a finding that nothing of a well-described disease explains
    blank           how many annotated findings outweigh not knowing a disease
    kin             share of what kin tell that a disease without findings of its own takes over
    own             number of own findings at which kin count half
    named           frequency given to a finding that the disease's own name tells
    told            chance that a finding a patient has is told at all
    silence         weight of what is annotated and not told
    absence         weight of findings that were looked for and are absent
    least_absent    likelihood ratio of an absent finding that the disease always has
    overlap         how much findings that imply alike count once rather than twice, 0 to 1
    background      least frequency of any finding among all diseases
    sharpness       posterior ∝ exp(sharpness · findings ** -blur · score): findings of one patient are not independent,
    blur            and the more there are the more they repeat each other
    """

    unstated: float = 0.5
    study: float = 1.0
    expected: float = 0.5
    cap: float = 0.98
    specialise: float = 1.0
    noise: float = 0.05
    blank: float = 0.5
    kin: float = 0.8
    own: float = 8.0
    kin_mass: float = 1.0
    named: float = 0.5
    told: float = 0.2
    silence: float = 1.0
    absence: float = 1.0
    least_absent: float = 0.05
    overlap: float = 0.0
    background: float = 1e-4
    sharpness: float = 0.5
    blur: float = 0.0
    name_power: float = 3.0
    gene_weight: float = 1.0
