"""The allele definitions: a flat folder of `GENE_translation.json`, `exemptions.json` and `GENE_phenotype.json`.

The files are PharmCAT's (format version 2). All that matching needs is turned into bit masks once, when a gene is first
asked for; phenotype tables are read when a phenotype is first asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bedside.core.errors import SourceError

from ..vcf.normalise import Edit, known_bases, minimal
from .phenotyper import PhenotypeTable

FORMAT_VERSION = "2"
# What the definitions call GRCh38; a folder of another build is refused.
BUILD = "GRCh38"
# An unknown allele at a defining position reads as reference in these genes, because their known variants matter for
# toxicity and must not be lost to a "not called" (PharmCAT, "Named Allele Matcher 101").
UNDOCUMENTED_AS_REFERENCE = frozenset({"CACNA1S", "DPYD", "G6PD", "NUDT15", "RYR1", "TPMT"})
# Their phenotype follows the alleles of lowest function (CPIC guidelines of DPYD and RYR1).
LOWEST_FUNCTION = frozenset({"DPYD", "RYR1"})
IUPAC = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
_HINT = "pull the pharmcat source again: bedside knowledge pull pharmcat"


@dataclass(frozen=True)
class Locus:
    """A defining position in VCF spelling (1-based, left-normalised, indels with their anchor base)."""

    gene: str
    chrom: str
    pos: int
    rsid: str
    ref: str
    alts: tuple[str, ...]
    edits: Mapping[Edit, str]
    known: Mapping[int, str]  # bases of the reference around an indel
    is_indel: bool
    reach: int  # last base of the stretch in which the same indel could be written

    @property
    def end(self) -> int:
        return self.pos + len(self.ref) - 1


@dataclass(frozen=True)
class NamedAllele:
    """`cells[i]` is what the definition writes at locus i, None where it writes nothing (which means: as reference)."""

    name: str
    cells: tuple[str | None, ...]
    reference: bool
    defined: int  # bit i: the definition writes something at locus i
    wobbles: tuple[int, ...]  # loci whose cell is an IUPAC code of several bases


@dataclass(frozen=True)
class Exemption:
    """The exceptions of one gene."""

    required: frozenset[int] = frozenset()
    ignored_variants: frozenset[str] = frozenset()
    ignored_alleles: frozenset[str] = frozenset()
    extra: tuple[Locus, ...] = ()
    priorities: tuple[tuple[frozenset[str], str], ...] = ()
    tier1: frozenset[int] = frozenset()


@dataclass(frozen=True)
class GeneDefinition:
    """One gene: its loci, its alleles, and per locus and allele spelling the alleles that accept it, as a bit mask."""

    gene: str
    chrom: str
    contig: str  # RefSeq accession of the chromosome
    version: str
    loci: tuple[Locus, ...]
    alleles: tuple[NamedAllele, ...]
    accepts: tuple[dict[str, int], ...]
    exemption: Exemption
    renames: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> NamedAllele:
        return next(a for a in self.alleles if a.reference)


class Definitions:
    """The genes of a folder. `gene(name)` and `phenotypes(name)` are read on first use and kept."""

    def __init__(self, folder: Path, exemptions: dict[str, dict[str, Any]], files: dict[str, Path]) -> None:
        self.folder = folder
        self._exemptions = exemptions
        self._files = files
        self._genes: dict[str, GeneDefinition] = {}
        self._tables: dict[str, PhenotypeTable] = {}

    @property
    def genes(self) -> tuple[str, ...]:
        """Names of the genes with an allele definition, sorted."""
        return tuple(sorted(self._files))

    def gene(self, name: str) -> GeneDefinition:
        if name not in self._genes:
            self._genes[name] = _read_gene(self._files[name], self._exemptions.get(name, {}))
        return self._genes[name]

    def phenotypes(self, name: str) -> PhenotypeTable:
        """The phenotype table of a gene; an empty one where the folder has none."""
        if name not in self._tables:
            stems = (name, name.replace("-", "_"))
            paths = [self.folder / f"{stem}_phenotype.json" for stem in stems]
            found = next((p for p in paths if p.is_file()), None)
            self._tables[name] = PhenotypeTable.read(name, _json(found) if found else {})
        return self._tables[name]


def load_definitions(folder: Path | str) -> Definitions:
    """Opens a flat folder of definition files. Raises SourceError when it is not one."""
    folder = Path(folder)
    files = {p.name.removesuffix("_translation.json"): p for p in sorted(folder.glob("*_translation.json"))}
    if not files:
        raise SourceError(f"No allele definitions (GENE_translation.json) in the folder {folder.name!r}", hint=_HINT)
    path = folder / "exemptions.json"
    if not path.is_file():
        raise SourceError("exemptions.json is missing beside the allele definitions", hint=_HINT)
    return Definitions(folder, _json(path), files)


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SourceError(f"{path.name} can't be read: {type(error).__name__}", hint=_HINT) from error
    if not isinstance(data, dict):
        raise SourceError(f"{path.name} is not a JSON object", hint=_HINT)
    return data


def _read_gene(path: Path, exemption: dict[str, Any]) -> GeneDefinition:
    data = _json(path)
    try:
        return _gene(data, exemption)
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise SourceError(f"{path.name} is not an allele definition: {type(error).__name__}", hint=_HINT) from error


def _gene(data: dict[str, Any], raw_exemption: dict[str, Any]) -> GeneDefinition:
    gene, chrom = data["gene"], data["chromosome"]
    if str(data["formatVersion"]) != FORMAT_VERSION or not str(data["genomeBuild"]).startswith(BUILD):
        raise SourceError(f"The definition of {gene} is of another format or genome build", hint=_HINT)
    exemption = _exemption(gene, raw_exemption)
    kept = [i for i, v in enumerate(data["variants"]) if _identity(v) not in exemption.ignored_variants]
    # a bit per locus: the order of positions, whatever the file's order
    kept.sort(key=lambda i: data["variants"][i]["position"])
    loci = tuple(_locus(gene, data["variants"][i]) for i in kept)
    alleles = tuple(
        _allele(a, kept)
        for a in data["namedAlleles"]
        if a["name"].lower() not in exemption.ignored_alleles and not a.get("structuralVariant")
    )
    reference = next(a for a in alleles if a.reference)
    if None in reference.cells:
        raise ValueError("a reference allele defines every position")
    return GeneDefinition(
        gene=gene,
        chrom=chrom,
        contig=data["refSeqChromosomeId"],
        version=data["version"],
        loci=loci,
        alleles=alleles,
        accepts=tuple(_accepts(i, locus, alleles, reference) for i, locus in enumerate(loci)),
        exemption=exemption,
        renames=dict(data.get("suballelesMap") or {}),
    )


def _locus(gene: str, raw: dict[str, Any]) -> Locus:
    ref, alts, pos = raw["ref"], tuple(raw["alts"]), int(raw["position"])
    known = known_bases(pos, ref, alts, raw.get("chromosomeHgvsName") or "")
    edits = {minimal(pos, ref, alt, known): alt for alt in alts}
    indel = any(len(alt) != len(ref) for alt in alts)
    reach = max(known) if indel else pos + len(ref) - 1
    return Locus(gene, raw["chromosome"], pos, raw.get("rsid") or "", ref, alts, edits, known, indel, reach)


def _allele(raw: dict[str, Any], kept: list[int]) -> NamedAllele:
    cells = tuple(raw["alleles"][i] for i in kept)
    defined = sum(1 << i for i, cell in enumerate(cells) if cell is not None)
    wobbles = tuple(i for i, cell in enumerate(cells) if cell in IUPAC)
    return NamedAllele(raw["name"], cells, bool(raw["reference"]), defined, wobbles)


def _accepts(i: int, locus: Locus, alleles: tuple[NamedAllele, ...], reference: NamedAllele) -> dict[str, int]:
    """Allele spelling → mask of the named alleles that it fits. Nothing written means the reference allele's base."""
    masks = dict.fromkeys((locus.ref, *locus.alts), 0)
    default = reference.cells[i]
    default = locus.ref if default in IUPAC else default
    for bit, allele in enumerate(alleles):
        cell = allele.cells[i] if allele.cells[i] is not None else default
        for spelling in IUPAC.get(cell or "", (cell,)):
            if spelling in masks:
                masks[spelling] |= 1 << bit
    return masks


def _identity(variant: dict[str, Any]) -> str:
    """A position may carry an ignored variant and one that is not: it is the variant that is named."""
    return variant.get("rsid") or variant.get("chromosomeHgvsName") or ""


def _exemption(gene: str, raw: dict[str, Any]) -> Exemption:
    return Exemption(
        required=frozenset(raw.get("requiredPositions", ())),
        ignored_variants=frozenset(_identity(v) for v in raw.get("ignoredPositions", ())),
        ignored_alleles=frozenset(raw.get("ignoredAllelesLc", ())),
        extra=tuple(_locus(gene, v) for v in raw.get("extraPositions", ())),
        priorities=tuple((frozenset(p["list"]), p["pick"]) for p in raw.get("unphasedDiplotypePriorities", ())),
        tier1=frozenset(raw.get("amp1Positions", ())),
    )
