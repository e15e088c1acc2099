"""What a quote of variant records may say: the fixed columns and the named sample's own, and nothing of other people."""

from __future__ import annotations

import pytest
from bedside.core import Case, CaseFile, Facts, Question, ResolveContext, Resolved, VcfRecords
from bedside.core.testing import TestServices
from bedside.plugins.genomics.vcf.resolver import resolve_vcf

FIXED = "chr10\t94781859\trs4244285\tG\tA\t.\tPASS\t.\tGT:DP"
LINES = (
    "##fileformat=VCFv4.2",
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tMOTHER\tCHILD",
    f"{FIXED}\t0/1:30\t1|1:28",
)


@pytest.fixture
def context(tmp_path):
    path = tmp_path / "trio.vcf"
    path.write_text("\n".join((*LINES, "")))
    case = Case(files=(CaseFile(name="trio.vcf", kind="VCF", path=path),))
    return ResolveContext(TestServices(), Question(text="x", case=case), Facts())


def resolved(context, **where):
    [one] = resolve_vcf([VcfRecords(**{"file": "trio.vcf", "lines": (3,), **where})], context)
    return one


@pytest.mark.parametrize(("sample", "cell", "phase"), [("CHILD", "1|1:28", "phased"), ("MOTHER", "0/1:30", "not phased")])
def test_a_named_sample_is_quoted_without_the_others(context, sample, cell, phase):
    one = resolved(context, sample=sample)
    assert isinstance(one, Resolved)
    assert one.quote == f"{FIXED}\t{cell}"
    assert (one.source.version, one.strength) == (f"sample {sample}", phase)


def test_without_a_name_the_whole_line_is_quoted_and_no_sample_claimed(context):
    one = resolved(context)
    assert (one.quote, one.source.version, one.strength) == (LINES[2], "", "")


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ({"sample": "FATHER"}, "no sample of that name"),
        ({"sample": "chr10"}, "no sample of that name"),
        ({"lines": (2,)}, "no record"),
        ({"lines": (9,)}, "line 9 is not in trio.vcf"),
        ({"file": "other.vcf"}, "no variant file of the case has the name other.vcf"),
    ],
)
def test_what_the_file_does_not_say_is_not_resolved(context, where, reason):
    assert reason in resolved(context, **where).reason
