"""Diplotype → phenotype and activity score, from a gene's phenotype table. What the table does not say stays None."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# What the tables write where there is no value.
_NONE = frozenset({"", "n/a", "N/A", "No Result"})
# RYR1's alleles have no activity values; the pathogenic ones come first (CPIC guideline of RYR1 and CACNA1S).
_PATHOGENIC = "malignant"

Key = tuple[str, ...]


@dataclass(frozen=True)
class PhenotypeTable:
    """`rows` maps the sorted allele names of a diplotype to phenotype and activity score."""

    gene: str
    version: str
    functions: dict[str, str]
    activity: dict[str, float]
    rows: dict[Key, tuple[str | None, str | None]]
    undetermined: str | None = None  # the phenotype of an activity score that can't be given

    @classmethod
    def read(cls, gene: str, data: dict[str, Any]) -> PhenotypeTable:
        """From the JSON of a `GENE_phenotype.json`; {} gives a table that knows nothing."""
        rows: dict[Key, tuple[str | None, str | None]] = {}
        for row in data.get("diplotypes", ()):
            key = tuple(sorted(n for name, count in row["diplotypekey"].items() for n in [name] * int(count)))
            rows[key] = (_value(row.get("phenotype") or row.get("generesult")), _value(row.get("activityScore")))
        functions = {a["name"]: a.get("functionValue") or "" for a in data.get("namedAlleles", ())}
        activity = {
            a["name"]: number
            for a in data.get("namedAlleles", ())
            if (number := _number(a.get("activityValue"))) is not None
        }
        without = {phenotype for phenotype, score in rows.values() if score is None}
        undetermined = without.pop() if activity and len(without) == 1 else None
        return cls(gene, str(data.get("version", "")), functions, activity, rows, undetermined)

    def look_up(self, alleles: Sequence[str]) -> tuple[str | None, str | None]:
        """Phenotype and activity score of a diplotype (two names) or of a haploid genotype (one).

        Where the phenotype goes by activity score, an allele without an activity value makes it that of no score, which
        the table calls Indeterminate.
        """
        found = self.rows.get(tuple(sorted(alleles)))
        if found is None and self.undetermined and not all(a in self.activity for a in alleles):
            return self.undetermined, None
        return found or (None, None)

    def lowest(self, strands: Sequence[Sequence[str]]) -> tuple[str | None, str | None]:
        """As `look_up`, of the allele of lowest function on each strand."""
        picked = [self._by_function(strand) for strand in strands]
        return (None, None) if None in picked else self.look_up([p[0] for p in picked if p])

    def lowest_two(self, alleles: Sequence[str]) -> tuple[str | None, str | None]:
        """As `look_up`, of the two alleles of lowest function, whichever strands they are on."""
        ordered = self._by_function(alleles)
        return (None, None) if ordered is None or len(ordered) < 2 else self.look_up(ordered[:2])

    def _by_function(self, alleles: Iterable[str]) -> list[str] | None:
        """Lowest function first; None when one allele's function is not known, because it might be the lowest."""
        names = list(alleles)
        if len(set(names)) == 1:
            return names
        if all(n in self.activity for n in names):
            return sorted(names, key=lambda n: self.activity[n])
        if not self.activity and all(self.functions.get(n) for n in names):
            return sorted(names, key=lambda n: _PATHOGENIC not in self.functions[n].lower())
        return None


def _value(text: Any) -> str | None:
    return None if text is None or str(text) in _NONE else str(text)


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
