"""Several records of one position, and depths that speak against a genotype: no variant is lost, no no-call is reference."""

from __future__ import annotations

import itertools

import pytest
from bedside.plugins.genomics.named_alleles import call_file
from bedside.plugins.genomics.vcf.genotype import Genotype
from bedside.plugins.genomics.vcf.merge_records import join

REFUSED, MISSING = "refused", "missing"


@pytest.fixture
def tpmt(real, write_vcf):
    """Calls TPMT, reference but for the given records: `("C", "GT", "0/1")` at rs1142345, `other` at rs1800460."""

    def call(*records, other=("GT", "0/0"), gene="TPMT", rsid="rs1142345", others="0/0"):
        lines = []
        for x in real.gene(gene).loci:
            base = f"{x.chrom} {x.pos} {x.rsid or '.'} {x.ref}"
            if x.rsid == rsid:
                lines += [f"{base} {alt} . . . {layout} {value}" for alt, layout, value in records]
            elif x.rsid == "rs1800460":
                lines.append(f"{base} {','.join(x.alts)} . . . {other[0]} {other[1]}")
            else:
                lines.append(f"{base} {','.join(x.alts)} . . . GT {others}")
        return call_file(write_vcf(lines), real)[0].gene(gene)

    return call


def _outcome(call):
    if call.status == "not_assessed":
        return REFUSED
    return MISSING if any(m.rsid == "rs1142345" for m in call.missing_positions) else call.diplotypes


# --- phase ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("other", "expected"), [("1|0:100", ("*1/*3A",)), ("0|1:100", ("*3B/*3C",))], ids=["together", "apart"]
)
def test_a_split_site_keeps_its_phase(tpmt, turn, other, expected):
    records = [("C", "GT:PS", "1|0:100"), ("G", "GT:PS", "0/0:.")][::turn]
    found = tpmt(*records, other=("GT:PS", other))
    assert (found.diplotypes, found.alternatives) == (expected, ())


def test_a_split_site_keeps_its_phase_without_phase_sets(tpmt):
    records = [("C", "GT", "1|0"), ("G", "GT", "0/0")]
    assert tpmt(*records, other=("GT", "1|0")).diplotypes == ("*1/*3A",)
    assert tpmt(*records, other=("GT", "0|1")).diplotypes == ("*3B/*3C",)


def test_two_phase_sets_at_one_position_are_no_phase(tpmt):
    found = tpmt(("C", "GT:PS", "1|0:100"), ("C", "GT:PS", "0|1:200"), other=("GT:PS", "0|1:100"))
    assert (found.diplotypes, found.alternatives) == (("*1/*3A",), ("*3B/*3C",))


def test_the_phased_one_of_two_records_of_the_same_variant_counts(tpmt):
    records = [("C", "GT", "0/1"), ("C", "GT:PS", "1|0:100")]
    for order in itertools.permutations(records):
        assert tpmt(*order, other=("GT:PS", "0|1:100")).diplotypes == ("*3B/*3C",)


# --- contradictions and no-calls ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        # the same ALT, told differently
        (("C", "GT", "0|1"), ("C", "GT", "1|0"), REFUSED),
        (("C", "GT", "0/0"), ("C", "GT", "1/1"), REFUSED),
        (("C", "GT", "0/0"), ("C,G", "GT", "0/1"), REFUSED),
        (("C", "GT", "1/."), ("C", "GT", "0/1"), REFUSED),
        ((".", "GT", "0/0"), ("C", "GT", "0/1"), REFUSED),
        (("C", "GT", "0/1"), ("C", "GT", "1/0"), ("*1/*3C",)),
        # a no-call is not wiped by another record's reference
        (("C", "GT", "./."), ("G", "GT", "0/0"), MISSING),
        (("C", "GT", "."), ("G", "GT", "0/0"), MISSING),
        (("C", "GT", "./."), ("G", "GT", "0/1"), REFUSED),
        (("C", "GT", "./1"), ("G", "GT", "0/0"), REFUSED),
        (("C", "GT", "0/."), ("G", "GT", "0/0"), MISSING),
        (("C", "GT", "0/1/1"), ("G", "GT", "0/0"), REFUSED),
        # vt decompose writes `.` for the other record's allele
        (("C", "GT", "1/1"), ("G", "GT", "./."), ("*3C/*3C",)),
        (("C", "GT", "0/1"), ("G", "GT", "0/."), ("*1/*3C",)),
        # more variants than copies, copies that differ
        (("C", "GT", "1/1"), ("G", "GT", "0/1"), REFUSED),
        (("C", "GT", "1|0"), ("G", "GT", "1|0"), REFUSED),
        (("C", "GT", "0"), ("G", "GT", "0/0"), MISSING),
        (("C", "GT", "1"), ("G", "GT", "0/0"), REFUSED),
        # depths
        (("C", "GT:AD", "0/1:0,30"), ("G", "GT:AD", "0/0:30,0"), REFUSED),
        (("C", "GT:AD", "0/1:0,30"), ("G", "GT", "0/0"), REFUSED),
        (("C", "GT:AD", "0/1:15,15"), ("G", "GT:AD", "0/0:15,0"), ("*1/*3C",)),
        (("C", "GT:AD", "1/1:0,30"), ("G", "GT:AD", "0/0:0,0"), ("*3C/*3C",)),
        (("C", "GT:AD", "0/0:0,30"), ("G", "GT:AD", "0/0:0,0"), REFUSED),
        (("C", "GT:AD:DP", "0/0:0,0:0"), ("G", "GT:AD:DP", "0/0:30,0:30"), MISSING),
    ],
)
def test_two_records(tpmt, one, two, expected):
    assert _outcome(tpmt(one, two)) == expected
    assert _outcome(tpmt(two, one)) == expected


def test_three_records_in_any_order(tpmt):
    records = [("C", "GT", "0/1"), ("G", "GT", "0/0"), ("A", "GT", "./.")]
    assert {_outcome(tpmt(*order)) for order in itertools.permutations(records)} == {REFUSED}
    records = [("C", "GT", "0/1"), ("G", "GT", "0/0"), ("A", "GT", "0/0")]
    assert {_outcome(tpmt(*order)) for order in itertools.permutations(records)} == {("*1/*3C",)}


def test_a_record_of_another_reference_allele_is_not_wiped(tpmt, real, write_vcf):
    at = next(x for x in real.gene("TPMT").loci if x.rsid == "rs1142345")
    lines = [f"{x.chrom} {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0/0" for x in real.gene("TPMT").loci]
    found = call_file(write_vcf([*lines, f"{at.chrom} {at.pos} . A C . . . GT 0/1"]), real)[0].gene("TPMT")
    assert [m.why for m in found.missing_positions] == ["REF A is not the reference allele T"]


@pytest.mark.parametrize("depths", ["0,15", "1,15"])
def test_split_compound_heterozygotes_have_the_depths_of_the_split(tpmt, real, write_vcf, depths):
    # bcftools norm -m- gives each record its own share of AD: no reference reads, by construction
    found = tpmt(("C", "GT:AD", f"1/0:{depths}"), ("G", "GT:AD", f"0/1:{depths}"))
    assert found.status == "not_assessed" or "*1/*1" not in found.diplotypes
    assert [v.alleles for v in found.variants] == [("C", "G")]
    found = tpmt(("A", "GT:AD", f"1/0:{depths}"), ("T", "GT:AD", f"0/1:{depths}"), gene="CYP2C9", rsid="rs7900194")
    assert found.diplotypes == ("*8/*27",)
    records = [("C", "GT:AD", f"1/0:{depths}"), ("CATAT", "GT:AD", f"0/1:{depths}")]
    assert tpmt(*records, gene="UGT1A1", rsid="rs3064744").diplotypes == ("*28/*36",)


# --- depths of one record -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "value", "expected"),
    [
        ("GT:AD", "0/1:0,15,15", ("*1/*3C",)),  # AD does not fit ALT: not read
        ("GT:AD", "0/1:0,30", REFUSED),
        ("GT:AD", "0/0:0,40", REFUSED),
        ("GT:AD", "1/1:30,0", REFUSED),
        ("GT:AD", "0/1:30,0", MISSING),
        ("GT:AD", "0/1:.,30", ("*1/*3C",)),
        ("GT:AD", "1/1:0,30", ("*3C/*3C",)),
        ("GT:AD", "0/0:40,0", ("*1/*1",)),
        ("GT:AD:DP:GQ:RGQ", "0/0:0,0:0:0:0", MISSING),
        ("GT:AD", "0/0:0,0", MISSING),
        ("GT:DP", "0/0:0", MISSING),
        ("GT:DP", "0/0:.", ("*1/*1",)),
        ("GT:DP", "0/1:0", ("*1/*3C",)),
    ],
)
def test_depth_and_genotype(tpmt, layout, value, expected):
    found = tpmt(("C", layout, value))
    assert _outcome(found) == expected
    if expected in (REFUSED, MISSING):
        assert found.missing_positions[0].why


def test_depths_of_a_third_allele(tpmt):
    assert _outcome(tpmt(("C,G", "GT:AD", "0/1:0,15,15"))) == REFUSED
    assert _outcome(tpmt(("C,G", "GT:AD", "0/1:15,15,2"))) == ("*1/*3C",)


def test_a_substitution_beside_the_position_leaves_it_to_its_own_record(real, write_vcf):
    # four bases in one record, of which only the first differs; the last one is a position with a variant of its own
    loci = real.gene("CYP2C19").loci
    skipped = (94762712, 94762715)
    lines = [f"chr10 {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0|0" for x in loci if x.pos not in skipped]
    both = ["chr10 94762712 . CGGT TGGT . . . GT 0|1", "chr10 94762715 . T C . . . GT 0|1"]
    for order in (both, both[::-1]):
        call = call_file(write_vcf([*lines, *order]), real)[0].gene("CYP2C19")
        assert (call.diplotypes, call.missing_positions) == (("*34/*38",), ())


def test_a_defined_deletion_counts_at_its_own_position(real, write_vcf):
    # a deletion that G6PD defines takes two other positions away: they are reference there, and it is not lost
    loci = real.gene("G6PD").loci
    lines = [f"chrX {x.pos} . {x.ref} {','.join(x.alts)} . . . GT {'1/1' if x.pos == 154532752 else '0/0'}" for x in loci]
    call = call_file(write_vcf(lines), real)[0].gene("G6PD")
    assert (call.missing_positions, [v.pos for v in call.variants]) == ((), [154532752])


def test_genotypes_that_did_not_pass_are_counted(real, write_vcf):
    lines = [f"{x.chrom} {x.pos} . {x.ref} {x.alts[0]} . . . GT:FT 0/0:lowGQ" for x in real.gene("VKORC1").loci]
    found = call_file(write_vcf(lines), real)[0]
    assert "genotypes at defining positions whose FT is not PASS, used all the same: 1" in found.warnings


# --- deletions over a position --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deletion", "own", "expected"),
    [
        ("1/1", "0/0", "refused"),
        ("1/1", "0/1", "refused"),
        ("1/1", "./.", "missing"),
        ("0/1", "0/0", "called"),
        ("0/1", "0/1", "called"),
        ("0/1", "1/1", "refused"),
        ("0/1", "./.", "missing"),
        ("0/1", "./1", "refused"),
        ("0/0", "0/0", "called"),
        ("./.", "0/0", "called"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_a_deletion_over_a_position(real, write_vcf, deletion, own, expected, turn):
    # rs3918290 (DPYD *2A) is the base that GC>G takes away
    loci = real.gene("DPYD").loci
    lines = [f"chr1 {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0/0" for x in loci if x.pos != 97450058]
    locus = next(x for x in loci if x.pos == 97450058)
    pair = [f"chr1 97450057 . GC G . . . GT {deletion}", f"chr1 97450058 . C {','.join(locus.alts)} . . . GT {own}"]
    call = call_file(write_vcf([*lines, *pair[::turn]]), real)[0].gene("DPYD")
    missing = any(m.pos == 97450058 for m in call.missing_positions)
    if expected == "called":
        assert (call.status, missing) == ("called", False)
        assert ("c.1905+1G>A (*2A)" in str(call.diplotypes + call.haplotypes)) == (own == "0/1")
    else:
        assert missing
        assert (call.status == "not_assessed") == (expected == "refused")


# --- every pair and triple of records -------------------------------------------------------------------------------


def _record(alt, text):
    marked = text[1:2]
    copies = [{"0": "T", "1": alt, ".": None}[x] for x in text[::2]]
    return Genotype(
        copies[0], copies[1] if marked else None, not marked, marked == "|", "", "CGA".index(alt) + 1, about=(alt,)
    )


GENOTYPES = [f"{a}{mark}{b}" for mark in "/|" for a in "01." for b in "01."] + ["0", "1", "."]


def _locus(real):
    return next(x for x in real.gene("TPMT").loci if x.rsid == "rs1142345")


def test_whatever_the_records_nothing_is_lost(real):
    """Any two records of two ALTs or of the same one, and any three with a third ALT's reference or no-call."""
    locus = _locus(real)
    pairs = [(a, b) for alts in ("CG", "CC") for a in _all(alts[0]) for b in _all(alts[1])]
    triples = [(a, b, _record("A", text)) for a, b in pairs for text in ("0/0", "./.", "0|0")]
    for records in [*pairs, *triples]:
        found = join(locus, records)
        outcomes = {_told(join(locus, order)) for order in itertools.permutations(records)}
        assert outcomes == {_told(found)}, records
        shown = {c for r in records for c in r.copies if c not in (None, "T")}
        if found.called:
            assert shown == {c for c in found.copies if c != "T"}, records
            assert all(_explained(r, found) for r in records), records
        elif shown:
            assert found.clash or any(c not in (None, "T") for c in found.copies), records


def _all(alt):
    return [_record(alt, text) for text in GENOTYPES]


def _told(genotype):
    if genotype.problem:
        return ("not used", genotype.clash)
    if not genotype.called:
        return ("not called", *sorted(map(str, genotype.copies)))
    kept = genotype.copies if genotype.phased and len(set(genotype.copies)) > 1 else tuple(sorted(genotype.copies))
    return kept, genotype.phased and len(set(genotype.copies)) > 1


def _explained(record, found):
    """A copy that a record does not call is never reference."""
    return all(b != "T" for a, b in zip(record.copies, found.copies, strict=False) if a is None)


@pytest.mark.parametrize("mark", ["/", "|"])
def test_split_sites_come_back_as_they_were(real, mark):
    """Each genotype of three alleles, split as bcftools does (other ALTs are 0) and as vt does (other ALTs are `.`)."""
    locus = _locus(real)
    for truth in itertools.product("TCG", repeat=2):
        for other in "0.":
            texts = [mark.join("1" if a == alt else "0" if a == "T" else other for a in truth) for alt in "CG"]
            found = join(locus, [_record(alt, text) for alt, text in zip("CG", texts, strict=True)])
            assert found.called, (truth, texts)
            assert (found.copies if mark == "|" else sorted(found.copies)) == (truth if mark == "|" else sorted(truth))
            assert found.phased == (mark == "|")


# --- what the file itself doubts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "value", "filters", "doubt"),
    [
        ("GT", "0/0", "LowQual", "FILTER LowQual"),
        ("GT:FT", "0/0:lowGQ", "PASS", "FT lowGQ"),
        ("GT:GQ", "0/0:3", ".", "GQ 3"),
        ("GT:GQ", "0/1:19.5", ".", "GQ 19.5"),
        ("GT:RGQ", "0/0:0", ".", "GQ 0"),
        ("GT", "0/0", "x" * 500, f"FILTER {'x' * 40}"),
        ("GT:FT:GQ", "0/0:PASS:20", "PASS", ""),
        ("GT:FT:GQ", "0/0:.:.", ".", ""),
        ("GT:GQ", "0/0:high", ".", ""),
    ],
)
def test_a_genotype_that_the_file_doubts_is_used_and_named(real, write_vcf, layout, value, filters, doubt):
    lines = [
        f"{x.chrom} {x.pos} . {x.ref} {','.join(x.alts)} . {filters} . {layout} {value}"
        if x.rsid == "rs1142345"
        else f"{x.chrom} {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0/0"
        for x in real.gene("TPMT").loci
    ]
    found = call_file(write_vcf(lines), real)[0].gene("TPMT")
    assert (found.status, found.missing_positions) == ("called", ())
    said = [w for w in found.warnings if "doubts" in w]
    assert said == (
        [f"genotypes that the file itself doubts were used all the same: rs1142345 (chr6:18130687) ({doubt})"]
        if doubt
        else []
    )


def test_many_doubted_genotypes_are_counted(real, write_vcf):
    lines = [f"{x.chrom} {x.pos} . {x.ref} {','.join(x.alts)} . LowQual . GT 0/0" for x in real.gene("TPMT").loci]
    (said,) = call_file(write_vcf(lines), real)[0].gene("TPMT").warnings
    assert said.endswith(f"(FILTER LowQual) and {len(lines) - 4} more")


def test_the_doubt_of_one_of_two_records_is_kept(real, write_vcf):
    lines = [f"{x.chrom} {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0/0" for x in real.gene("TPMT").loci]
    lines = [line for line in lines if " 18130687 " not in line]
    two = ["chr6 18130687 . T C . . . GT:GQ 0/1:99", "chr6 18130687 . T G . . . GT:GQ 0/0:2"]
    for order in (two, two[::-1]):
        found = call_file(write_vcf([*lines, *order]), real)[0].gene("TPMT")
        assert found.diplotypes == ("*1/*3C",)
        assert any("(GQ 2)" in w for w in found.warnings)
