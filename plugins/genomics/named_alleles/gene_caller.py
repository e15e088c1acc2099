"""One gene of one sample: genotypes → match → phenotype → `GeneCall`, with the reason where there is no call."""

from __future__ import annotations

from dataclasses import replace

from ..vcf.alleles import UndocumentedAllele
from ..vcf.genotype import Genotype
from .calls import GeneCall, VariantSite
from .definitions import LOWEST_FUNCTION, GeneDefinition
from .diplotype_matcher import Matcher, uncallable
from .hidden_alleles import hidden_alleles, hidden_lowest
from .lowest_function import LowestFunctionCaller
from .match_data import MatchData, gather, missing
from .phenotyper import PhenotypeTable

# CPIC: c.521T>C decides for statins even where the star allele is not known (guideline of SLCO1B1, PMID 35152405).
DECISIVE = {"SLCO1B1": ("rs4149056", {"T": "*1", "C": "*5"})}
NO_MATCH = "no pair of defined alleles explains the genotypes"


def call_gene(
    definition: GeneDefinition,
    table: PhenotypeTable,
    genotypes: dict[tuple[str, int], Genotype],
    blocked: dict[tuple[str, int], str],
    *,
    missing_is_reference: bool = False,
) -> GeneCall:
    """Calls the gene; never raises for what a sample holds."""
    data = gather(definition, genotypes, blocked, missing_is_reference=missing_is_reference)
    call = _base(data, genotypes)
    required = [m.rsid or str(m.pos) for m in data.missing if m.pos in definition.exemption.required]
    if not data.pairs:
        reason = data.refusal or "none of its positions is in the file"
        if any(m.why != "absent" for m in data.missing) and not data.refusal:
            reason = "none of its positions could be read"
        return replace(call, reason=reason)
    if data.refusal:
        return _decisive(replace(call, reason=data.refusal), data, table)
    if required:
        return replace(call, reason=f"positions that must be known are missing: {', '.join(required)}")
    if definition.gene in LOWEST_FUNCTION:
        return _lowest(call, data, table)
    return _standard(call, data, table)


def _base(data: MatchData, genotypes: dict[tuple[str, int], Genotype]) -> GeneCall:
    definition = data.definition
    unread = {m.pos for m in data.missing}
    warnings = list(data.warnings)
    tier1 = sorted(unread & definition.exemption.tier1)
    if tier1:
        names = {locus.pos: locus.rsid or f"{locus.chrom}:{locus.pos}" for locus in definition.loci}
        warnings.append(f"positions of common alleles (AMP tier 1) are missing: {', '.join(names[p] for p in tier1)}")
    return GeneCall(
        gene=definition.gene,
        status="not_assessed",
        missing_positions=tuple(data.missing),
        assumed_positions=tuple(missing(definition.loci[i], "absent") for i in sorted(data.assumed)),
        positions=len(definition.loci),
        undocumented=tuple(data.undocumented),
        variants=tuple(data.variants),
        extra_positions=extra_positions(definition, genotypes),
        uncallable=uncallable(definition, data.present),
        records=tuple(sorted(data.lines)),
        phased=data.phased,
        version=definition.version,
        warnings=tuple(warnings),
    )


def _standard(call: GeneCall, data: MatchData, table: PhenotypeTable) -> GeneCall:
    matched = Matcher(data).match()
    if not matched.names:
        return _decisive(replace(call, reason=_no_match(data)), data, table)
    found = [table.look_up(_alleles(data, name)) for name in matched.names]
    return replace(
        call,
        status="called" if len(matched.names) == 1 else "ambiguous",
        diplotypes=matched.names,
        alternatives=matched.others,
        phenotypes=tuple(phenotype for phenotype, _ in found),
        activity_scores=tuple(score for _, score in found),
        hidden=hidden_alleles(data, matched.names, table) if data.unread else (),
        reason="" if len(matched.names) == 1 else _why_ambiguous(data),
        warnings=(*call.warnings, matched.note) if matched.note else call.warnings,
    )


def _no_match(data: MatchData) -> str:
    if not data.together:
        return NO_MATCH
    return f"{NO_MATCH}; records of several changes say which copy these lie on: {data.together}"


def _alleles(data: MatchData, name: str) -> list[str]:
    return [name] if data.haploid else name.split("/")


def _why_ambiguous(data: MatchData) -> str:
    causes = []
    if not data.settled:
        causes.append("the variants are not phased")
    if data.missing:
        causes.append(f"positions are missing ({len(data.missing)})")
    return "several diplotypes fit equally well" + (f": {' and '.join(causes)}" if causes else "")


def _lowest(call: GeneCall, data: MatchData, table: PhenotypeTable) -> GeneCall:
    found = LowestFunctionCaller(data).call()
    if found.unmatched:
        return replace(call, reason=_no_match(data))
    if found.haplotypes:
        results = [table.lowest_two(found.haplotypes)]
        reason = "the variants are not phased: the alleles found are listed, and the two of lowest function count"
    else:
        results = [table.lowest(pair) for pair in found.diplotypes]
        reason = _why_ambiguous(data) if len(found.diplotypes) > 1 else ""
    return replace(
        call,
        status="called" if len(found.diplotypes) <= 1 else "ambiguous",
        diplotypes=found.names,
        haplotypes=found.haplotypes,
        phenotypes=tuple(phenotype for phenotype, _ in results),
        activity_scores=tuple(score for _, score in results),
        hidden=hidden_lowest(data, found.diplotypes, found.haplotypes, table) if data.unread else (),
        reason=reason,
        warnings=(*call.warnings, *found.warnings),
    )


def _decisive(call: GeneCall, data: MatchData, table: PhenotypeTable) -> GeneCall:
    """The phenotype that one decisive variant gives where no diplotype could be called; status stays not_assessed."""
    rsid, alleles = DECISIVE.get(call.gene, ("", {}))
    at = next((i for i, locus in enumerate(data.definition.loci) if rsid and locus.rsid == rsid), -1)
    if at not in data.pairs or data.haploid or not all(a in alleles for a in data.pairs[at]):
        return call
    phenotype, score = table.look_up([alleles[a] for a in data.pairs[at]])
    return replace(call, phenotypes=(phenotype,), activity_scores=(score,), phenotype_from=rsid)


def extra_positions(definition: GeneDefinition, genotypes: dict[tuple[str, int], Genotype]) -> tuple[VariantSite, ...]:
    """Positions outside the allele definitions that a guideline asks for (warfarin: rs12777823), where they were read."""
    found = []
    for locus in definition.exemption.extra:
        genotype = genotypes.get((locus.chrom, locus.pos))
        if genotype is not None and genotype.called:
            alleles = tuple(a.text if isinstance(a, UndocumentedAllele) else str(a) for a in genotype.copies)
            found.append(VariantSite(locus.chrom, locus.pos, locus.rsid, alleles, genotype.phased, genotype.line))
    return tuple(found)
