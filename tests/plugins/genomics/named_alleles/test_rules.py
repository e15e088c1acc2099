"""Each rule of matching, on definitions small enough to be checked by hand."""

from __future__ import annotations

import pytest
from bedside.core.errors import CaseError
from bedside.plugins.genomics.named_alleles import call_file

# Three SNPs; *2 = first, *3 = second, *4 = first and second, *5 = third.
LOCI = [(100, "A", "G", "g.100A>G"), (200, "C", "T", "g.200C>T"), (300, "G", "A,T", "g.300G>A")]
ALLELES = {"*1": {}, "*2": {0: "G"}, "*3": {1: "T"}, "*4": {0: "G", 1: "T"}, "*5": {2: "A"}}


@pytest.fixture
def call(made_up, write_vcf):
    """`call("0/1", "./.", None)`: genotypes at the three positions, None = no line."""

    def of(*genotypes, loci=LOCI, alleles=ALLELES, gene="GENE1", flags=None, formats="GT", chrom="chr1", **extra):
        definitions = made_up(loci, alleles, gene=gene, chrom=chrom, **extra)
        lines = [
            f"{chrom} {pos} . {ref} {alts} . PASS . {formats} {gt}"
            for (pos, ref, alts, _), gt in zip(loci, genotypes, strict=True)
            if gt is not None
        ]
        return call_file(write_vcf(lines), definitions, **(flags or {}))[0].gene(gene)

    return of


def test_the_best_scoring_pair_is_called_and_the_others_are_alternatives(call):
    found = call("0/1", "0/1", "0/0")
    # *1/*4 scores 3 + 2, *2/*3 1 + 1
    assert (found.status, found.diplotypes, found.alternatives) == ("called", ("*1/*4",), ("*2/*3",))
    assert not found.phased


@pytest.mark.parametrize(("one", "two", "expected"), [("0|1", "0|1", "*1/*4"), ("1|0", "0|1", "*2/*3")])
def test_phase_decides(call, one, two, expected):
    found = call(one, two, "0|0")
    assert (found.diplotypes, found.alternatives, found.phased) == ((expected,), (), True)


def test_phase_sets_are_phased_within_and_not_between(call):
    within = call("1|0:7", "0|1:7", "0/0", formats="GT:PS")
    assert (within.diplotypes, within.alternatives) == (("*2/*3",), ())
    between = call("1|0:7", "0|1:8", "0/0", formats="GT:PS")
    assert (between.diplotypes, between.alternatives) == (("*1/*4",), ("*2/*3",))
    # a slash is unphased whatever PS says
    assert call("1/0:7", "0|1:7", "0/0", formats="GT:PS").alternatives == ("*2/*3",)


def test_a_missing_position_is_never_reference(call):
    found = call("0/0", None, "0/0")
    assert [m.pos for m in found.missing_positions] == [200]
    assert found.uncallable == ("*3",)
    # *4 is left with its first position and can't be told from *2
    found = call("0/1", None, "0/0")
    assert (found.status, found.diplotypes) == ("ambiguous", ("*1/*2", "*1/*4"))
    assert "positions are missing (1)" in found.reason
    assert call("0/1", "./.", "0/0").diplotypes == found.diplotypes


def test_missing_is_reference_when_asked_and_then_said(call):
    found = call("0/1", None, "0/0", flags={"missing_is_reference": True})
    assert (found.diplotypes, found.missing_positions) == (("*1/*2",), ())
    assert "positions absent from the file, read as reference as asked: 1" in found.warnings
    # nor is it for a file that says nothing of any gene: it may be of another genome
    with pytest.raises(CaseError, match="no record at any defining position"):
        call(None, None, None, flags={"missing_is_reference": True})
    # not called is not absent
    assert call("0/1", "./.", "0/0", flags={"missing_is_reference": True}).status == "ambiguous"


def test_no_position_no_call(call):
    found = call(None, None, None)
    assert (found.status, found.diplotypes, found.phenotype) == ("not_assessed", (), None)
    assert found.reason == "none of its positions is in the file"
    assert call("./.", "./.", "./.").reason == "none of its positions could be read"


def test_half_a_call_is_missing_and_stops_the_gene_when_it_shows_a_variant(call):
    found = call("0/0", "./0", "0/0")
    assert [(m.pos, m.why) for m in found.missing_positions] == [(200, "no call")]
    assert found.status == "called"
    found = call("0/0", "./1", "0/0")
    assert found.status == "not_assessed"
    assert "only one of two alleles is called" in found.reason


def test_one_copy_counts_on_x_only(call):
    male = call("1", "0", "0", chrom="chrX")
    assert (male.status, male.diplotypes) == ("called", ("*2",))
    # a homozygous genotype beside single ones is the same single copy
    both = call("1", "0/0", "0", chrom="chrX")
    assert (both.diplotypes, len(both.warnings)) == (("*2",), 1)
    mixed = call("1", "0/1", "0", chrom="chrX")
    assert (mixed.status, mixed.diplotypes) == ("not_assessed", ())
    autosome = call("0", "0/0", "0/0")
    assert [m.why for m in autosome.missing_positions] == ["only one allele is given"]
    assert call("1", "0/0", "0/0").status == "not_assessed"


def test_an_undocumented_allele_stops_the_gene(made_up, write_vcf):
    definitions = made_up(LOCI, ALLELES)
    lines = ["chr1 100 . A G . . . GT 0/1", "chr1 200 . C T . . . GT 0/0", "chr1 300 . G C . . . GT 0/1"]
    found = call_file(write_vcf(lines), definitions)[0].gene("GENE1")
    assert (found.status, found.diplotypes) == ("not_assessed", ())
    assert found.reason == "an allele that no definition knows at rs300 (chr1:300)"
    assert [(u.pos, u.alleles, u.line) for u in found.undocumented] == [(300, ("G", "C"), 7)]


def test_undocumented_reads_as_reference_in_the_genes_of_toxicity(made_up, write_vcf):
    definitions = made_up(LOCI, ALLELES, gene="TPMT")
    lines = ["chr1 100 . A G . . . GT 0/1", "chr1 200 . C T . . . GT 0/0", "chr1 300 . G C . . . GT 0/1"]
    found = call_file(write_vcf(lines), definitions)[0].gene("TPMT")
    assert (found.status, found.diplotypes) == ("called", ("*1/*2",))
    assert "read as reference" in found.warnings[0]
    assert len(found.undocumented) == 1


def test_ambiguity_codes_match_either_base_and_score_only_where_not_reference(call):
    alleles = {"*1": {}, "*2": {0: "R", 1: "T"}, "*3": {1: "T"}}
    # *2 takes A or G at the first position; reference there, it scores as *3 does
    found = call("0/0", "0/1", "0/0", alleles=alleles)
    assert found.diplotypes == ("*1/*2", "*1/*3")
    found = call("0/1", "0/1", "0/0", alleles=alleles)
    assert found.diplotypes == ("*1/*2",)


def test_a_reference_allele_with_an_ambiguity_code_takes_the_genomes_base(call):
    alleles = {"*1": {0: "R"}, "*2": {1: "T"}}
    assert call("0/1", "0/0", "0/0", alleles=alleles).diplotypes == ("*1/*1",)
    # nothing written in *2 there means the base of the genome
    assert call("1/1", "1/1", "0/0", alleles=alleles).status == "not_assessed"


def test_required_positions(call):
    found = call("0/0", None, "0/0", exemption={"requiredPositions": [200]})
    assert (found.status, found.reason) == ("not_assessed", "positions that must be known are missing: rs200")


def test_ignored_alleles_and_positions(call):
    exemption = {"ignoredAllelesLc": ["*4"], "ignoredPositions": [{"rsid": "rs300", "position": 300}]}
    found = call("0/1", "0/1", "0/2", exemption=exemption)
    assert found.diplotypes == ("*2/*3",)
    assert found.missing_positions == ()


def test_sub_alleles_take_the_name_of_their_core_allele(call):
    found = call("0/1", "0/0", "0/0", suballelesMap={"*2": "*9"})
    assert found.diplotypes == ("*1/*9",)


def test_priorities_pick_for_unphased_data_only(call):
    exemption = {"unphasedDiplotypePriorities": [{"list": ["*1/*4", "*2/*3"], "pick": "*2/*3"}]}
    found = call("0/1", "0/1", "0/0", exemption=exemption)
    assert (found.status, found.diplotypes, found.alternatives) == ("called", ("*2/*3",), ("*1/*4",))
    assert "chosen by frequency" in found.warnings[-1]
    assert call("0|1", "0|1", "0|0", exemption=exemption).diplotypes == ("*1/*4",)
    # none of the lists fits: every diplotype that does
    both = {"unphasedDiplotypePriorities": [{"list": ["*1/*5", "*2/*3"], "pick": "*1/*5"}]}
    assert call("0/1", "0/1", "0/0", exemption=both).diplotypes == ("*1/*4", "*2/*3")


def test_common_alleles_that_can_not_be_seen_are_named(call):
    found = call("0/0", None, "0/0", exemption={"amp1Positions": [100, 200]})
    assert found.warnings == ("positions of common alleles (AMP tier 1) are missing: rs200",)


def test_extra_positions_are_reported(call):
    extra = {"chromosome": "chr1", "position": 300, "rsid": "rs300", "ref": "G", "alts": ["A"]}
    found = call("0/0", "0/0", "0/1", loci=LOCI, alleles={"*1": {}}, exemption={"extraPositions": [extra]})
    assert [(s.rsid, s.alleles, s.line) for s in found.extra_positions] == [("rs300", ("G", "A"), 7)]


def test_a_homozygous_sample_gets_the_same_allele_twice(call):
    assert call("1/1", "0/0", "0/0").diplotypes == ("*2/*2",)
    assert call("1/1", "1/1", "0/0").diplotypes == ("*4/*4",)
    assert call("1/1", "0/1", "0/0").diplotypes == ("*2/*4",)


def test_what_a_call_rests_on(call):
    found = call("0/1", "0/0", "0/0")
    assert found.records == (5, 6, 7)
    assert [(v.pos, v.alleles, v.line) for v in found.variants] == [(100, ("A", "G"), 5)]


def test_many_heterozygous_positions_are_not_enumerated(made_up, write_vcf):
    n = 300
    loci = [(100 + 10 * i, "A", "G", "") for i in range(n)]
    alleles = {"Reference": {}, **{f"v{i}": {i: "G"} for i in range(n)}}
    lines = [f"chr1 {pos} . A G . . . GT 0/1" for pos, *_ in loci]
    standard = call_file(write_vcf(lines), made_up(loci, alleles))[0].gene("GENE1")
    assert standard.status == "not_assessed"
    lowest = call_file(write_vcf(lines), made_up(loci, alleles, gene="RYR1"))[0].gene("RYR1")
    assert len(lowest.haplotypes) == n
