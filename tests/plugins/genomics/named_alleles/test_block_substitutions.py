"""A record of several changes (MNV) is one haplotype: its changes lie on one copy, whatever its phasing says."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from bedside.plugins.genomics.named_alleles import call_file

FIELD = Path(__file__).parents[1] / "field"
# Three adjacent bases C, G, T and one far away; *2 = T at the first, *3 = A at the second, *4 = both, *5 = the far one,
# *6 = C at the third, *7 = first and far.
LOCI = [(100, "C", "T", ""), (101, "G", "A,C", ""), (102, "T", "C", ""), (500, "A", "G", "")]
ALLELES = {
    "*1": {}, "*2": {0: "T"}, "*3": {1: "A"}, "*4": {0: "T", 1: "A"}, "*5": {3: "G"}, "*6": {2: "C"}, "*7": {0: "T", 3: "G"},
}  # fmt: skip
WITHOUT_4 = {name: cells for name, cells in ALLELES.items() if name != "*4"}


@pytest.fixture
def call(made_up, write_vcf):
    """`call("100 CG TA 0/1", …)`: records `POS REF ALT GT`, reference at the positions that none of them covers."""

    def of(*records, alleles=ALLELES, gene="GENE1", layout="GT", loci=LOCI, chrom="chr1", flags=None):
        covered = set()
        lines = []
        for pos, ref, alts, gt in (r.split() for r in records):
            covered |= set(range(int(pos), int(pos) + len(ref)))
            lines.append((int(pos), f"{chrom} {pos} . {ref} {alts} . . . {layout} {gt}"))
        rest = [(p, f"{chrom} {p} . {r} {a} . . . GT 0/0") for p, r, a, _ in loci if p not in covered]
        ordered = [line for _, line in sorted([*lines, *rest], key=lambda x: x[0])]
        definitions = made_up(loci, alleles, gene=gene, chrom=chrom)
        return call_file(write_vcf(ordered), definitions, **(flags or {}))[0].gene(gene)

    return of


# --- the cases from the field --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "gene"), [("p30b_mnv_both", "CYP2C9"), ("p30e_cyp2c19_mnv", "CYP2C19")])
@pytest.mark.parametrize("asked", [False, True])
def test_the_cases_are_as_the_same_record_phased(real, tmp_path, name, gene, asked):
    text = (FIELD / f"{name}.vcf").read_text(encoding="utf-8")
    phased = tmp_path / "phased.vcf"
    (number,) = (i for i, line in enumerate(text.splitlines()) if "\tCG\tTA\t" in line)
    lines = text.splitlines()
    lines[number] = lines[number].replace("0/1", "0|1")
    phased.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = [call_file(p, real, missing_is_reference=asked)[0].gene(gene) for p in (FIELD / f"{name}.vcf", phased)]
    for one in found:
        assert (one.status, one.diplotypes, one.alternatives, one.phenotype) == ("not_assessed", (), (), None)
        assert "no pair of defined alleles explains the genotypes" in one.reason
    assert found[0].reason == found[1].reason
    assert [v.alleles for v in found[0].variants] == [v.alleles for v in found[1].variants]


def test_a_byte_order_mark_is_no_part_of_the_file(real):
    found = call_file(FIELD / "p27b_bom.vcf", real)[0].gene("CYP2C19")
    assert (found.status, found.diplotypes, found.phenotype) == ("called", ("*1/*2",), "Intermediate Metabolizer")


# --- one record ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", "/|")
def test_a_defined_allele_with_both_changes_is_called(call, mark):
    found = call(f"100 CG TA 0{mark}1")
    assert (found.status, found.diplotypes, found.alternatives, found.phased) == ("called", ("*1/*4",), (), True)


@pytest.mark.parametrize("mark", "/|")
def test_without_such_an_allele_nothing_is_called(call, mark):
    found = call(f"100 CG TA 0{mark}1", alleles=WITHOUT_4)
    assert (found.status, found.diplotypes, found.alternatives) == ("not_assessed", (), ())


def test_single_records_may_still_lie_apart(call):
    assert call("100 C T 0/1", "101 G A 0/1").alternatives == ("*2/*3",)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("100 CG TA 1/1", "*4/*4"),
        ("100 CG TA,TG 1/2", "*2/*4"),
        ("100 CG TA,CA 1/2", "*3/*4"),
        ("100 CG CA,TA 1/2", "*3/*4"),
        ("100 CG TG,CA 1/2", "*2/*3"),
        ("100 CG TG,CA 2/1", "*2/*3"),
        ("100 CGT TAT 0/1", "*1/*4"),
        ("99 ACGT ATAT 1/0", "*1/*4"),
        ("100 CG TA,<NON_REF> 0/1", "*1/*4"),
        ("100 cg ta 0/1", "*1/*4"),
        ("100 CG TT,TA 0/2", "*1/*4"),
    ],
)
def test_each_copy_has_the_changes_of_its_own_allele(call, record, expected):
    found = call(record)
    assert (found.status, found.diplotypes, found.alternatives) == ("called", (expected,), ())


@pytest.mark.parametrize(
    "record",
    [
        "100 CG TC 0/1",  # second base: spelled in the definition, of no allele with the first
        "100 CGT TAC 0/1",  # three changes, of no allele
        "100 CG TT 0/1",  # the second base is no defined one
        "100 CGT TA 0/1",  # a deletion with it
        "100 CG TAA 0/1",  # an insertion with it
        "100 CG TA ./1",
        "100 CG TA 1",
        "100 CG TA 0/0/1",
        "100 CG TA,* 1/2",
        "100 CG TA,<DEL> 1/2",
        "100 CG TN 0/1",
    ],
)
def test_what_is_not_defined_is_never_split_over_two_copies(call, record):
    found = call(record)
    assert (found.status, found.diplotypes, found.alternatives) == ("not_assessed", (), ())
    assert found.reason


def test_a_part_that_defines_nothing(call):
    # base 99 belongs to no position
    assert call("99 AC GT 0/1").diplotypes == ("*1/*2",)
    assert call("99 AC GT 0/1", "500 A G 0/1").diplotypes == ("*1/*7",)


def test_wrong_reference_bases_are_named(call):
    found = call("100 GG TA 0/1", "500 A G 0/1")
    # what it says of the second base is no better than what it says of the first
    assert [(m.pos, m.why) for m in found.missing_positions] == [
        (100, "REF GG is not the reference allele C"),
        (101, "its record has another REF than the reference at chr1:100"),
    ]
    assert [v.pos for v in found.variants] == [500]


# --- beside other records ------------------------------------------------------------------------------------------


def test_other_records_stay_unphased_to_it(call):
    found = call("100 CG TA 0/1", "500 A G 0/1")
    assert (found.diplotypes, found.alternatives, found.phased) == (("*4/*5",), (), False)


def test_two_such_records_are_two_blocks(call):
    loci = [*LOCI[:2], (200, "C", "T", ""), (201, "G", "A", "")]
    alleles = {"*1": {}, "*4": {0: "T", 1: "A"}, "*8": {2: "T", 3: "A"}, "*9": {0: "T", 1: "A", 2: "T", 3: "A"}}
    found = call("100 CG TA 0/1", "200 CG TA 0/1", loci=loci, alleles=alleles)
    assert (found.diplotypes, found.alternatives) == (("*1/*9",), ("*4/*8",))


@pytest.mark.parametrize(
    ("one", "far", "expected"),
    [
        ("0|1:7", "0|1:7", ()),  # T, A and G on one copy: no such allele
        ("0|1:7", "1|0:7", ("*4/*5",)),
        ("0|1:7", "0|1:8", ("*4/*5",)),
        ("0/1:7", "0|1:7", ("*4/*5",)),
        ("0|1:.", "1|0:.", ("*4/*5",)),
        ("0|1:.", "0|1:.", ()),
    ],
)
def test_phase_sets(call, one, far, expected):
    found = call(f"100 CG TA {one}", f"500 A G {far}", layout="GT:PS")
    assert (found.diplotypes, found.alternatives) == (expected, ())


def test_it_ties_phase_sets_together(call):
    # the second base is in phase set 7 with the far position; the record says where the first one lies
    alleles = {**ALLELES, "*8": {0: "T", 1: "A", 3: "G"}}
    records = ("100 CG TA 0/1:.", "100 C T 0/1:.", "101 G A 0|1:7", "500 A G {}:7")
    for far, expected in (("0|1", "*1/*8"), ("1|0", "*4/*5")):
        found = call(*(r.format(far) for r in records), layout="GT:PS", alleles=alleles)
        assert (found.diplotypes, found.alternatives) == ((expected,), ())


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    "records",
    [
        ("100 CG TA 0/1", "100 C T 0/0"),
        ("100 CG TA 0/1", "101 G A 1/1"),
        ("100 CG TA 0/1", "100 C T 0/1"),  # the same copy, or the other one (a split 1/2)?
        ("100 CG TA 1/0", "101 G A 0/1"),
        ("100 CG TA 0|1", "100 C T 0/1"),
        ("100 CG TA 0|1", "100 C T 1|0"),
        ("100 CG TA 0/1", "100 C T 0|1", "101 G A 1|0"),  # apart, says their phase set
        ("100 CG TA 0/1", "101 G C 1/1"),
        ("100 CG TA 0/1", "101 GT AC 0/1"),
        ("100 CG TA 0/1", "100 C T ./."),
        ("100 CG TA 0/1", "100 CG TA 1/1"),
        ("100 CG TA 0|1", "100 CG TA 1|0"),
        ("100 CG TA 0/0", "100 C T 0/1"),
    ],
)
def test_records_that_contradict_or_do_not_say_enough(call, records, order):
    found = call(*records[::order])
    assert (found.status, found.diplotypes, found.alternatives) == ("not_assessed", (), ()), found
    assert found.reason


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (("100 CG TA 0/1", "100 CG TA 0/1"), "*1/*4"),
        (("100 CG TA 0/1", "100 CG TA 1/0"), "*1/*4"),
        (("99 AC GT 0/1", "99 AC GT 0/1"), "*1/*2"),
        (("100 CG TA 0/1", "100 C T 0/1", "101 G A 0/1"), "*1/*4"),
        (("100 CG TA 0/1", "100 C T 0|1", "101 G A 0|1"), "*1/*4"),
        (("100 CG TA 1/1", "100 C T 1/1"), "*4/*4"),
        (("100 CG TA 0|1", "100 C T 0|1"), "*1/*4"),
        (("100 CG TA 0/0", "100 C T 0/0", "101 G A 0/0"), "*1/*1"),
    ],
)
def test_records_that_say_the_same(call, records, expected, order):
    found = call(*records[::order])
    assert (found.status, found.diplotypes, found.alternatives) == ("called", (expected,), ()), found.reason


def test_a_split_site_keeps_what_each_record_says(call):
    # another ALT at the second base on the other copy
    alleles = {**ALLELES, "*8": {1: "C"}}
    found = call("100 CG TA 0/1", "101 G C 1/0", alleles=alleles)
    assert (found.diplotypes, found.alternatives) == (("*4/*8",), ())


def test_depths_of_a_split_site(call):
    found = call("100 CG TA 0/1:0,15", "101 G C 1/0:0,15", layout="GT:AD", alleles={**ALLELES, "*8": {1: "C"}})
    assert found.status == "not_assessed" or (found.diplotypes, found.alternatives) == (("*4/*8",), ())


def test_a_gvcf_with_it(call):
    found = call("100 CG TA,<NON_REF> 0/1", "102 T <NON_REF> 0/0")
    assert (found.diplotypes, found.alternatives) == (("*1/*4",), ())


def test_lowest_function_genes_keep_it_together(call):
    found = call("100 CG TA 0/1", "500 A G 0/1", gene="RYR1", alleles={k: v for k, v in ALLELES.items() if len(v) < 2})
    assert found.haplotypes == ()
    assert set(found.diplotypes) == {"*1/[*2 + *3 + *5]", "*5/[*2 + *3]"}


@pytest.mark.parametrize("gts", [("0/1", "0/1"), ("1/0", "1/0")])
def test_records_that_were_one_before_they_were_taken_apart(made_up, write_vcf, gts):
    """vt decompose_blocksub says so in INFO."""
    for whole, expected in (("chr1:100:CG/TA", ("called", ("*1/*4",), ())), ("", ("called", ("*1/*4",), ("*2/*3",)))):
        info = f"OLD_CLUMPED={whole}" if whole else "."
        lines = [f"chr1 100 . C T . . {info} GT {gts[0]}", f"chr1 101 . G A . . {info} GT {gts[1]}"]
        rest = ["chr1 102 . T C . . . GT 0/0", "chr1 500 . A G . . . GT 0/0"]
        found = call_file(write_vcf([*lines, *rest]), made_up(LOCI, ALLELES))[0].gene("GENE1")
        assert (found.status, found.diplotypes, found.alternatives) == expected


def test_one_copy_of_x(call):
    found = call("100 CG TA 1", "500 A G 1", chrom="chrX", alleles={**ALLELES, "*8": {0: "T", 1: "A", 3: "G"}})
    assert found.diplotypes == ("*8",)


def test_a_record_of_index_order_has_no_line_numbers_and_is_told_apart(real, write_vcf, tmp_path, monkeypatch):
    import pysam
    from bedside.plugins.genomics.vcf import open as opening

    monkeypatch.setattr(opening, "INDEX_FROM", 0)
    path = tmp_path / "b.vcf.gz"
    pysam.tabix_compress(str(FIELD / "p30e_cyp2c19_mnv.vcf"), str(path))
    pysam.tabix_index(str(path), preset="vcf")
    found = call_file(path, real)[0].gene("CYP2C19")
    assert found.records == ()
    assert (found.status, found.diplotypes, found.alternatives) == ("not_assessed", (), ())


# --- against the plain way -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_the_same_diplotypes_as_by_enumeration(made_up, write_vcf, seed):
    """Two haplotypes of adjacent bases, cut into records of one to three bases, some phased: what lies together is exactly
    what the records say."""
    chance = random.Random(seed)
    loci = [(100 + i, ref, ",".join(b for b in "ACGT" if b != ref), "") for i, ref in enumerate("ACGTAC")]
    alleles: dict[str, dict[int, str]] = {"*1": {}}
    for k in range(2, 10):
        places = chance.sample(range(6), chance.randint(1, 4))
        alleles[f"*{k}"] = {i: chance.choice([b for b in "ACGT" if b != loci[i][1]]) for i in places}
    definitions = made_up(loci, alleles)
    for _ in range(15):
        one, two = ([alleles[n].get(i, loci[i][1]) for i in range(6)] for n in chance.choices(list(alleles), k=2))
        cuts = sorted(chance.sample(range(1, 6), chance.randint(1, 4)))
        phased = {}
        lines = []
        for n, (a, b) in enumerate(itertools.pairwise([0, *cuts, 6])):
            ref = "".join(loci[i][1] for i in range(a, b))
            copies = ["".join(one[a:b]), "".join(two[a:b])]
            alts = sorted(set(copies) - {ref}) or [ref[:-1] + ("A" if ref[-1] != "A" else "C")]
            several = sum(any(x != y for y in ys) for x, *ys in zip(ref, *copies, strict=True)) > 1
            mark = chance.choice("/|")
            if mark == "/" and chance.random() < 0.5:
                copies.reverse()
            gt = mark.join(str(0 if c == ref else 1 + alts.index(c)) for c in copies)
            lines.append(f"chr1 {100 + a} . {ref} {','.join(alts)} . . . GT {gt}")
            for i in range(a, b):
                here = copies[0][i - a], copies[1][i - a]
                tied = several and any(c != loci[i][1] for c in here)
                phased[i] = (here, "all" if mark == "|" else f"record {n}" if tied else "")
        call = call_file(write_vcf(lines), definitions)[0].gene("GENE1")
        assert set(call.diplotypes) | set(call.alternatives) == _by_blocks(loci, alleles, phased), (lines, alleles)


def _by_blocks(loci, alleles, phased):
    """Every diplotype for some way to turn the blocks against each other."""
    names = list(alleles)
    blocks = sorted({block for _, block in phased.values() if block})
    free = [i for i, (pair, block) in phased.items() if not block and pair[0] != pair[1]]
    found = set()
    for turns in itertools.product((False, True), repeat=len(blocks) + len(free)):
        turned = dict(zip([*blocks, *free], turns, strict=True))
        strands: tuple[list[str], list[str]] = ([], [])
        for i in range(6):
            pair, block = phased[i]
            pair = pair[::-1] if turned.get(block or i, False) else pair
            strands[0].append(pair[0])
            strands[1].append(pair[1])
        fits = [[n for n in names if all(alleles[n].get(i, loci[i][1]) == s[i] for i in range(6))] for s in strands]
        found |= {"/".join(sorted(pair, key=names.index)) for pair in itertools.product(*fits)}
    return found
