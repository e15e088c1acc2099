"""For whom a line is, in words: the head of its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from .line import Key, Line, Publisher, Value
from .scores import phenotype_of, score_of

NO_RESULT = "No Result"
_POPULATIONS = {
    "pediatrics": "children",
    "CVI ACS PCI": "acute coronary syndrome or PCI",
    "CVI non-ACS non-PCI": "cardiovascular indications without ACS or PCI",
    "NVI": "neurovascular indications",
    "child >40kg_adult": "adults and children over 40 kg",
    "CBZ naive": "those who have not taken carbamazepine",
    "CBZ use >3mos": "those who have taken carbamazepine for more than three months",
    "CBZ-no alternatives": "those for whom no alternative to carbamazepine is at hand",
    "PHT naive": "those who have not taken phenytoin",
    "PHT use >3mos": "those who have taken phenytoin for more than three months",
    "OXC naive": "those who have not taken oxcarbazepine",
    "OXC use >3 mos": "those who have taken oxcarbazepine for more than three months",
}
"""CPIC's short forms in words; what is not here stands as it is."""


def head_of(line: Line) -> str:
    """`codeine, CYP2D6 Poor Metabolizer (activity score 0)`; who says so stands behind it."""
    said = ", ".join(filter(None, (line.drug, results_of(line.keys, line.publisher), people_of(line))))
    who = ", ".join(filter(None, (_publisher(line), line.strength, f"data of {line.date}" if line.date else "")))
    return f"{said} ({who})"


def people_of(line: Line) -> str:
    """The population in words, without the signs that end a head."""
    return _POPULATIONS.get(line.population, line.population).replace(": ", " ").replace("; ", ", ")


def results_of(keys: Sequence[Key], publisher: Publisher) -> str:
    """Gene by gene where the keys are all combinations of their values, else key by key."""
    genes = list(dict.fromkeys(gene for key in keys for gene, _ in key))
    values: dict[str, list[Value]] = {gene: [] for gene in genes}
    for key in keys:
        for gene, value in key:
            if value not in values[gene]:
                values[gene].append(value)
    crossed = {tuple(zip(genes, each, strict=True)) for each in product(*(values[gene] for gene in genes))}
    if crossed == set(keys):
        return " and ".join(_of_gene(gene, values[gene], publisher) for gene in genes)
    return "; or ".join(" and ".join(_of_gene(gene, [value], publisher) for gene, value in key) for key in keys)


def _of_gene(gene: str, values: Iterable[Value], publisher: Publisher) -> str:
    """`CYP2D6 Intermediate Metabolizer (activity score 0.25 or 0.5) or result not available`."""
    scores: dict[str, list[str]] = {}
    words: list[str] = []
    for value in values:
        if not isinstance(value, str):
            words.append("/".join(name for name, copies in value for _ in range(max(1, round(copies)))))
            continue
        found = score_of(value)
        phenotype = phenotype_of(gene, found[0], publisher) if found else ""
        if found and phenotype:
            note = value.partition(" (")[2].rstrip(")")
            also = f", {note.lower()}" if note and note != phenotype else ""
            scores.setdefault(phenotype, []).append(f"{'≥' if found[1] else ''}{found[0]:g}{also}")
        elif value == NO_RESULT:
            words.append("result not available")
        elif value == "n/a":
            words.append("Indeterminate (no activity score)")
        else:
            words.append(value)
    said = [f"{phenotype} (activity score {' or '.join(numbers)})" for phenotype, numbers in scores.items()]
    return f"{gene} {' or '.join([*said, *words])}"


def _publisher(line: Line) -> str:
    return {"label": "FDA label", "association": "FDA table of associations"}.get(line.kind, line.publisher)
