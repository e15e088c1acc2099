"""One variant told twice is one allele: whatever tells it, and however it is written."""

from __future__ import annotations

import json

import pytest
from bedside.plugins.genomics.rare_disease.patient.context import Context
from bedside.plugins.genomics.rare_disease.patient.phenopacket import read
from bedside.plugins.genomics.rare_disease.variants.deduplicate import distinct, place
from bedside.plugins.genomics.rare_disease.variants.variant import Variant

from .people import World
from .test_command import VCF
from .test_context_phenopacket import interpretation, packet

ONE_ALLELE = pytest.approx(0.05**2 + 2 * 0.95 * 0.05 * 89.1)


def at(pos: int = 100, ref: str = "A", alt: str = "G", gene: str = "GENB", zygosity="heterozygous", listed="a.vcf", **more):
    return Variant(
        gene,
        more.pop("classification", "pathogenic"),
        zygosity,
        name=f"1-{pos}-{ref}-{alt}",
        known_as=(place("GRCh38", "chr1", pos, ref, alt),),
        listed=listed,
        **more,
    )


def named(hgvs: str, listed: str = "p.json", **more) -> Variant:
    return Variant("GENB", "pathogenic", "heterozygous", name=hgvs, known_as=(hgvs,), listed=listed, **more)


def recessive(*variants: Variant) -> tuple[float, tuple[str, ...]]:
    """The ratio of the recessive disease of GENB, and the notes."""
    import numpy as np

    world = World()
    found, notes = Context(variants=variants).ratios(world)  # type: ignore[arg-type]
    return float(np.exp(found.total(world.diseases))[1]), notes


SAME = {
    "a line twice": (at(), at()),
    "two files": (at(), at(listed="b.vcf")),
    "padded alleles": (at(100, "GAA", "G"), at(100, "GAAA", "GA")),
    "padded in front": (at(100, "TA", "TG"), at(101, "A", "G")),
    "the same HGVS": (named("NM_1.1:c.5A>G"), named("NM_1.1:c.5A>G", listed="q.json")),
    "another version and the gene's name": (named("NM_1.2(GENB):c.5A>G"), named("NM_1.1:c.5A>G", listed="q.json")),
    "case of the gene": (at(), at(gene="genb")),
    "a zygosity that one does not know": (at(zygosity="unknown"), at(listed="b.vcf")),
}


@pytest.mark.parametrize("how", SAME)
def test_the_same_variant_is_one_allele_and_told_once(how):
    ratio, notes = recessive(*SAME[how])
    assert ratio == ONE_ALLELE
    assert notes == ("1 variant given more than once and counted once",)


DOUBTFUL = {
    "by place and by transcript": (at(), named("NM_1.1:c.5A>G")),
    "two transcripts in two files": (named("NM_1.1:c.5A>G"), named("NM_2.1:c.8A>G", listed="q.json")),
    "without any name": (at(), Variant("GENB", "pathogenic", "heterozygous", listed="p.json")),
    "a repeat's deletion shifted": (at(100, "GA", "G"), at(104, "AA", "A")),
    "a repeat's deletion turned": (at(100, "GAC", "G"), at(105, "ACA", "A")),
    "a repeat's insertion shifted": (at(100, "G", "GAT"), at(103, "T", "TAT"), ),
}  # fmt: skip


@pytest.mark.parametrize("how", DOUBTFUL)
def test_what_may_be_the_same_is_one_allele_and_told(how):
    ratio, notes = recessive(*DOUBTFUL[how])
    assert ratio == ONE_ALLELE
    assert len(notes) == 1 and "may be the same as another that is given; it was not counted: check" in notes[0]


TWO = {
    "two places": (at(100), at(200)),
    "two alleles of one place": (at(100, "A", "G"), at(100, "A", "T")),
    "two places in two files": (at(100), at(200, listed="b.vcf")),
    "two transcripts in one file": (named("NM_1.1:c.5A>G"), named("NM_2.1:c.8A>G")),
    "two nameless in one file": tuple(Variant("GENB", "pathogenic", "heterozygous", listed="p") for _ in "ab"),
    "far deletions of one base": (at(100, "GA", "G"), at(900, "CA", "C")),
    "near deletions of other bases": (at(100, "GA", "G"), at(104, "GT", "G")),
    "a deletion and an insertion": (at(100, "GA", "G"), at(104, "G", "GA")),
}


@pytest.mark.parametrize("how", TWO)
def test_two_variants_stay_two(how):
    ratio, notes = recessive(*TWO[how])
    assert ratio > 10_000 and notes == ()


def test_where_two_files_cannot_be_compared_the_one_that_gives_more_counts():
    pair = (at(100), at(200))
    for order in ((*pair, named("NM_1.1:c.5A>G")), (named("NM_1.1:c.5A>G"), *pair)):
        kept, notes = distinct(order)
        assert kept == pair and len(notes) == 1


def test_contradictions_of_one_variant_are_told_and_the_fewer_alleles_count():
    ratio, notes = recessive(at(zygosity="homozygous"), at(listed="b.vcf"))
    assert ratio == ONE_ALLELE
    assert any("two zygosities; it counts as heterozygous" in note for note in notes)
    kept, notes = distinct([at(), at(listed="b.vcf", classification="uncertain")])
    assert kept[0].classification == "pathogenic" and any("two classes" in note for note in notes)


def test_one_variant_of_two_genes_is_no_repetition():
    kept, notes = distinct([at(), at(gene="GENC")])
    assert len(kept) == 2 and notes == ()


def test_a_phenopacket_knows_its_variants_by_place_and_by_dna_text_but_not_by_protein():
    record = {"genomeAssembly": "hg38", "chrom": "chr1", "pos": "100", "ref": "A", "alt": "G"}
    texts = [{"syntax": s, "value": v} for s, v in (("hgvs.c", "NM_1.1:c.5A>G"), ("hgvs.p", "NP_1.1:p.Lys2Arg"))]
    (variant,) = read(packet(interpretation(vcfRecord=record, expressions=texts)), "p.json").variants
    assert variant.known_as == ("NM_1.1:c.5A>G", "GRCh38-1:100-A-G")
    old = {**record, "genomeAssembly": "GRCh37"}
    (other,) = read(packet(interpretation(vcfRecord=old)), "p.json").variants
    assert other.known_as == ("GRCh37-1:100-A-G",)


@pytest.mark.parametrize("how", [["--vcf", "a.vcf"], ["--case", "a.vcf", "--case", "b.vcf"], ["--case", "p.json"]])
def test_the_command_counts_it_once(ranked, tmp_path, how):
    (tmp_path / "a.vcf").write_text(VCF + VCF.splitlines()[-1] + "\n")
    (tmp_path / "b.vcf").write_text(VCF)
    record = {"genomeAssembly": "hg38", "chrom": "chr1", "pos": "100", "ref": "A", "alt": "G"}
    described = interpretation(vcfRecord=record, geneContext={"symbol": "GENB"})
    (tmp_path / "p.json").write_text(
        json.dumps({**packet(described), "phenotypicFeatures": [{"type": {"id": "HP:1000022"}}], "diseases": []})
    )
    alone = ranked("--hpo", "HP:1000022", "--vcf", "b.vcf")
    again = ranked("--hpo", "HP:1000022", "--vcf", "b.vcf", *(how if how[0] == "--case" else []))
    if how[0] == "--vcf":
        again = ranked("--hpo", "HP:1000022", *how)
    assert len(again["context"]["variants"]) == 1
    assert sum("counted once" in note for note in again["notes"]) == 1
    by = [{r["term_id"]: r["likelihood_ratio"] for r in a["diseases"][0]["reasons"]} for a in (alone, again)]
    assert by[0]["GENE:GENB"] == by[1]["GENE:GENB"]


def test_names_hold_nothing_that_a_terminal_obeys():
    variant = Variant("GENB", "pathogenic", name="c.1A>G\x1b[31m\u202e\x00", source="lab\x07")
    assert (variant.name, variant.source) == ("c.1A>G[31m", "lab")


def test_two_variants_are_told_in_one_reason():
    from bedside.plugins.genomics.rare_disease.report.report_text import finding, why

    found, _ = Context(variants=[at(100), at(200)]).ratios(World())  # type: ignore[arg-type]
    (reason,) = found.reasons(1)
    assert "1-100-A-G" in finding(reason) and "1-200-A-G" in finding(reason)
    assert why(reason, {}) == "autosomal recessive"
