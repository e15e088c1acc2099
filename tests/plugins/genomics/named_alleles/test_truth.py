"""What PharmCAT says of the same genomes: its own unit tests, its tables of DPYD and NAT2, and 90 synthetic genomes."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict

import pytest
from bedside.plugins.genomics.named_alleles import call_file

STATUS = {"called": "called", "haplotypes": "called", "ambiguous": "ambiguous", "not_called": "not_assessed"}
NOTHING = (None, "n/a", "No Result")


def test_the_differential_set_agrees_in_every_field(pharmcat, real):
    rows = [json.loads(line) for line in (pharmcat / "differential_dev/truth.jsonl").read_text().splitlines()]
    by_file = defaultdict(list)
    for row in rows:
        by_file[row["file"]].append(row)
    wrong = []
    for file, expected in by_file.items():
        found = call_file(pharmcat / "differential_dev" / file, real)[0]
        for row in expected:
            call = found.gene(row["gene"])
            same = (
                call.status == STATUS[row["status"]]
                and list(call.diplotypes) == row["diplotypes"]
                and list(call.haplotypes) == row["haplotypes"]
                and len(call.missing_positions) == row["missing_positions"]
                and sorted(call.uncallable) == sorted(row["uncallable"])
            )
            if row["phenotypes"] is not None:
                same &= _said(p[0] for p in row["phenotypes"]) == _said(call.phenotypes)
                same &= _said(row["activity_scores"]) == _said(call.activity_scores)
            if not same:
                wrong.append((file, row["gene"]))
    assert not wrong


def _said(values):
    return [v for v in values if v not in NOTHING]


def test_rows_of_pharmcats_unit_tests(pharmcat, real, call_with):
    rows = [json.loads(line) for line in (pharmcat / "diplotype_truth_dev.jsonl").read_text().splitlines()]
    wrong = []
    for row in rows:
        if row["kind"] == "vcf":
            call = call_file(pharmcat / "vcf" / row["vcf"], real)[0].gene(row["gene"])
        else:
            mark = "|" if row["phased"] else "/"
            genotypes = {v["pos"]: mark.join(v["alleles"]) for v in row["variations"]}
            missing = [rsid for _, rsids in row["missing"] for rsid in rsids]
            call = call_with(row["gene"], genotypes, drop=missing, default=f"0{mark}0")
        # some of the tests ask for every diplotype that fits, not for the top ones
        found = (sorted(call.diplotypes), sorted(call.diplotypes + call.alternatives))
        if sorted(row["expected"]) not in found:
            wrong.append((row["test"], row["kind"], row["expected"], call.diplotypes, call.reason))
    assert not wrong


def test_the_example_patient(pharmcat, real):
    example = pharmcat / "example"
    found = call_file(example / "pharmcat.example.vcf", real, outside=example / "pharmcat.example.outsideCall.tsv")[0]
    with (example / "pharmcat.example.report.tsv").open(encoding="utf-8") as stream:
        next(stream)
        for row in csv.DictReader(stream, delimiter="\t"):
            call = found.gene(row["Gene"])
            assert call.diplotypes == (row["Source Diplotype"],), row["Gene"]
            if real.phenotypes(row["Gene"]).rows:
                assert (call.phenotype or "") == row["Phenotype"].strip().replace("n/a", "")
                assert (call.activity_score or "") == row["Activity Score"].strip()


INTRONIC, HAPB3 = "c.1129-5923C>G", "c.1129-5923C>G, c.1236G>A (HapB3)"
# Columns of PharmCAT's table; the sixth is a variant that no allele is defined by, which DPYD reads as reference.
COLUMNS = {"rs56038477": 0, "rs75017182": 1, "rs72549310": 2, "rs67376798": 3, "rs1801265": 4, "rs115232898": 6}


@pytest.mark.parametrize("phased", [True, False])
def test_the_table_of_hapb3(pharmcat, call_with, phased):
    lines = (pharmcat / "vcf/DPYD/hapb3.tsv").read_text(encoding="utf-8").splitlines()
    mark = "|" if phased else "/"
    wrong = []
    tried = 0
    for number, line in enumerate(lines[3:], 4):
        fields = [f.strip() for f in line.split("\t")]
        if len(fields) < 10 or fields[0][:1] not in ("0", "1", "m"):
            continue
        genotypes = {
            r: fields[i].replace("/", mark).replace("|", mark) for r, i in COLUMNS.items() if fields[i] != "missing"
        }
        drop = [r for r, i in COLUMNS.items() if fields[i] == "missing"]
        call = call_with("DPYD", genotypes, drop=drop, default=f"0{mark}0")
        expected = (fields[7] if phased else fields[9] or fields[7]).replace("HapB3Intron", INTRONIC)
        expected = re.sub(r"\bHapB3\b", HAPB3, re.sub(r"\bref\b", "Reference", expected))
        tried += 1
        found = _by_strand(call.diplotypes[0]) if call.diplotypes else sorted(call.haplotypes)
        if found != (_by_strand(expected) if "/" in expected else _listed(expected)):
            wrong.append((number, fields[:7], expected, call.diplotypes, call.haplotypes))
    assert tried > 100
    assert not wrong


def _by_strand(diplotype):
    return sorted(sorted(re.split(r"\s*\+\s*(?=c\.)", s.strip("[]"))) for s in diplotype.split("/"))


def _listed(text):
    names = []
    for name in re.split(r", (?!c\.1236G>A)", text):
        names += [name.removesuffix(" (homozygous)")] * (2 if name.endswith(" (homozygous)") else 1)
    return sorted(names)


def test_the_table_of_nat2(pharmcat, call_with):
    """Unphased NAT2: all diplotypes that fit, or the one that PharmCAT's frequencies pick."""
    with (pharmcat / "vcf/NAT2/tests.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    wrong = []
    tried = 0
    for number, row in enumerate(rows, 2):
        if not (row["Output"] or "").startswith(("*", "not")) or row["Other NAT2 positions"] != "reference":
            continue
        genotypes = {k: v for k, v in row.items() if k and k.startswith("rs") and v}
        drop = re.findall(r"rs\d+", row["Missing positions"])
        call = call_with("NAT2", genotypes, drop=drop)
        picked = (row["Pick"] or "").strip() or row["Output"]
        expected = [] if picked.startswith("not") else sorted(p.strip() for p in picked.split(" or "))
        tried += 1
        if sorted(call.diplotypes) != expected:
            wrong.append((number, genotypes, drop, expected, call.diplotypes, call.reason))
    assert tried > 60
    assert not wrong
