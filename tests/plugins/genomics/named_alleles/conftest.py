"""VCFs made from the real definitions, and small made-up definitions for single rules."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from bedside.plugins.genomics.named_alleles import Definitions, GeneCall, call_file, load_definitions

HEADER = (
    "##fileformat=VCFv4.2",
    "##contig=<ID=chr1,length=248956422>",
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
)


@pytest.fixture
def write_vcf(tmp_path) -> Callable[..., Path]:
    """`write_vcf(lines, samples=…)`: records as tab- or space-separated text."""

    def write(
        records: Iterable[str],
        samples: Iterable[str] = ("S",),
        header: Iterable[str] = HEADER,
        name: str = "a.vcf",
        newline: str = "\n",
    ) -> Path:
        columns = "#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT".split()
        lines = [*header, "\t".join([*columns, *samples])]
        lines += ["\t".join(r.split()) if "\t" not in r else r for r in records]
        data = newline.join(lines) + newline
        path = tmp_path / name
        path.write_bytes(gzip.compress(data.encode()) if name.endswith(".gz") else data.encode())
        return path

    return write


@pytest.fixture
def call_with(real, write_vcf) -> Callable[..., GeneCall]:
    """`call_with("DPYD", {"rs1": "0/1"}, missing=…)`: calls a gene of a VCF with all its positions, reference elsewhere.

    Genotypes are written as alleles, `T/C`, or as indices. `drop` leaves positions out.
    """

    def call(gene: str, genotypes: Mapping[str, str], drop: Iterable[str] = (), default: str = "0/0") -> GeneCall:
        records = []
        seen = set()
        for locus in real.gene(gene).loci:
            key = locus.rsid or str(locus.pos)
            if key in drop:
                continue
            text = genotypes.get(key, default)
            if key in genotypes:
                seen.add(key)
            spelled = [locus.ref, *locus.alts]
            mark = "|" if "|" in text else "/"
            indices = [p if p.isdigit() or p == "." else str(spelled.index(p)) for p in text.split(mark)]
            alts = ",".join(locus.alts)
            records.append(
                f"{locus.chrom} {locus.pos} {locus.rsid or '.'} {locus.ref} {alts} . PASS . GT {mark.join(indices)}"
            )
        assert seen == set(genotypes), "a genotype of a position that the gene does not have"
        found = call_file(write_vcf(records), real)[0].gene(gene)
        assert found is not None
        return found

    return call


@pytest.fixture
def made_up(tmp_path) -> Callable[..., Definitions]:
    """`made_up(loci, alleles)`: definitions of a gene GENE1 on chr1.

    `loci`: (pos, ref, alts, hgvs); `alleles`: name → {index: spelling}; the first one is the reference.
    """

    def make(
        loci: list[tuple[int, str, str, str]],
        alleles: Mapping[str, Mapping[int, str]],
        gene: str = "GENE1",
        chrom: str = "chr1",
        exemption: dict | None = None,
        phenotype: dict | None = None,
        **extra,
    ) -> Definitions:
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        variants = [
            {"chromosome": chrom, "position": p, "rsid": f"rs{p}", "chromosomeHgvsName": h, "ref": r, "alts": a.split(",")}
            for p, r, a, h in loci
        ]
        named = []
        for i, (name, cells) in enumerate(alleles.items()):
            full = [cells.get(k, loci[k][1] if i == 0 else None) for k in range(len(loci))]
            named.append({"name": name, "alleles": full, "reference": i == 0, "structuralVariant": False})
        data = {
            "formatVersion": "2",
            "version": "made up",
            "gene": gene,
            "chromosome": chrom,
            "genomeBuild": "GRCh38.p14",
            "refSeqChromosomeId": "NC_000001.11",
            "variants": variants,
            "namedAlleles": named,
            **extra,
        }
        (folder / f"{gene}_translation.json").write_text(json.dumps(data), encoding="utf-8")
        exemptions = {gene: {"gene": gene, **exemption}} if exemption else {}
        (folder / "exemptions.json").write_text(json.dumps(exemptions), encoding="utf-8")
        if phenotype:
            (folder / f"{gene}_phenotype.json").write_text(json.dumps(phenotype), encoding="utf-8")
        return load_definitions(folder)

    return make
