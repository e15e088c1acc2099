"""Alleles that positions without a genotype may hide."""

from __future__ import annotations

import itertools
import random

import pytest
from bedside.plugins.genomics.named_alleles import call_file

LOCI = [(100, "A", "G", ""), (200, "C", "T", ""), (300, "G", "A,T", ""), (400, "T", "C", "")]
ALLELES = {"*1": {}, "*2": {0: "G"}, "*3": {1: "T"}, "*4": {0: "G", 1: "T"}, "*5": {2: "A"}, "*6": {0: "G", 3: "C"}}
TABLE = {
    "gene": "GENE1",
    "version": "1",
    "diplotypes": [
        {"diplotypekey": {"*1": 2}, "phenotype": "Normal", "activityScore": "2.0"},
        {"diplotypekey": {"*1": 1, "*3": 1}, "phenotype": "Less", "activityScore": "1.0"},
        {"diplotypekey": {"*3": 2}, "phenotype": "None", "activityScore": "0.0"},
    ],
}


@pytest.fixture
def call(made_up, write_vcf):
    """`call("0/1", None, …)`: genotypes at the four positions, None = no line."""

    def of(*genotypes, asked=False, gene="GENE1", chrom="chr1", alleles=ALLELES):
        definitions = made_up(LOCI, alleles, gene=gene, chrom=chrom, phenotype=TABLE if gene == "GENE1" else None)
        lines = [
            f"{chrom} {pos} . {ref} {alts} . . . GT {gt}"
            for (pos, ref, alts, _), gt in zip(LOCI, genotypes, strict=True)
            if gt is not None
        ]
        return call_file(write_vcf(lines), definitions, missing_is_reference=asked)[0].gene(gene)

    return of


def _made(found):
    return {h.name: (h.positions, h.diplotypes) for h in found.hidden}


def test_nothing_is_hidden_where_all_was_read(call):
    found = call("0/1", "0/0", "0/0", "0/0")
    assert (found.hidden, found.positions, found.assumed_positions) == ((), 4, ())
    assert call("0/1", "0/0", "0/0", "0/0", asked=True).hidden == ()


@pytest.mark.parametrize("asked", [False, True])
def test_what_was_read_excludes_and_what_was_not_does_not(call, asked):
    found = call("0/0", None, "0/0", "0/0", asked=asked)
    # *4 would show at the first position
    assert _made(found) == {"*3": (("rs200",), ("*1/*3", "*3/*3"))}
    assert found.hidden[0].phenotypes == ("Less", "None")
    assert found.hidden[0].activity_scores == ("1.0", "0.0")
    assert [m.pos for m in found.assumed_positions] == ([200] if asked else [])
    assert [m.pos for m in found.missing_positions] == ([] if asked else [200])


def test_a_no_call_is_as_absent_and_never_assumed(call):
    found = call("0/0", "./.", "0/0", "0/0", asked=True)
    assert _made(found) == {"*3": (("rs200",), ("*1/*3", "*3/*3"))}
    assert (found.assumed_positions, [m.pos for m in found.missing_positions]) == ((), [200])


def test_beside_what_was_called(call):
    # *2 on one copy: the other may hide *3, or the first is *4
    assert _made(call("0/1", None, "0/0", "0/0", asked=True)) == {
        "*3": (("rs200",), ("*2/*3",)),
        "*4": (("rs200",), ("*1/*4",)),
    }
    # both copies carry it: neither can hide *3
    assert _made(call("1/1", None, "0/0", "0/0", asked=True)) == {"*4": (("rs200",), ("*2/*4", "*4/*4"))}


def test_a_sure_homozygote_hides_nothing_that_is_defined(call):
    assert call("0/0", "0/0", "1/1", None, asked=True).hidden == ()


def test_one_copy_of_x(call):
    found = call("0", None, "0", "0", chrom="chrX", asked=True)
    assert _made(found) == {"*3": (("rs200",), ("*3",))}


def test_lowest_function_genes(call, real, write_vcf):
    single = {"Reference": {}, "a": {0: "G"}, "b": {1: "T"}, "c": {2: "A"}}
    found = call("0/1", None, "0/0", "0/0", gene="RYR1", alleles=single)
    assert _made(found) == {"b": (("rs200",), ("a/b", "Reference/[a + b]"))}
    found = call("0/1", None, "0/1", "0/0", gene="RYR1", alleles=single)
    assert found.haplotypes
    assert _made(found) == {"b": (("rs200",), ("[a + b + c]",))}


def test_dpyd(real, call_with):
    found = call_with("DPYD", {}, drop=["rs3918290"])
    (hidden,) = found.hidden
    assert (hidden.name, hidden.positions) == ("c.1905+1G>A (*2A)", ("rs3918290",))
    assert set(zip(hidden.phenotypes, hidden.activity_scores, strict=True)) == {("Intermediate Metabolizer", "1.0")}


@pytest.mark.parametrize("seed", range(25))
def test_against_all_that_the_unread_positions_could_be(made_up, write_vcf, seed):
    """Every genotype of the unread positions is tried: an allele is hidden when it is in one of the best calls then, beside
    an allele that is called as it is or on both copies."""
    chance = random.Random(seed)
    alleles: dict[str, dict[int, str]] = {"*1": {}}
    for k in range(2, 8):
        cells = {i: chance.choice(LOCI[i][2].split(",")) for i in chance.sample(range(4), chance.randint(1, 3))}
        if cells not in alleles.values():
            alleles[f"*{k}"] = cells
    definitions = made_up(LOCI, alleles)
    unread = set(chance.sample(range(4), chance.randint(1, 2)))
    pairs = [chance.choice([(0, 0), (0, 0), (0, 1), (1, 1)]) for _ in LOCI]

    def called(genotypes, **how):
        lines = [
            f"chr1 {pos} . {ref} {alts} . . . GT {genotypes[i][0]}/{genotypes[i][1]}"
            for i, (pos, ref, alts, _) in enumerate(LOCI)
            if i in genotypes
        ]
        return call_file(write_vcf(lines), definitions, **how)[0].gene("GENE1")

    seen = {i: pair for i, pair in enumerate(pairs) if i not in unread}
    found = called(seen, missing_is_reference=True)
    if not found.diplotypes:
        assert found.hidden == ()
        return
    base = {name for d in found.diplotypes for name in d.split("/")}
    possible = set()
    ways = [list(itertools.combinations_with_replacement(range(1 + len(LOCI[i][2].split(","))), 2)) for i in sorted(unread)]
    for way in itertools.product(*ways):
        one = called(seen | dict(zip(sorted(unread), way, strict=True)))
        possible |= {*one.diplotypes, *one.alternatives}
    made = {d for h in found.hidden for d in h.diplotypes}
    # nothing is made up
    assert made <= possible
    # and nothing that stands beside a called allele, or on both copies, is left out
    told = {n for n, cells in alleles.items() if set(cells) & unread}
    for diplotype in possible - set(found.diplotypes):
        one, two = diplotype.split("/")
        if (one == two and one in told) or (one in told and two in base) or (two in told and one in base):
            assert diplotype in made, (alleles, seen, found.diplotypes)
