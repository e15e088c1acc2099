"""What positions that were not read leave open of a result: `GeneResult.unsure`."""

from __future__ import annotations

from pathlib import Path

import pytest
from bedside.plugins.genomics.named_alleles import GeneCall, call_file
from bedside.plugins.genomics.named_alleles.calls import HiddenAllele, MissingPosition
from bedside.plugins.genomics.pgx.results import results_of

FIELD = Path(__file__).parents[1] / "field"


@pytest.fixture
def result_of(tables, real, tmp_path):
    """The result of one gene, of a file or of all its positions with the given ones other than reference or left out."""

    def of(gene, file=None, *, drop=(), asked=False, **genotypes):
        if file is None:
            file = tmp_path / "a.vcf"
            columns = "#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT S"
            lines = [
                f"{x.chrom} {x.pos} . {x.ref} {','.join(x.alts)} . . . GT {genotypes.get(x.rsid, '0/0')}"
                for x in real.gene(gene).loci
                if x.rsid not in drop
            ]
            file.write_text(
                "\n".join(["##fileformat=VCFv4.2", *("\t".join(x.split()) for x in [columns, *lines])]) + "\n", "utf-8"
            )
        calls = call_file(file, real, missing_is_reference=asked)[0].genes
        return results_of(calls, tables, lambda g: bool(real.phenotypes(g).version))[gene]

    return of


def test_one_record_of_35(result_of):
    found = result_of("CYP2C19", FIELD / "p14_one_record.vcf", asked=True)
    assert (found.state, found.cpic) == ("known", ("Normal Metabolizer",))
    assert found.unsure.startswith(
        "34 of its 35 positions are absent from the file and were assumed to be reference: *3, *4"
    )
    assert found.unsure.endswith("or sequence CYP2C19")
    assert {"Poor Metabolizer", "Intermediate Metabolizer", "Ultrarapid Metabolizer"} <= set(found.may_also_be)
    assert "34" in found.doubts[0]
    # not asked, the same positions are missing
    found = result_of("CYP2C19", FIELD / "p14_one_record.vcf")
    assert found.unsure.startswith("34 of its 35 positions were not read: *3, *4")


@pytest.mark.parametrize(
    ("asked", "start"),
    [
        (False, "1 of its 5 positions was not read: "),
        (True, "1 of its 5 positions is absent from the file and was assumed to be reference: "),
    ],
)
def test_cyp3a5_without_the_position_of_star_3(result_of, asked, start):
    found = result_of("CYP3A5", FIELD / "p15c_cyp3a5_rs776746_absent.vcf", asked=asked)
    assert found.unsure == (
        f"{start}*3 can't be excluded, with which the result would be Intermediate Metabolizer or Poor Metabolizer; "
        "genotype rs776746, or sequence CYP3A5"
    )
    assert found.may_also_be == ("Intermediate Metabolizer", "Poor Metabolizer")
    assert found.could_be == (("Intermediate Metabolizer", None), ("Poor Metabolizer", None))


def test_what_was_read_whole_is_sure(result_of):
    found = result_of("CYP2C19", FIELD / "p27b_bom.vcf")
    assert (found.cpic, found.unsure, found.may_also_be) == (("Intermediate Metabolizer",), "", ())
    assert result_of("CYP3A5", asked=True).unsure == ""


@pytest.mark.parametrize("asked", [False, True])
def test_what_could_change_nothing_leaves_no_doubt(result_of, asked):
    # both copies are *2: no other allele has its variant
    both = {"rs4244285": "1/1", "rs12769205": "1/1", "rs3758581": "1/1"}
    dropped = ("rs28399504", "rs12248560", "rs4986893")
    found = result_of("CYP2C19", drop=dropped, asked=asked, **both)
    assert (found.cpic, found.unsure) == (("Poor Metabolizer",), "")
    # one copy: the other may be *17 or *3
    found = result_of("CYP2C19", drop=dropped, asked=asked, **{**both, "rs4244285": "0/1", "rs12769205": "0/1"})
    assert {"Poor Metabolizer"} <= set(found.may_also_be)
    assert "rs4986893" in found.unsure


def test_an_allele_of_the_same_function_leaves_none(result_of):
    # NUDT15 *2 has *3's variant and an insertion: both are of no function
    found = result_of("NUDT15", drop=("rs746071566",), rs116855232="1/1")
    assert (found.cpic, found.unsure) == (("Poor Metabolizer",), "")


def test_a_score_alone_is_a_change(results):
    """CYP2C9 lines go by the score: 1.5 and 1 are both intermediate."""
    hidden = HiddenAllele("*3", ("rs1057910",), ("*1/*3",), ("Intermediate Metabolizer",), ("1.0",))
    call = GeneCall(
        "CYP2C9",
        "called",
        ("*1/*2",),
        phenotypes=("Intermediate Metabolizer",),
        activity_scores=("1.5",),
        missing_positions=(MissingPosition("chr10", 94981296, "rs1057910"),),
        positions=83,
        hidden=(hidden,),
    )
    found = results(call)["CYP2C9"]
    assert "Intermediate Metabolizer (activity score 1.0); genotype rs1057910" in found.unsure
    assert (found.may_also_be, found.could_be) == ((), (("Intermediate Metabolizer", "1.0"),))
    same = call.__class__(**{**call.__dict__, "activity_scores": ("1",)})
    assert results(same)["CYP2C9"].unsure == ""


def test_genes_whose_phenotype_is_cpics(result_of):
    """G6PD: the definitions have no phenotype table of it."""
    assert result_of("G6PD").unsure == ""
    found = result_of("G6PD", drop=("rs1050828",))
    assert found.cpic == ("G6PD Normal",)
    assert "rs1050828" in found.unsure
    assert "G6PD Variable" in found.may_also_be


def test_one_associated_allele_of_ryr1_decides_whatever_was_not_read(result_of, real):
    associated = next(x for x in real.gene("RYR1").loci if x.rsid == "rs118192175")
    others = [x.rsid for x in real.gene("RYR1").loci if x.rsid != "rs118192175"][:40]
    assert associated
    found = result_of("RYR1", drop=others, rs118192175="0/1")
    assert (found.cpic, found.unsure) == (("Malignant Hyperthermia Susceptibility",), "")
    found = result_of("RYR1", drop=["rs118192175"])
    assert "rs118192175" in found.unsure
    assert found.may_also_be == ("Malignant Hyperthermia Susceptibility",)


@pytest.mark.parametrize(("one", "unsure"), [("1/1", False), ("0/1", True), ("0/0", True)])
def test_dpyd_by_four_variants(result_of, real, one, unsure):
    """Two copies of no function stay a score of 0; with one of them, or none, the rest could matter."""
    read = {"rs3918290", "rs55886062", "rs67376798", "rs56038477"}
    drop = [x.rsid for x in real.gene("DPYD").loci if x.rsid not in read]
    found = result_of("DPYD", drop=drop, rs3918290=one)
    assert bool(found.unsure) == unsure
    assert not unsure or f"{len(drop)} of its {len(drop) + 4} positions were not read" in found.unsure


def test_nothing_is_said_of_a_gene_without_a_result(result_of):
    found = result_of("TPMT", FIELD / "p14_one_record.vcf")
    assert (found.state, found.unsure, found.may_also_be) == ("unknown", "", ())


def test_without_cpic(real):
    calls = call_file(FIELD / "p15c_cyp3a5_rs776746_absent.vcf", real)[0].genes
    found = results_of(calls, None, lambda g: True)["CYP3A5"]
    assert "rs776746" in found.unsure
