"""A small file shaped like ClinVar's, bgzipped and indexed, and VCFs of patients. Variants and numbers are made up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pysam
from bedside.core.testing.doubles import TestServices
from bedside.core.types import SourceFiles

CRITERIA = "criteria_provided,"
TWO, ONE, NONE = (
    "criteria_provided,_multiple_submitters,_no_conflicts",
    "criteria_provided,_single_submitter",
    "no_assertion_criteria_provided",
)
ROWS = (
    ("1", 1000, "11", "A", "G", "Pathogenic", TWO, "GENA:1", "CLNDISDB=MedGen:C1,OMIM:100001|Orphanet:1"),
    ("1", 1000, "12", "A", "T", "Benign", TWO, "GENA:1", ""),
    ("1", 2000, "13", "CTT", "C", "Likely_pathogenic", ONE, "GENB:2", ""),
    ("1", 2100, "14", "G", "GA", "Pathogenic/Likely_pathogenic|risk_factor", TWO, "GENB:2", ""),
    ("1", 3000, "15", "G", "C", "Conflicting_classifications_of_pathogenicity", f"{CRITERIA}_conflicting_classifications",
     "GENC:3", "CLNSIGCONF=Pathogenic(1)|Uncertain_significance(1)"),
    ("1", 3100, "16", "G", "C", "Conflicting_interpretations_of_pathogenicity", f"{CRITERIA}_conflicting_interpretations",
     "GENC:3", ""),
    ("1", 4000, "17", "T", "C", "Uncertain_significance", ONE, "GEND:4", ""),
    ("1", 900_000, "18", "T", "C", "Pathogenic", NONE, "GENE:5|GENF:6", ""),
    ("2", 500, "19", "C", "A", "Pathogenic", "reviewed_by_expert_panel", "GENG:7", ""),
    ("2", 600, "20", "C", "A", "Pathogenic,_low_penetrance", TWO, "GENG:7", ""),
    ("2", 700, "21", "C", "A", "Pathogenic", ONE, "", ""),
    ("X", 800, "22", "G", "A", "Pathogenic", TWO, "GENC:3", ""),
    ("MT", 900, "23", "A", "G", "Pathogenic", TWO, "GEND:4", ""),
)  # fmt: skip
CLINVAR_HEAD = ("##fileformat=VCFv4.1", "##fileDate=2025-11-05", "##source=ClinVar", "##reference=GRCh38")
HEAD = (
    "##fileformat=VCFv4.2",
    "##contig=<ID=chr1,length=248956422>",
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
)
ANNOTATED = (*HEAD, '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Clinical significance">')


def info(significance: str, review: str, gene: str, more: str) -> str:
    parts = ["ALLELEID=1", more, f"CLNREVSTAT={review}", f"CLNSIG={significance}", f"GENEINFO={gene}" if gene else ""]
    return ";".join(part for part in parts if part)


def pulled(folder: Path, head: Iterable[str] = CLINVAR_HEAD) -> TestServices:
    """Services whose `clinvar` files hold `ROWS`."""
    lines = [*head, "\t".join("#CHROM POS ID REF ALT QUAL FILTER INFO".split())]
    lines += [
        "\t".join((chrom, str(pos), number, ref, alt, ".", ".", info(significance, review, gene, more)))
        for chrom, pos, number, ref, alt, significance, review, gene, more in ROWS
    ]
    plain = folder / "clinvar.vcf"
    plain.write_text("\n".join(lines) + "\n")
    packed = folder / "clinvar.vcf.gz"
    pysam.tabix_compress(str(plain), str(packed), force=True)
    pysam.tabix_index(str(packed), preset="vcf", force=True)
    services = TestServices()
    services.pulled["clinvar"] = SourceFiles(
        id="clinvar",
        title="ClinVar",
        version="2025-11-05",
        licence="public domain",
        paths={"clinvar.vcf.gz": packed, "clinvar.vcf.gz.tbi": folder / "clinvar.vcf.gz.tbi"},
    )
    return services


def patient(
    folder: Path, *records: str, head: Iterable[str] = HEAD, samples: Iterable[str] = ("S",), name: str = "p.vcf"
) -> Path:
    """`records` are space-separated; INFO and FILTER may be left out: `chr1 1000 A G 0/1`."""
    lines = [*head, "\t".join([*"#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT".split(), *samples])]
    for record in records:
        chrom, pos, ref, alt, *rest = record.split()
        if len(rest) < 4:
            rest = ["PASS", ".", "GT", *rest]
        lines.append("\t".join([chrom, pos, ".", ref, alt, ".", *rest]))
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path
