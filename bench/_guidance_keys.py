"""The keys of guidance lines as a question, as outside calls and as a VCF: what `guidance.py` asks with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any

HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=248956422>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
)
PEOPLE = {
    "adults": "a 45-year-old",
    "pediatrics": "an 8-year-old",
    "CVI ACS PCI": "a patient with acute coronary syndrome and PCI",
    "CVI non-ACS non-PCI": "a patient with stable coronary artery disease",
    "NVI": "a patient with ischemic stroke",
    "child >40kg_adult": "a 45-year-old",
    "CBZ naive": "a patient who has never taken carbamazepine",
    "CBZ use >3mos": "a patient who has taken carbamazepine for 6 months",
    "CBZ-no alternatives": "a patient who has never taken carbamazepine and has no alternative to carbamazepine",
    "PHT naive": "a patient who has never taken phenytoin",
    "PHT use >3mos": "a patient who has taken phenytoin for 6 months",
    "OXC naive": "a patient who has never taken oxcarbazepine",
    "OXC use >3 mos": "a patient who has taken oxcarbazepine for 6 months",
}
"""The populations in ordinary words; others are left out of the question."""
MOST_PAIRS = 40
"""Diplotypes that are tried for a result."""


def question(drug: str, key: Any, people: str) -> str:
    """`Which dose of codeine for a 45-year-old with CYP2D6 Poor Metabolizer?`"""
    said = [one for gene, value in key.values.items() if (one := _words(gene, value))]
    return f"Is {drug} right for {PEOPLE.get(people, 'a patient')} with {' and '.join(said)}?"


def _words(gene: str, value: Any) -> str:
    from bedside.plugins.genomics.pgx.guidance_line import Score, words_of

    if value == "No Result":
        return ""
    text = words_of(value)
    if gene == "VKORC1":
        return f"VKORC1 -1639 {text.replace('rs9923231 reference (C)', 'G').replace('rs9923231 variant (T)', 'A')}"
    if (score := Score.of(text)) is not None:
        return f"{gene} activity score {'≥' if score.least else ''}{score.value:g}"
    if text == "n/a":
        return f"{gene} Indeterminate"
    if text.startswith("*") and text.endswith(("positive", "negative")):
        return f"{gene}{text}"
    return text if text.startswith(gene) else f"{gene} {text}"


def outside_calls(key: Any) -> list[tuple[str, str, str, str]]:
    """(gene, diplotype, phenotype, score) of each gene of a key; an HLA allele that is carried or not."""
    from bedside.plugins.genomics.pgx.guidance_line import Score, words_of

    rows = []
    for gene, value in key.values.items():
        text = words_of(value)
        if value == "No Result":
            continue
        if (score := Score.of(text)) is not None:
            rows.append((gene, "", "", f"{'≥' if score.least else ''}{score.value}"))
        elif not isinstance(value, str):
            rows.append((gene, text, "", ""))
        else:
            rows.append((gene, "", "Indeterminate" if text == "n/a" else text, ""))
    return rows


class Genotypes:
    """VCF records of the definitions' genes for a wanted result."""

    def __init__(self, definitions: Any, phenotype_of: Any) -> None:
        """`phenotype_of(gene, diplotype)`: phenotype and score as the product has them."""
        self._definitions = definitions
        self._of = phenotype_of
        self._pairs: dict[str, dict[tuple[str | None, str | None], list[tuple[str, ...]]]] = {}

    def diplotypes(self, gene: str, value: Any, phenotype: str) -> list[tuple[str, ...]]:
        """Pairs of alleles whose result is `value` (`phenotype`: that of a score); [] for a gene without definition."""
        from bedside.plugins.genomics.pgx.fitting import same_words
        from bedside.plugins.genomics.pgx.guidance_line import Score

        if gene not in self._definitions.genes or gene == "CYP2D6":
            return []
        if not isinstance(value, str):
            return [tuple(name for name, copies in value.items() for _ in range(round(copies)))]
        wanted, found = Score.of(value), []
        for (phenotype_, score), pairs in self._results(gene).items():
            given = Score.of(score)
            if wanted is not None:
                fits = given is not None and (given.value == wanted.value or (wanted.least and given.value >= wanted.value))
                fits = fits or (given is None and bool(phenotype) and phenotype_ == phenotype)
            elif value in ("n/a", "Indeterminate"):
                fits = (phenotype_ or "").endswith("Indeterminate")
            else:
                fits = bool(phenotype_) and same_words(gene, value, phenotype_ or "")
            found += pairs if fits else []
        return found[:MOST_PAIRS]

    def _results(self, gene: str) -> dict[tuple[str | None, str | None], list[tuple[str, ...]]]:
        if gene not in self._pairs:
            names = [a.name for a in self._definitions.gene(gene).alleles]
            by = self._pairs[gene] = {}
            for pair in combinations_with_replacement(names, 2):
                kept = by.setdefault(self._of(gene, "/".join(pair)), [])
                if len(kept) < MOST_PAIRS:
                    kept.append(pair)
        return self._pairs[gene]

    def records(self, gene: str, pair: Iterable[str]) -> list[tuple[str, int, str]]:
        """A phased record of every position of the gene: (chromosome, position, line)."""
        definition = self._definitions.gene(gene)
        by_name = {a.name: bit for bit, a in enumerate(definition.alleles)}
        bits = [by_name[name] for name in pair]
        out = []
        for locus, accepts in zip(definition.loci, definition.accepts, strict=True):
            spelled = [locus.ref, *locus.alts]
            gt = "|".join(str(next(n for n, s in enumerate(spelled) if accepts.get(s, 0) >> bit & 1)) for bit in bits)
            fields = (locus.chrom, locus.pos, locus.rsid or ".", locus.ref, ",".join(locus.alts), ".", "PASS", ".", "GT", gt)
            line = "\t".join(map(str, fields)) + "\n"
            out.append((locus.chrom, locus.pos, line))
        return out

    def write(self, path: Path, genes: Mapping[str, Iterable[str]]) -> Path:
        lines = sorted({record for gene, pair in genes.items() for record in self.records(gene, pair)})
        path.write_text(HEADER + "".join(line for _, _, line in lines), encoding="utf-8")
        return path

    def choices(self, key: Any) -> Iterable[dict[str, tuple[str, ...]]]:
        """Diplotypes of all genes of the key, one combination after the other; none where a gene can't be had."""
        wanted = {g: self.diplotypes(g, v, key.phenotypes.get(g, "")) for g, v in key.values.items() if v != "No Result"}
        for pairs in product(*(found[:6] for found in wanted.values())):
            yield dict(zip(wanted, pairs, strict=True))
