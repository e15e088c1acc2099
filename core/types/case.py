"""What is asked, what is known of the patient, and what was read from both."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from .base import Frozen, OwnKind, Words
from .context import Certainty, Cue, Experiencer, PatientContext, Temporality

MAX_QUESTION_CHARS = 10_000

MentionKind = Literal["drug", "gene", "phenotype", "disease", "pgx_phenotype", "diplotype", "activity_score", "variant"]
"""Kinds of what a text names; a plugin's own are written `plugin:kind`. `phenotype` is an HPO term; `pgx_phenotype` is
CPIC's word for what a gene means for a person (Poor Metabolizer, *57:01 negative); `activity_score` is that of a gene's
diplotype as it is given, named by its number ("0.5", "≥3.0")."""


class CaseText(Frozen):
    """Free text of the case. `origin` is the file it came from, or `question`."""

    origin: str
    text: str


FileKind = Literal["VCF", "BCF", "DICOM", "NIfTI", "PNG", "JPEG"]
"""Kinds of case files that Bedside recognises; a plugin's own are written `plugin:kind`."""


class CaseFile(Frozen):
    """A file of the case that a specialist reads itself, of a `FileKind` or of a plugin's own. Only `name` and `kind` are
    for a reader.

    `offers` is the need that it meets (`vcf`, `image`, `plugin:kind`). `path` is where it lies on this machine: never
    printed, never stored with an answer, so that a stored case has none."""

    name: str
    kind: FileKind | OwnKind
    offers: str = ""
    path: Path | None = Field(default=None, exclude=True, repr=False)

    @property
    def need(self) -> str:
        """What a task must ask for to be consulted for this file (`core.task.Need`)."""
        return self.offers or ("vcf" if self.kind in ("VCF", "BCF") else "image")


class Case(Frozen):
    """What is known of the patient. Everything is optional; nothing absent is taken as normal.

    `texts` are notes, `drugs` names of drugs that are taken, `fhir` resources, `files` what a specialist reads itself
    (images, variants). `phenotypes` and `excluded_phenotypes` are HPO ids; they hold those of `phenopackets` too, which are
    kept whole for what else they say."""

    texts: tuple[CaseText, ...] = ()
    phenotypes: tuple[str, ...] = ()
    excluded_phenotypes: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    fhir: tuple[dict[str, Any], ...] = ()
    phenopackets: tuple[dict[str, Any], ...] = ()
    files: tuple[CaseFile, ...] = ()


class Question(Frozen):
    """A question as it was asked, with the `case` it is asked of. `id` is the caller's own, returned with the answer."""

    text: str
    case: Case = Field(default_factory=Case)
    id: str | None = None


class Mention(Frozen):
    """A span of text that names a concept: characters `start` to `end` of the text that `origin` names, `negated` where
    denied.

    `id` is the grounded identifier (`HP:0001166`, `HGNC:2625` or the symbol's node id, `RXNORM:2670`, `OMIM:154700`),
    `name` the preferred name, `text` the words as written. `how` says how the words were matched; a `fuzzy` match is always
    reported to the reader. `gene` is set on `pgx_phenotype`, `diplotype` and `activity_score` mentions when the text
    ties them to a gene.
    `related` holds further ids of the same concept (drug ATC codes, alternative ids). `experiencer`, `certainty` and
    `temporality` say whose it is, whether and when; `cues` are the words they rest on. What is not positively the patient's
    is not `used`."""

    kind: MentionKind | OwnKind
    id: str
    name: str
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    origin: str = "question"
    negated: bool = False
    how: Literal["exact", "synonym", "brand", "fuzzy", "given"] = "exact"
    gene: str | None = None
    related: tuple[str, ...] = ()
    experiencer: Experiencer = "patient"
    certainty: Certainty = "certain"
    temporality: Temporality = "current"
    cues: tuple[Cue, ...] = ()

    @property
    def used(self) -> bool:
        """May a task take it as the patient's, present (or, where `negated`, denied)?"""
        return self.experiencer == "patient" and self.certainty == "certain" and self.temporality != "hypothetical"


class Facts(Frozen):
    """Everything that reading found: `mentions` in order of appearance; `unread` says what could not be read, and why.
    `patient` is what was read of the patient from coded resources and text. `lookup_failed`: the names could not be looked
    up at all, so that an empty `mentions` means nothing."""

    mentions: tuple[Mention, ...] = ()
    unread: tuple[Words, ...] = ()
    lookup_failed: bool = False
    patient: PatientContext = Field(default_factory=PatientContext)

    def of(self, kind: MentionKind | str, *, negated: bool = False) -> tuple[Mention, ...]:
        """The used mentions of one kind, each concept once, affirmed ones unless `negated`."""
        seen: dict[tuple[str, str | None], Mention] = {}
        for mention in self.mentions:
            if mention.kind == kind and mention.negated == negated and mention.used:
                seen.setdefault((mention.id, mention.gene), mention)
        return tuple(seen.values())
