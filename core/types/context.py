"""The patient context: what was read of the patient, each fact with the address it was read at and how it is asserted.

Nothing absent is taken as normal: a field that is None, and a list that is empty, say that nothing was read.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from .base import Frozen

Experiencer = Literal["patient", "relative", "other"]
"""Whose it is (ConText's experiencer). `other`: a donor, a partner, another patient, people in general."""
Certainty = Literal["certain", "uncertain"]
"""`uncertain`: suspected, feared, preliminary, contradicted, or not looked at."""
Temporality = Literal["current", "historical", "hypothetical"]
"""`historical`: was so, and is said to be over or of the past; `hypothetical`: planned, expected or supposed."""
Sex = Literal["female", "male", "other"]
MedicationStatus = Literal[
    "active", "on-hold", "completed", "stopped", "intended", "draft", "not-taken", "entered-in-error", "unknown"
]
"""FHIR's states of MedicationRequest and MedicationStatement together; `cancelled` counts as `stopped`."""
ResultStatus = Literal[
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"
]
"""FHIR's states of an Observation. A DiagnosticReport's `partial` counts as `preliminary`, its `appended` as `amended`."""
AbsentReason = Literal["unknown", "not-performed", "not-asked", "error", "masked", "unsupported", "not-applicable"]
"""Why an observation has no value, after FHIR's dataAbsentReason. Never to be read as normal."""


class TextAddress(Frozen):
    """Characters `start` to `end` (Python indices) of a text of the case; `origin` is its file, or `question`."""

    kind: Literal["case_text"] = "case_text"
    origin: str = "question"
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class FhirAddress(Frozen):
    """An element of a FHIR resource of the case: `reference` (`Observation/f001`) and `path` (`valueQuantity.value`); an
    empty path is the whole resource."""

    kind: Literal["fhir"] = "fhir"
    reference: str
    path: str = ""


Address = Annotated[TextAddress | FhirAddress, Field(discriminator="kind")]
"""Where a fact stands in what was given. Each opens: evidence at the same address quotes it."""


class Cue(Frozen):
    """The words that an assertion rests on: "denies" for a negation, "his mother" for an experiencer."""

    text: str
    category: Literal["negation", "uncertainty", "experiencer", "temporality", "status"]
    address: Address


class Coding(Frozen):
    """One `code` of a code `system` (its URI, `http://loinc.org`), with the `display` that was given for it."""

    system: str = ""
    code: str = ""
    display: str = ""


class Concept(Frozen):
    """What a coded element names: `name` for people, `codings` as they were given, `id` our identifier where it was grounded
    (`HP:0001250`, `RXNORM:2670`, `OMIM:154700`)."""

    name: str
    id: str = ""
    codings: tuple[Coding, ...] = ()


class Quantity(Frozen):
    """A number (`value`) with its UCUM `unit` ("mg/dL"; "1" for a bare number). `comparator` is "<" for "less than 5"."""

    value: float
    unit: str = ""
    comparator: Literal["", "<", "<=", ">", ">="] = ""

    @field_validator("value")
    @classmethod
    def _finite(cls, value: float) -> float:
        if not math.isfinite(value):
            raise ValueError("a quantity is a finite number")
        return value


class Fact(Frozen):
    """What all facts have.

    `address` is where the fact stands, `date` when it held (ISO 8601, as precise as was given). `experiencer` is whose it
    is, `certainty` whether, `temporality` when; `cues` are the words that these rest on. A fact counts for the patient only
    where it is the patient's, certain, current and not `negated`: `holds`."""

    address: Address
    experiencer: Experiencer = "patient"
    certainty: Certainty = "certain"
    temporality: Temporality = "current"
    negated: bool = False
    date: str | None = None
    cues: tuple[Cue, ...] = ()

    @property
    def holds(self) -> bool:
        """Is it positively the patient's, now?"""
        return (
            self.experiencer == "patient"
            and self.certainty == "certain"
            and self.temporality == "current"
            and not self.negated
        )


class Condition(Fact):
    """A disease or problem (`concept`), or, where `negated`, the statement that it is not there. `status` is FHIR's
    clinical and verification status in one; `onset_age_years` is given where it began at a known age. A relative's
    (`experiencer`) says by `relationship` who that is (mother)."""

    concept: Concept
    relationship: Concept | None = None
    status: Literal["active", "resolved", "refuted", "entered-in-error", "unknown"] = "unknown"
    onset_age_years: float | None = Field(default=None, ge=0)

    @property
    def holds(self) -> bool:
        return super().holds and self.status in ("active", "unknown")


class Medication(Fact):
    """A drug (`concept`) that is taken, ordered or was, as `status` says. `ingredients` are all substances of a combination,
    `dose` is what is taken at a time."""

    concept: Concept
    status: MedicationStatus = "unknown"
    ingredients: tuple[Concept, ...] = ()
    dose: Quantity | None = None

    @property
    def holds(self) -> bool:
        return super().holds and self.status in ("active", "unknown")


class Allergy(Fact):
    """An allergy or intolerance to a substance (`concept`), in force as `status` says, with its `reactions` and their
    `severity`. `negated`: "no known allergy to …"."""

    concept: Concept
    status: Literal["active", "inactive", "resolved", "refuted", "entered-in-error", "unknown"] = "unknown"
    reactions: tuple[Concept, ...] = ()
    severity: Literal["mild", "moderate", "severe", "unknown"] = "unknown"

    @property
    def holds(self) -> bool:
        return super().holds and self.status in ("active", "unknown")


class Observation(Fact):
    """A measurement or an answer of what `concept` names, as final as `status` says: `value` is a quantity, a concept, or
    text; exactly one, unless `absent` says why there is none.

    `low` and `high` are the reference range in the unit of the value.
    """

    concept: Concept
    status: ResultStatus = "unknown"
    value: Quantity | Concept | str | None = None
    absent: AbsentReason | None = None
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _one(self) -> Observation:
        if self.value is not None and self.absent is not None:
            raise ValueError("an observation with a value has no reason for its absence")
        return self

    @property
    def holds(self) -> bool:
        return super().holds and self.value is not None and self.status in ("final", "amended", "corrected")


class Immunization(Fact):
    """A vaccine (`concept`) that was given, or, where `negated`, was not, as `status` says."""

    concept: Concept
    status: Literal["completed", "not-done", "entered-in-error", "unknown"] = "unknown"

    @property
    def holds(self) -> bool:
        return super().holds and self.status == "completed"


class Procedure(Fact):
    """What was done to the patient (`concept`), is being done or is planned, as `status` says."""

    concept: Concept
    status: Literal[
        "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"
    ] = "unknown"

    @property
    def holds(self) -> bool:
        return super().holds and self.status in ("in-progress", "completed")


class Document(Fact):
    """A document of the record: its kind (`concept`), `title` and `content_type` (`text/plain`).

    `status` is that of the reference to it, `written` that of its text ("" where it is not given). The text of a current,
    final document in plain text is a text of the case; of any other only these are known."""

    concept: Concept
    title: str = ""
    content_type: str = ""
    status: Literal["current", "superseded", "entered-in-error", "unknown"] = "unknown"
    written: Literal["", "preliminary", "final", "amended", "entered-in-error"] = ""

    @property
    def holds(self) -> bool:
        return super().holds and self.status == "current" and self.written in ("", "final", "amended")


class Report(Fact):
    """A diagnostic report of what `concept` names, as final as `status` says. `conclusion` is its text as it stands,
    `conclusion_codes` are what it was coded as. Nothing is read out of the conclusion: results are facts of their own."""

    concept: Concept
    status: ResultStatus = "unknown"
    conclusion: str = ""
    conclusion_codes: tuple[Concept, ...] = ()

    @property
    def holds(self) -> bool:
        return super().holds and self.status in ("final", "amended", "corrected")


class Series(Fact):
    """One code (`concept`) over time: at least two observations of the patient in one `unit`. `points` are (date, value),
    oldest first; `slope` is per day, by least squares, in `unit`/d; None where the dates do not allow one."""

    concept: Concept
    unit: str
    points: tuple[tuple[str, float], ...] = Field(min_length=2)
    slope: float | None = None

    @property
    def last(self) -> float:
        """The newest value."""
        return self.points[-1][1]


class Genotype(Fact):
    """A genetic result in `gene`, as final as `status` says: `result` is a diplotype (`*1/*4`), a phenotype (`Poor
    Metabolizer`), an allele's carriage (`*57:01 positive`) or a variant, as `form` says."""

    gene: str = Field(min_length=1)
    result: str = Field(min_length=1)
    form: Literal["diplotype", "phenotype", "activity_score", "allele", "variant"]
    status: ResultStatus = "unknown"

    @property
    def holds(self) -> bool:
        return super().holds and self.status in ("final", "amended", "corrected", "unknown")


class Finding(Fact):
    """A phenotypic finding; `concept` has its HPO id."""

    concept: Concept


class Person(Frozen):
    """Who the patient is: `age_years` (at death, for the dead), `sex`, `weight_kg`, whether `pregnant` or `lactating`,
    `birth_date` (ISO 8601) and whether `deceased`. Each value has the address it was read at in `addresses`, by the field's
    name; None says that nothing was read."""

    age_years: float | None = Field(default=None, ge=0, le=130)
    sex: Sex | None = None
    weight_kg: float | None = Field(default=None, gt=0)
    pregnant: bool | None = None
    lactating: bool | None = None
    birth_date: str | None = None
    deceased: bool | None = None
    addresses: dict[str, Address] = Field(default_factory=dict)


class PatientContext(Person):
    """Everything that was read of the patient, and of those spoken of with the patient; `Fact.holds` says what counts.

    `conditions`, `medications`, `allergies`, `observations`, `genotypes`, `findings`, `immunizations`, `procedures`,
    `documents` and `reports` are facts in the order they were read, also those that do not hold; `series` are the
    observations of one code over time."""

    conditions: tuple[Condition, ...] = ()
    medications: tuple[Medication, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    observations: tuple[Observation, ...] = ()
    series: tuple[Series, ...] = ()
    genotypes: tuple[Genotype, ...] = ()
    findings: tuple[Finding, ...] = ()
    immunizations: tuple[Immunization, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    documents: tuple[Document, ...] = ()
    reports: tuple[Report, ...] = ()
