"""From a VCF, and outside calls, to the calls of all genes: one `SampleCalls` per sample."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from bedside.core.errors import CaseError

from ..vcf.record_scan import CUT_HINT
from .calls import GeneCall, SampleCalls
from .definitions import Definitions
from .gene_caller import call_gene
from .outside_calls import OutsideCall, beside, read_outside
from .targets import Targets
from .vcf_reader import SampleGenotypes, VcfGenotypes, read_vcf

# Never called from a VCF: what decides is not in its records.
NOT_FROM_VCF = {
    "CYP2D6": "not called from a VCF: gene deletions, duplications and CYP2D7 hybrids are not seen in it; "
    "give an outside call",
    "HLA-A": "not called from a VCF: HLA alleles are typed by other methods; give an outside call",
    "HLA-B": "not called from a VCF: HLA alleles are typed by other methods; give an outside call",
    "MT-RNR1": "not called from a VCF (mitochondrial, heteroplasmic); give an outside call",
}


def call_file(
    path: Path | str,
    definitions: Definitions,
    outside: Path | str | Sequence[OutsideCall] | None = None,
    sample: str | None = None,
    missing_is_reference: bool = False,
    known: Collection[str] = (),
) -> list[SampleCalls]:
    """Calls every gene of every sample of a VCF or BCF (GRCh38), or of the one `sample`.

    `outside`: a TSV of outside calls, or calls already read; they need a file of one sample, or `sample`. `known` are genes
    that are no mistake in it, though no allele definition has them. Raises CaseError for a file that can't be used; what is
    wrong with single positions is in the calls and their warnings.
    """
    if isinstance(outside, (str, Path)):
        outside = read_outside(outside)
    calls = list(outside or ())
    genes = [g for g in definitions.genes if g not in NOT_FROM_VCF]
    read = read_vcf(Path(path), _targets(definitions, genes), sample)
    if missing_is_reference and not read.records:
        raise CaseError(
            f"{read.file} has no record at any defining position, so that absent ones can't be read as reference",
            hint="is it of GRCh38, and does it cover the pharmacogenes?",
        )
    if missing_is_reference and read.incomplete:
        raise CaseError(
            f"{read.file} may lack positions ({read.incomplete}), so that absent ones can't be read as reference",
            hint=CUT_HINT,
        )
    if calls and len(read.samples) != 1:
        raise CaseError(
            f"{read.file} has {len(read.samples)} samples: whose the outside calls are is not said",
            hint="name one: --sample",
        )
    found = [
        SampleCalls(read.file, s.sample, _genes(s, read, definitions, genes, missing_is_reference), tuple(read.warnings))
        for s in read.samples
    ]
    return [beside(one, calls, definitions, known) for one in found] if calls else found


def _genes(
    sample: SampleGenotypes,
    read: VcfGenotypes,
    definitions: Definitions,
    genes: Sequence[str],
    missing_is_reference: bool,
) -> tuple[GeneCall, ...]:
    found = {gene: GeneCall(gene, "not_assessed", reason=reason) for gene, reason in NOT_FROM_VCF.items()}
    for gene in genes:
        definition = definitions.gene(gene)
        there = definition.chrom in read.chroms
        assessed = call_gene(
            definition,
            definitions.phenotypes(gene),
            sample.at,
            read.blocked,
            missing_is_reference=missing_is_reference and there,
        )
        if missing_is_reference and not there:
            # nothing says that it was looked at
            assessed = replace(assessed, reason=f"the file has no record of this chromosome ({definition.chrom})")
        found[gene] = assessed
    return tuple(found[gene] for gene in sorted(found))


# Built once for all files that are called with the same definitions.
_TARGETS: WeakKeyDictionary[Definitions, Targets] = WeakKeyDictionary()


def _targets(definitions: Definitions, genes: Sequence[str]) -> Targets:
    targets = _TARGETS.get(definitions)
    if targets is None:
        every = [definitions.gene(g) for g in genes]
        targets = _TARGETS[definitions] = Targets(
            (locus, d.contig) for d in every for locus in (*d.loci, *d.exemption.extra)
        )
    return targets
