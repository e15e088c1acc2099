"""One file, one sample or many: calls, CPIC's words for them, and what follows for drugs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import CaseError, ServiceError

from .flat_folder import flat_folder
from .guidance import GuidanceTables
from .loaded import gene_changes
from .quotes import LineQuotes
from .recommend import DrugRecommendation, recommend, unassessed_drugs
from .results import GeneResult, results_of

if TYPE_CHECKING:
    from bedside.core import Services
    from bedside.core.types import SourceFiles

    from ..named_alleles import Definitions, OutsideCall, SampleCalls
    from .medications import Given
    from .person import Person

PHARMCAT = "pharmcat"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# HLA and mitochondrial alleles and factor V come from other tests, but CPIC has lines or guidelines for them.
OTHER_GENES = ("F5", "HLA-A", "HLA-B", "MT-RNR1")


@dataclass(frozen=True)
class Assessment:
    """What came of one sample. `problem` says why there are no recommendations, where there are none."""

    calls: SampleCalls
    genes: dict[str, GeneResult]
    recommendations: tuple[DrugRecommendation, ...] = ()
    unassessed: dict[str, list[str]] | None = None
    problem: str = ""
    missing_is_reference: bool = False
    tables: GuidanceTables | None = None


class Assessor:
    """Keeps definitions and tables between files. Raises `SourceError` when the allele definitions have not been pulled."""

    def __init__(self, services: Services) -> None:
        from ..named_alleles import load_definitions

        self._services = services
        self.files: SourceFiles = services.files(PHARMCAT)
        self.definitions: Definitions = load_definitions(flat_folder(self.files, services))
        self.tables: GuidanceTables | None = None
        self.quotes = LineQuotes(services)
        self.problem = ""
        try:
            self.tables = GuidanceTables(services, (*self.definitions.genes, *OTHER_GENES))
        except ServiceError as error:
            self.problem = f"{error}; type: {error.hint}" if error.hint else str(error)

    def calls(
        self,
        path: Path,
        *,
        outside: Path | Sequence[OutsideCall] | None = None,
        sample: str | None = None,
        missing_is_reference: bool = False,
    ) -> list[SampleCalls]:
        from ..named_alleles import call_file

        return call_file(path, self.definitions, outside, sample, missing_is_reference, known=OTHER_GENES)

    def assess(
        self,
        calls: SampleCalls,
        given: Sequence[Given] = (),
        *,
        person: Person | None = None,
        missing_is_reference: bool = False,
        recommendations: bool = True,
    ) -> Assessment:
        """What follows from the calls. Without CPIC, or when the graph is gone, the genes stand and `problem` says why."""
        try:
            results = results_of(calls.genes, self.tables, self._tabled, self._phenotype)
            if self.tables is None or not recommendations:
                return Assessment(calls, results, problem=self.problem, missing_is_reference=missing_is_reference)
            return Assessment(
                calls,
                results,
                tuple(recommend(results, self.tables, given, person)),
                unassessed_drugs(results, self.tables),
                missing_is_reference=missing_is_reference,
                tables=self.tables,
            )
        except ServiceError as error:  # the graph went away: the calls are still good
            results = results_of(calls.genes, None, self._tabled, self._phenotype)
            return Assessment(calls, results, problem=str(error), missing_is_reference=missing_is_reference)

    @cached_property
    def changed_genes(self) -> Mapping[str, str]:
        """Gene → that CPIC logged a change of its alleles after the definitions, in words."""
        date = _DATE.search(self.files.version)
        if self.tables is None or not date:
            return {}
        return gene_changes(self._services, self.tables.loaded, self.definitions.genes, date.group())

    def _tabled(self, gene: str) -> bool:
        return bool(self.definitions.phenotypes(gene).version)

    def _phenotype(self, gene: str, diplotype: str) -> str | None:
        return self.definitions.phenotypes(gene).look_up(diplotype.split("/"))[0]


def one_sample(calls: Sequence[SampleCalls], file: str) -> SampleCalls:
    """The only sample. Raises `CaseError` when there are several: a case is one patient's."""
    if len(calls) == 1:
        return calls[0]
    raise CaseError(f"{file} has {len(calls)} samples", hint="name one with --sample; bcftools query -l FILE lists them")
