"""The same variant written in different ways: split, joined, not left-aligned, under other contig names, as a gVCF."""

from __future__ import annotations

import pytest
from bedside.plugins.genomics.named_alleles import call_file
from bedside.plugins.genomics.vcf.normalise import Edit, known_bases, minimal

UGT = "chr2 233759924 . C T . . . GT 0/0", "chr2 233760498 . G A . . . GT 0/0", "chr2 233760973 . C A . . . GT 0/0"


@pytest.fixture
def ugt1a1(real, write_vcf):
    """Calls UGT1A1 from the given records of the TA repeat, the other three positions being reference."""

    def call(*records):
        return call_file(write_vcf([UGT[0], *records, *UGT[1:]]), real)[0].gene("UGT1A1")

    return call


@pytest.mark.parametrize(
    "record",
    [
        "chr2 233760233 . CAT C,CATAT,CATATAT . . . GT 0/2",
        "chr2 233760233 . CAT CATAT . . . GT 0/1",
        "chr2 233760233 . C CAT . . . GT 0/1",  # the shortest way
        "chr2 233760234 . A ATA . . . GT 0/1",  # not left-aligned
        "chr2 233760248 . A ATA . . . GT 0/1",  # at the right end of the repeat
        "chr2 233760235 . TATA TATATA . . . GT 0/1",  # in the middle, with bases to spare
        "2 233760233 . C CAT . . . GT 0/1",
        "NC_000002.12 233760233 . C CAT . . . GT 0/1",
        "chr2 233760233 . c cat . . . GT 0/1",
        "chr2 233760233 . C CAT,<NON_REF> . . . GT 0/1",
    ],
)
def test_ways_to_write_a_repeat(ugt1a1, write_vcf, real, record):
    if record.startswith(("2 ", "NC_")):
        name = record.split()[0]
        found = call_file(write_vcf([r.replace("chr2", name, 1) for r in (UGT[0], record, *UGT[1:])]), real)[0]
        call = found.gene("UGT1A1")
    else:
        call = ugt1a1(record)
    assert (call.status, call.diplotypes, call.missing_positions) == ("called", ("*1/*28",), ())


def test_split_records_are_put_together(ugt1a1):
    # bcftools norm -m-: 1/2 becomes 1/0 and 0/1
    call = ugt1a1("chr2 233760233 . CAT C . . . GT 1/0", "chr2 233760233 . CAT CATAT . . . GT 0/1")
    assert call.diplotypes == ("*28/*36",)
    # vt decompose: 1/. and ./1
    call = ugt1a1("chr2 233760233 . CAT C . . . GT 1/.", "chr2 233760233 . CAT CATAT . . . GT ./1")
    assert call.diplotypes == ("*28/*36",)
    # a reference genotype beside the other's variant
    call = ugt1a1("chr2 233760233 . CAT C . . . GT 0/0", "chr2 233760233 . CAT CATAT . . . GT 1/1")
    assert call.diplotypes == ("*28/*28",)


def test_contradicting_records_are_not_used(real, write_vcf):
    lines = [UGT[0], "chr2 233760233 . CAT C . . . GT 1/1", "chr2 233760233 . CAT CATAT . . . GT 0/1", *UGT[1:]]
    found = call_file(write_vcf(lines), real)[0]
    call = found.gene("UGT1A1")
    assert [(m.pos, m.why) for m in call.missing_positions] == [(233760233, "lines 6 and 7 give different genotypes")]
    # one of the two shows a variant: without the position it would be lost
    assert (call.status, call.diplotypes) == ("not_assessed", ())
    assert "line 7 (chr2:233760233): a second record of this position" in found.warnings


def test_the_same_record_twice_is_kept_once(ugt1a1):
    record = "chr2 233760233 . CAT CATAT . . . GT 0/1"
    assert ugt1a1(record, record).diplotypes == ("*1/*28",)


def test_another_repeat_length_is_an_undocumented_allele(ugt1a1):
    call = ugt1a1("chr2 233760233 . CATAT C . . . GT 0/1")
    assert (call.status, len(call.undocumented)) == ("not_assessed", 1)


def test_a_substitution_of_the_anchor_says_nothing_of_the_insertion(call_with, real, write_vcf):
    # CYP3A5*7 is an insertion behind this base
    lines = [
        f"chr7 {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0/0" for x in real.gene("CYP3A5").loci if x.rsid != "rs41303343"
    ]
    call = call_file(write_vcf([*lines, "chr7 99652770 . T C . . . GT 0/1"]), real)[0].gene("CYP3A5")
    assert [m.rsid for m in call.missing_positions] == ["rs41303343"]
    assert call.uncallable == ("*7",)


def _cyp2c19(real, replace):
    """Reference at all positions, with other records for some."""
    return [
        replace.get(x.pos, f"chr10 {x.pos} {x.rsid} {x.ref} {','.join(x.alts)} . . . GT 0/0")
        for x in real.gene("CYP2C19").loci
        if replace.get(x.pos) != ""
    ]


def test_block_substitutions_are_taken_apart(real, write_vcf):
    # positions 94762712 C>T and 94762715 T>C are *34's, written as one record of four bases
    lines = _cyp2c19(real, {94762712: "chr10 94762712 . CGGT TGGC . . . GT 0|1", 94762715: ""})
    lines = [x.replace("0/0", "0|0") for x in lines]
    call = call_file(write_vcf(lines), real)[0].gene("CYP2C19")
    assert (call.diplotypes, call.missing_positions) == (("*34/*38",), ())


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("0|1", "0|1", "Reference/c.14422_14423delinsAA"),
        ("1/1", "1/1", "c.14422_14423delinsAA/c.14422_14423delinsAA"),
        ("0/1", "0/1", None),  # which of the bases lie together is not known
        ("0|1", "1|0", None),
        ("0|1", "0|0", None),
    ],
)
def test_a_defined_block_substitution_written_base_by_base(real, write_vcf, one, two, expected):
    lines = [f"chr19 {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0|0" for x in real.gene("RYR1").loci if x.pos != 38580039]
    lines += [f"chr19 38580039 . T A . . . GT {one}", f"chr19 38580040 . T A . . . GT {two}"]
    call = call_file(write_vcf(lines), real)[0].gene("RYR1")
    if expected:
        assert (call.diplotypes, call.missing_positions) == ((expected,), ())
    else:
        assert call.warnings or call.undocumented


OVER = "chr10 94781855 . AAACGTT A . . . GT 0/1"  # takes 94781858 (*10) and 94781859 (*2) away


def test_a_deletion_over_positions_with_records_of_their_own(real, write_vcf):
    lines = _cyp2c19(real, {})
    found = call_file(write_vcf([*lines, OVER]), real)[0].gene("CYP2C19")
    assert (found.diplotypes, found.undocumented) == (("*38/*38",), ())
    assert any("a deletion (line 40) reaches over this position" in w for w in found.warnings)
    # the other way round, the position's own record counts just the same
    assert call_file(write_vcf([OVER, *lines]), real)[0].gene("CYP2C19").diplotypes == ("*38/*38",)


def test_a_deletion_over_positions_without_records_of_their_own(real, write_vcf):
    lines = _cyp2c19(real, {94781858: "", 94781859: ""})
    found = call_file(write_vcf([*lines, OVER]), real)[0].gene("CYP2C19")
    assert (found.status, [u.pos for u in found.undocumented]) == ("not_assessed", [94781858, 94781859])
    # not called, the deletion says nothing of the bases under it
    found = call_file(write_vcf([*lines, OVER.replace("0/1", "0/0")]), real)[0].gene("CYP2C19")
    assert [m.pos for m in found.missing_positions] == [94781858, 94781859]


@pytest.mark.parametrize("alt", ["<DEL>", "*", "<*>", "N[chr2:321682["])
def test_symbolic_alleles(real, write_vcf, alt):
    listed = {94781859: f"chr10 94781859 . G A,{alt} . . . GT 0/0"}
    called = {94781859: f"chr10 94781859 . G A,{alt} . . . GT 0/2"}
    assert call_file(write_vcf(_cyp2c19(real, listed)), real)[0].gene("CYP2C19").status == "called"
    call = call_file(write_vcf(_cyp2c19(real, called)), real)[0].gene("CYP2C19")
    assert (call.status, call.diplotypes, len(call.undocumented)) == ("not_assessed", (), 1)


def test_wrong_reference_allele_is_named_and_not_used(real, write_vcf):
    lines = _cyp2c19(real, {94781859: "chr10 94781859 . C A . . . GT 0/1"})
    found = call_file(write_vcf(lines), real)[0]
    number = 4 + next(i for i, line in enumerate(lines, 1) if " 94781859 " in line)
    assert found.warnings == (f"line {number} (chr10:94781859): not used, REF C is not the reference allele G",)
    missing = found.gene("CYP2C19").missing_positions
    assert [(m.pos, m.why) for m in missing] == [(94781859, "REF C is not the reference allele G")]


def test_allelic_depth_that_contradicts_the_genotype(real, write_vcf):
    lines = _cyp2c19(real, {94781859: "chr10 94781859 . G A . . . GT:AD 0/1:91,0"})
    call = call_file(write_vcf(lines), real)[0].gene("CYP2C19")
    assert "AD shows reads of one allele only" in call.missing_positions[0].why
    fine = _cyp2c19(real, {94781859: "chr10 94781859 . G A . . . GT:AD 0/1:42,44"})
    assert call_file(write_vcf(fine), real)[0].gene("CYP2C19").missing_positions == ()


def test_filtered_records_are_used_and_counted(real, write_vcf):
    lines = _cyp2c19(real, {94781859: "chr10 94781859 . G A . LowQual . GT 0/1"})
    found = call_file(write_vcf(lines), real)[0]
    assert found.gene("CYP2C19").missing_positions == ()
    assert "records at defining positions that did not pass FILTER, used all the same: 1" in found.warnings


# --- gVCF -----------------------------------------------------------------------------------------------------------

GVCF = ("##fileformat=VCFv4.2", '##ALT=<ID=NON_REF,Description="any">')
BLOCK = "chr2\t{0}\t.\tC\t<NON_REF>\t.\t.\tEND={1}\tGT:GQ:MIN_DP\t{2}"


def test_reference_blocks_are_evidence_of_reference(real, write_vcf):
    lines = [
        BLOCK.format(233700000, 233760232, "0/0:60:30"),
        "chr2 233760233 . C CAT,<NON_REF> . . . GT:GQ:MIN_DP 0/1:99:30",
        BLOCK.format(233760234, 233770000, "0/0:60:30"),
    ]
    call = call_file(write_vcf(lines, header=GVCF), real)[0].gene("UGT1A1")
    assert (call.diplotypes, call.missing_positions) == (("*1/*28",), ())


@pytest.mark.parametrize("value", ["./.:60:30", "0/0:19:30", "0/0:60:0"])
def test_weak_blocks_are_not(real, write_vcf, value):
    lines = [BLOCK.format(233700000, 233770000, value)]
    call = call_file(write_vcf(lines, header=GVCF), real)[0].gene("UGT1A1")
    assert (call.status, len(call.missing_positions)) == ("not_assessed", 4)


def test_a_block_must_cover_the_whole_indel(real, write_vcf):
    lines = [BLOCK.format(233700000, 233760234, "0/0:60:30"), BLOCK.format(233760236, 233770000, "0/0:60:30")]
    call = call_file(write_vcf(lines, header=GVCF), real)[0].gene("UGT1A1")
    assert [m.pos for m in call.missing_positions] == [233760233]


# --- the arithmetic of it -------------------------------------------------------------------------------------------


def test_shortest_leftmost_form():
    assert minimal(10, "CAT", "CATAT", {}) == Edit(11, "", "AT")
    assert minimal(10, "G", "T", {}) == Edit(10, "G", "T")
    assert minimal(10, "TT", "AA", {}) == Edit(10, "TT", "AA")
    assert minimal(15, "AG", "A", {p: "G" for p in range(12, 17)}) == Edit(12, "G", "")
    # nothing is known to the left of 15: it stays
    assert minimal(15, "AG", "A", {}) == Edit(16, "G", "")


@pytest.mark.parametrize(
    ("pos", "ref", "alts", "hgvs", "last", "tail"),
    [
        (97450065, "TG", ("T",), "g.97450067del", 97450067, "TGG"),
        (99758183, "G", ("GT",), "g.99758188dup", 99758188, "GTTTTT"),
        (97740410, "GATGA", ("G",), "g.97740411ATGA[1]", 97740418, "GATGAATGA"),
        (
            233760233,
            "CAT",
            ("C", "CATAT", "CATATAT"),
            "g.233760235TA[6]; g.233760235TA[7]; g.233760235TA[8]",
            233760248,
            None,
        ),
        (94942205, "CAATGGAAAGA", ("C",), "g.94942213_94942222del", 94942222, "CAATGGAAAGAAATGGAA"),
        (38580039, "TT", ("AA",), "g.38580039_38580040delinsAA", 38580040, "TT"),
    ],
)
def test_hgvs_tells_the_sequence_around_an_indel(pos, ref, alts, hgvs, last, tail):
    known = known_bases(pos, ref, alts, hgvs)
    assert max(known) == last
    if tail:
        assert "".join(known[p] for p in sorted(known)) == tail


def test_every_defined_indel_is_recognised_wherever_it_is_written(real, write_vcf):
    """Each indel of each gene, at every place that the known sequence allows."""
    tried = 0
    for gene in real.genes:
        for locus in real.gene(gene).loci if gene != "CYP2D6" else ():
            for alt in locus.alts if locus.is_indel else ():
                edit = minimal(locus.pos, locus.ref, alt, locus.known)
                if edit.gone and edit.new:
                    continue
                unit = edit.gone or edit.new
                pos = edit.pos
                while pos - 1 in locus.known and (not edit.gone or pos + len(unit) - 1 in locus.known):
                    anchor = locus.known[pos - 1]
                    ref, new = (anchor + unit, anchor) if edit.gone else (anchor, anchor + unit)
                    assert minimal(pos - 1, ref, new, locus.known) == edit, (gene, locus.pos, alt, pos)
                    tried += 1
                    if locus.known.get(pos + (len(unit) if edit.gone else 0)) != unit[0]:
                        break
                    unit, pos = unit[1:] + unit[0], pos + 1
    assert tried > 60
