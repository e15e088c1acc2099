"""Outside calls: a TSV of genes typed by another method (CYP2D6, HLA, MT-RNR1, or any gene), as PharmCAT reads it.

Columns: gene, diplotype, phenotype, activity score; at least one of the last three. `#` starts a comment, several diplotypes
are joined by " or ", an allele may repeat the gene's name (`CYP2D6*1/CYP2D6*4`).

As a `GeneCall`, an outside call counts before a call from the VCF, unless the two differ in what they mean: then both are
possible, and so is each of two things that one line says against itself.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import CaseError

from .calls import GeneCall, SampleCalls
from .definitions import LOWEST_FUNCTION
from .hla import HLA_ALLELES, carriage
from .nomenclature import JOINER, diplotype_name
from .phenotyper import PhenotypeTable

if TYPE_CHECKING:
    from .definitions import Definitions

_GENE = re.compile(r"[A-Z][A-Z0-9-]*\Z")
SCORE = re.compile(r"(?P<least>≥|>=)?\s*(?P<value>[0-9]+(?:\.[0-9]+)?)\Z")
"""An activity score: a number, or the least that it may be."""
_NO_COPY = re.compile(r"x0+(?:$|\D)")
_NOT_GIVEN = frozenset({"n/a", "N/A", "NA"})
_HINT = "each line: GENE <tab> diplotype <tab> phenotype <tab> activity score"
LARGEST = 1 << 20


@dataclass(frozen=True)
class OutsideCall:
    """One line of the file. `diplotypes` are the alternatives it names, "" and () where it names none."""

    gene: str
    diplotypes: tuple[tuple[str, ...], ...]
    phenotype: str
    activity_score: str
    line: int


def read_outside(path: Path | str) -> list[OutsideCall]:
    """Raises CaseError naming file and line for anything that can't be read as a call."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise CaseError(f"{path.name} is too large for a file of outside calls", hint=_HINT)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CaseError(f"{path.name} can't be read: {type(error).__name__}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"{path.name} is not UTF-8 text", hint=_HINT) from error
    calls: list[OutsideCall] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#") or (number == 1 and line.split("\t")[0].strip().lower() == "gene"):
            continue
        call = _parse(line, number, path.name)
        if call.gene in lines:
            raise CaseError(
                f"{path.name}, line {number}: {call.gene} was already given on line {lines[call.gene]}",
                hint='keep one line a gene; several possible diplotypes are joined by " or "',
            )
        lines[call.gene] = number
        calls.append(call)
    if not calls:
        raise CaseError(f"{path.name} holds no call", hint=_HINT)
    return calls


def _parse(line: str, number: int, file: str) -> OutsideCall:
    where = f"{file}, line {number}"
    fields = [f.strip() for f in line.rstrip("\r\n").split("\t")]
    if len(fields) < 2:
        raise CaseError(f"{where}: no tab, so no call beside the gene", hint=_HINT)
    if len(fields) > 4 and any(fields[4:]):
        raise CaseError(f"{where}: {len(fields)} columns, at most 4 are expected", hint=_HINT)
    gene, diplotype, phenotype, score = ["" if f in _NOT_GIVEN else f for f in [*fields, "", "", ""][:4]]
    if not _GENE.match(gene):
        raise CaseError(f"{where}: the first column is not a gene symbol", hint=_HINT)
    if not (diplotype or phenotype or score):
        raise CaseError(f"{where}: {gene} has neither diplotype, phenotype nor activity score", hint=_HINT)
    if score and not SCORE.match(score):
        raise CaseError(f"{where}: the activity score of {gene} is no number", hint="write it as 1.5, or as ≥3.0")
    return OutsideCall(
        gene, tuple(_alleles(part, gene, where) for part in _alternatives(diplotype)), phenotype, score, number
    )


def _alternatives(text: str) -> list[str]:
    return re.split(r"\s+or\s+", text) if text else []


def _alleles(text: str, gene: str, where: str) -> tuple[str, ...]:
    """`CYP2D6*1/CYP2D6*4` or `*1/*4` → ("*1", "*4"); one name for a haploid gene."""
    parts = tuple(p.strip().removeprefix(gene).strip() for p in text.split("/"))
    if len(parts) > 2 or not all(parts):
        raise CaseError(f"{where}: the diplotype of {gene} is not one allele, or two joined by /", hint=_HINT)
    if any(_NO_COPY.search(p) for p in parts):
        raise CaseError(f"{where}: an allele of {gene} has no copy (x0)", hint="write a deleted gene as its own allele: *5")
    return parts


@dataclass(frozen=True)
class _Possibility:
    """One thing that may be true: a diplotype ("" where none is named) with its phenotype and activity score."""

    diplotype: str
    phenotype: str | None
    score: str | None


def beside(
    sample: SampleCalls, outside: Sequence[OutsideCall], definitions: Definitions, known: Collection[str] = ()
) -> SampleCalls:
    """The calls of a VCF with the outside calls among them. `known` are further genes that are no mistake."""
    found = {call.gene: call for call in sample.genes}
    genes = {*found, *definitions.genes, *known, *HLA_ALLELES}
    told = []
    for call in outside:
        if call.gene not in genes:
            near = difflib.get_close_matches(call.gene, sorted(genes), 1)
            told.append(
                f"outside call, line {call.line}: {call.gene} is no gene of the allele definitions or of CPIC, so that "
                "nothing follows from it" + (f"; is it {near[0]}?" if near else "")
            )
        found[call.gene] = call_outside(call, definitions.phenotypes(call.gene), found.get(call.gene))
    return replace(sample, genes=tuple(found[g] for g in sorted(found)), warnings=(*told, *sample.warnings))


def call_outside(call: OutsideCall, table: PhenotypeTable, from_vcf: GeneCall | None = None) -> GeneCall:
    """`from_vcf`: what the VCF gives of the same gene, called or not."""
    warnings: list[str] = []
    readings, reason = _readings(call, table, warnings)
    several = len(call.diplotypes) > 1
    base = GeneCall(gene=call.gene, status="called", source="outside", version=table.version)
    if several and not reason:
        reason = "the outside call names several diplotypes"
    if from_vcf is not None and from_vcf.status == "not_assessed":
        warnings += _uncalled(from_vcf)
    elif from_vcf is not None:
        theirs = _of_vcf(from_vcf)
        ours = " or ".join(dict.fromkeys(r.diplotype for r in readings if r.diplotype)) or call.phenotype
        what = f"the outside call (line {call.line}) gives {ours or 'another score'}, the VCF gives {_named(from_vcf)}"
        if _differ(readings, theirs):
            readings, reason = [*readings, *theirs], f"{what}; {reason}" if reason else what
        elif not {r.diplotype for r in readings} <= {r.diplotype for r in theirs} | {""}:
            warnings.append(f"{what}; both mean the same, and the outside call counts")
            theirs = []
        if theirs:  # what the file shows belongs to what is reported
            base = replace(base, variants=from_vcf.variants, records=from_vcf.records, undocumented=from_vcf.undocumented)
    return replace(
        base,
        status="ambiguous" if reason else "called",
        diplotypes=tuple(r.diplotype for r in readings) if any(r.diplotype for r in readings) else (),
        phenotypes=tuple(r.phenotype for r in readings),
        activity_scores=tuple(r.score for r in readings),
        reason=reason,
        warnings=tuple(warnings),
    )


def _readings(call: OutsideCall, table: PhenotypeTable, warnings: list[str]) -> tuple[list[_Possibility], str]:
    """What the line says, and beside it what the table says of its diplotype where that is something else; and why."""
    given = _Possibility("", call.phenotype or None, call.activity_score or None)
    if not call.diplotypes:
        return [given], ""
    readings, why = [], []
    for alleles in call.diplotypes:
        name = _name(alleles)
        phenotype, score = _look_up(call.gene, alleles, table, warnings)
        says = _Possibility(name, phenotype, score)
        if same_phenotype(given.phenotype, phenotype) and same_score(given.score, score):
            readings.append(_Possibility(name, given.phenotype or phenotype, given.score or score))
            continue
        told = " and ".join(filter(None, (call.phenotype, call.activity_score and f"activity score {call.activity_score}")))
        table_says = " and ".join(filter(None, (phenotype, score and f"activity score {score}")))
        readings += [_Possibility(name, given.phenotype or phenotype, given.score), says]
        why.append(f"the outside call (line {call.line}) says {told} for {name}, the table gives {table_says}")
    return readings, "; ".join(why)


def same_phenotype(given: str | None, table: str | None) -> bool:
    """Do they not contradict each other? Of `*57:01 positive; …` only what both speak of is compared."""
    if not given or not table:
        return True
    if _plain(given) == _plain(table):
        return True
    parts = [{p.rpartition(" ")[0]: p.rpartition(" ")[2] for p in _plain(t).split("; ")} for t in (given, table)]
    shared = set(parts[0]) & set(parts[1])
    return bool(shared) and all(":" in name and parts[0][name] == parts[1][name] for name in shared)


def same_score(given: str | None, table: str | None) -> bool:
    ours, theirs = (SCORE.match((text or "").strip()) for text in (given, table))
    if not given or not table:
        return True
    if not ours or not theirs:
        return False
    one, other = float(ours["value"]), float(theirs["value"])
    return other >= one if ours["least"] else one == other


def _differ(ours: Sequence[_Possibility], theirs: Sequence[_Possibility]) -> bool:
    """Is there something of ours that the VCF does not have among what it may be?"""
    return not all(
        any(
            r.diplotype == t.diplotype
            if r.diplotype and not (r.phenotype and t.phenotype)
            else same_phenotype(r.phenotype, t.phenotype) and same_score(r.score, t.score)
            for t in theirs
        )
        for r in ours
    )


def _of_vcf(call: GeneCall) -> list[_Possibility]:
    names = call.diplotypes or (_named(call),)
    count = range(len(names))
    phenotypes, scores = ((*v, *[None] * len(names)) for v in (call.phenotypes, call.activity_scores))
    return [_Possibility(names[i], phenotypes[i], scores[i]) for i in count]


def _named(call: GeneCall) -> str:
    return " or ".join(call.diplotypes) or ", ".join(call.haplotypes)


def _uncalled(call: GeneCall) -> list[str]:
    """What a VCF shows of a gene that could not be called from it: it may or may not be the alleles of the outside call."""
    seen = [_site(v.chrom, v.pos, v.rsid, v.alleles) for v in call.variants]
    seen += [_site(u.chrom, u.pos, u.rsid, u.alleles) for u in call.undocumented]
    if not seen:
        return []
    shown = ", ".join(seen[:4]) + (f" and {len(seen) - 4} more" if len(seen) > 4 else "")
    return [f"the VCF shows variants ({shown}), but no call could be made; they were not compared with the outside call"]


def _site(chrom: str, pos: int, rsid: str, alleles: Sequence[str]) -> str:
    return f"{rsid or f'{chrom}:{pos}'} {'/'.join(alleles)}"


def _name(alleles: tuple[str, ...]) -> str:
    return alleles[0] if len(alleles) == 1 else diplotype_name(*alleles)


def _look_up(
    gene: str, alleles: tuple[str, ...], table: PhenotypeTable, warnings: list[str]
) -> tuple[str | None, str | None]:
    if gene in HLA_ALLELES:
        found, doubt = carriage(gene, alleles)
        warnings += [doubt] if doubt else []
        return found, None
    if gene in LOWEST_FUNCTION and len(alleles) == 2:
        return table.lowest([a.strip("[]").split(JOINER) for a in alleles])
    phenotype, score = table.look_up(alleles)
    if phenotype is None and gene == "MT-RNR1":
        # written without the `m.` of the nomenclature
        return table.look_up([a if a.startswith("m.") else f"m.{a}" for a in alleles])
    return phenotype, score


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
