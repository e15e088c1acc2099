"""Asks the product for a line of guidance: by a question, by outside calls, by a VCF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _guidance_keys import HEADER, PEOPLE, Genotypes, outside_calls, question

BY_CHOICE = "it recommends nothing, and is left out beside CPIC's recommendation"
EMPTY = HEADER + "chr1\t10001\t.\tA\tC\t.\tPASS\t.\tGT\t0/0\n"


class Reach:
    """Asks the product for one line after the other."""

    def __init__(self, app: Any, folder: Path) -> None:
        from bedside.plugins.genomics.pgx.pipeline import Assessor

        self._app, self._services, self._folder = app, app.services, folder
        self.assessor = Assessor(app.services)
        self._empty = folder / "empty.vcf"
        self._empty.write_text(EMPTY, encoding="utf-8")
        self._genotypes = Genotypes(self.assessor.definitions, self._phenotype_of)
        self._people: dict[str, Any] = {}
        tables = self.assessor.tables
        self.lines = {line.edge.text: line for drug in tables.drugs for line in tables.lines_of(drug)}

    def _phenotype_of(self, gene: str, diplotype: str) -> tuple[str | None, str | None]:
        from bedside.plugins.genomics.named_alleles import GeneCall
        from bedside.plugins.genomics.pgx.results import results_of

        found = self.assessor.definitions.phenotypes(gene).look_up(diplotype.split("/"))
        call = GeneCall(
            gene, "called", diplotypes=(diplotype,), phenotypes=found[:1], activity_scores=found[1:], records=(1,)
        )
        result = results_of([call], self.assessor.tables, self.assessor._tabled)[gene]
        score = next(iter(result.call.activity_scores), None)
        return (result.cpic[0] if result.state == "known" else None), score

    def by_question(self, line: Any) -> str:
        """Why the line is not shown; empty where it is."""
        why = ""
        for key in line.keys:
            answer = self._app.engine.ask(question(line.drug, key, line.population))
            if any(e.quote == line.edge.text for e in answer.evidence):
                return ""
            if self._beside_cpics(line, [self.lines[e.quote] for e in answer.evidence if e.quote in self.lines]):
                return BY_CHOICE
            said = [w.text for w in answer.warnings] + list(answer.facts.unread)
            why = why or f"{question(line.drug, key, line.population)} → {answer.status}: {' | '.join(said)[:600]}"
        return why

    def by_outside(self, line: Any) -> str:
        why = ""
        for key in line.keys:
            rows = outside_calls(key)
            if not rows:
                return "the key has no result"
            path = self._folder / "outside.tsv"
            path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
            found = self._assessed(line, self._empty, path)
            if not found:
                return ""
            why = why or (found if found == BY_CHOICE else f"{rows}: {found}")
        return why

    def by_vcf(self, line: Any) -> str:
        why = ""
        for key in line.keys:
            for pairs in self._genotypes.choices(key):
                path = self._genotypes.write(self._folder / "made.vcf", pairs)
                found = self._assessed(line, path, None)
                if not found:
                    return ""
                why = why or (found if found == BY_CHOICE else f"{pairs}: {found}")
        return why or "no diplotype of the definitions has this result"

    def vcf_shows(self, line: Any) -> bool:
        """Are all genes of one of its keys read from a VCF?"""
        shown = set(self.assessor.definitions.genes) - {"CYP2D6"}
        return any({g for g, v in key.values.items() if v != "No Result"} <= shown for key in line.keys)

    @staticmethod
    def _beside_cpics(line: Any, shown: Sequence[Any]) -> bool:
        return not line.recommends and any(one.recommends and one.publisher == "CPIC" for one in shown)

    def given_outside(self, drug_id: str, drug: str, rows: Sequence[Sequence[str]], people: str) -> Any:
        """The recommendation for `drug` by outside calls alone. Raises `CaseError` for a call that is refused."""
        path = self._folder / "outside.tsv"
        path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
        return self._recommended(drug_id, drug, self._empty, path, people)

    def _recommended(self, drug_id: str, drug: str, vcf: Path, outside: Path | None, people: str) -> Any:
        from bedside.plugins.genomics.pgx.medications import Given

        calls = self.assessor.calls(vcf, outside=outside)[0]
        given = [Given(drug_id, drug, ("--drugs",))]
        found = self.assessor.assess(calls, given, person=self._person(people))
        return next(r for r in found.recommendations if r.drug_id == drug_id)

    def _assessed(self, line: Any, vcf: Path, outside: Path | None) -> str:
        """Why the line is not shown; empty where it is."""
        from bedside.core.errors import BedsideError

        try:
            one = self._recommended(line.edge.start, line.drug, vcf, outside, line.population)
        except BedsideError as error:
            return str(error)
        if any(shown.edge.id == line.edge.id for shown in one.lines):
            return ""
        if self._beside_cpics(line, one.lines):
            return BY_CHOICE
        where = "as possible, " if any(shown.edge.id == line.edge.id for shown in one.possible) else ""
        return f"{where}{one.status}: {one.reason} | {' | '.join(one.notes)}"[:600]

    def _person(self, people: str) -> Any:
        from bedside.core import Question
        from bedside.plugins.genomics.pgx.person import person_of

        if people not in self._people:
            text = f"{PEOPLE.get(people, 'a patient')}."
            self._people[people] = person_of(self._services.reader.read(Question(text=text)), text, self._services)
        return self._people[people]
