"""Star alleles against PharmCAT's calls of the same genomes, and what calling costs.

    BEDSIDE_MIRROR=../shared/data python bench/star_alleles.py                   agreement, ms a sample, shell
    BEDSIDE_MIRROR=../shared/data python bench/star_alleles.py --lines 5000000   also a large VCF

Agreement compares, for every gene of every genome: status, diplotypes (as sets of unordered pairs), component haplotypes,
phenotype and activity score (where PharmCAT gives one), missing positions and uncallable alleles. A wrong call is a row that
both call, differently; a call where PharmCAT has none, or the other way round, is counted apart.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from _measure import note, report

NOTHING = (None, "n/a", "No Result")
SHELL = """
from bedside.plugins.genomics.named_alleles import call_file, load_definitions
import sys
found = call_file(sys.argv[2], load_definitions(sys.argv[1]))
assert any(g.status != "not_assessed" for g in found[0].genes)
if len(sys.argv) > 3:  # the peak of this process alone
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def flat_folder(pharmcat: Path, folder: Path) -> Path:
    """The definitions as the catalogue lays them out."""
    for path in (pharmcat / "definitions").iterdir():
        (folder / path.name).symlink_to(path.resolve())
    for path in (pharmcat / "phenotype").iterdir():
        (folder / f"{path.stem}_phenotype.json").symlink_to(path.resolve())
    return folder


def compare(row: dict[str, Any], call: Any) -> list[str]:
    """The names of the fields in which a call differs from PharmCAT's."""
    status = {"called": "called", "haplotypes": "called", "ambiguous": "ambiguous", "not_called": "not_assessed"}
    differ = []
    if call.status != status[row["status"]]:
        differ.append("status")
    if _pairs(call.diplotypes) != _pairs(row["diplotypes"]) or sorted(call.haplotypes) != sorted(row["haplotypes"]):
        differ.append("alleles")
    if row["phenotypes"] is not None:
        if _said(call.phenotypes) != _said(p[0] for p in row["phenotypes"]):
            differ.append("phenotype")
        if _said(call.activity_scores) != _said(row["activity_scores"]):
            differ.append("activity score")
    if len(call.missing_positions) != row["missing_positions"] or sorted(call.uncallable) != sorted(row["uncallable"]):
        differ.append("missing")
    return differ


def _pairs(names: Any) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted(n.split("/"))) for n in names)


def _said(values: Any) -> list[str]:
    return [v for v in values if v not in NOTHING]


def agreement(pharmcat: Path, definitions: Any) -> tuple[dict[str, Any], list[float]]:
    from bedside.plugins.genomics.named_alleles import call_file

    by_file = defaultdict(list)
    for line in (pharmcat / "differential_dev/truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by_file[row["file"]].append(row)
    strata: dict[str, Counter[str]] = defaultdict(Counter)
    genes: dict[str, Counter[str]] = defaultdict(Counter)
    seconds = []
    for file, rows in by_file.items():
        started = time.perf_counter()
        found = call_file(pharmcat / "differential_dev" / file, definitions)[0]
        seconds.append(time.perf_counter() - started)
        for row in rows:
            call = found.gene(row["gene"])
            differ = compare(row, call)
            kind = "agree" if not differ else "differ"
            if "alleles" in differ and call.status != "not_assessed" and row["status"] != "not_called":
                kind = "wrong call"
            for table, key in ((strata, row["stratum"]), (genes, row["gene"])):
                table[key][kind] += 1
            if differ:
                note(f"{file} {row['gene']}: {', '.join(differ)}")
    total = sum(strata.values(), Counter())
    figures = {
        "rows": total.total(),
        "agree": total["agree"],
        "wrong_calls": total["wrong call"],
        "by_stratum": {k: f"{c['agree']}/{c.total()}" for k, c in strata.items()},
        "by_gene": {k: f"{c['agree']}/{c.total()}" for k, c in sorted(genes.items())},
    }
    return figures, seconds[1:]


def shell(folder: Path, vcf: Path, runs: int) -> float:
    """Median seconds of a fresh process that loads the definitions and calls 19 genes."""
    walls = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", SHELL, str(folder), str(vcf)], check=True, stdout=subprocess.DEVNULL)
        walls.append(time.perf_counter() - started)
    return median(walls[1:])


def large_vcf(path: Path, definitions: Any, records: int) -> None:
    """A sorted whole-genome VCF: the defining positions among random ones."""
    import pysam

    chance = random.Random(1)
    loci: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for gene in definitions.genes:
        for x in definitions.gene(gene).loci if gene != "CYP2D6" else ():
            number = 23 if x.chrom == "chrX" else int(x.chrom[3:])
            loci[number].append((x.pos, f"{x.rsid or '.'}\t{x.ref}\t{','.join(x.alts)}\t.\tPASS\t.\tGT\t0/0"))
    with pysam.BGZFile(str(path), "w") as sink:
        sink.write(b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n")
        for number in range(1, 24):
            name = "chrX" if number == 23 else f"chr{number}"
            every = [(chance.randrange(10000, 240_000_000), _record(chance)) for _ in range(records // 23)]
            every += loci[number]
            every.sort()
            sink.write("".join(f"{name}\t{pos}\t{line}\n" for pos, line in every).encode())
    pysam.tabix_index(str(path), preset="vcf", force=True)


def _record(chance: random.Random) -> str:
    ref, alt = chance.choice(("A\tG", "C\tT", "G\tA", "T\tC", "CA\tC", "G\tGT")).split("\t")
    one, two, quality = chance.randrange(5, 60), chance.randrange(5, 60), chance.randrange(20, 2000)
    info = f"AC=1;AF=0.5;AN=2;DP={one + two};MQ={chance.randrange(4000, 6000) / 100}"
    sample = f"0/1:{one},{two}:{one + two}:99:{quality},0,{chance.randrange(20, 2000)}"
    return f"rs{chance.randrange(10**9)}\t{ref}\t{alt}\t{quality}\tPASS\t{info}\tGT:AD:DP:GQ:PL\t{sample}"


def large(folder: Path, definitions: Any, records: int) -> dict[str, Any]:
    """Seconds and peak memory (MB) of fresh processes, with the index and without it."""
    path = folder / "large.vcf.gz"
    large_vcf(path, definitions, records)
    figures: dict[str, Any] = {"records": records, "file_mb": path.stat().st_size >> 20}
    for kind in ("index", "one_pass"):
        if kind == "one_pass":
            path.with_name(path.name + ".tbi").unlink()
        started = time.perf_counter()
        command = [sys.executable, "-c", SHELL, str(folder), str(path), "peak"]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        figures[f"{kind}_s"] = round(time.perf_counter() - started, 2)
        figures[f"{kind}_mb"] = int(peak) >> 10
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=0, help="records of the large VCF (0 = leave it out)")
    parser.add_argument("--runs", type=int, default=7, help="fresh processes timed")
    arguments = parser.parse_args()
    mirror = os.environ.get("BEDSIDE_MIRROR")
    if not mirror:
        raise SystemExit("BEDSIDE_MIRROR names no folder with the real data")
    pharmcat = Path(mirror) / "pharmcat"
    from bedside.plugins.genomics.named_alleles import load_definitions

    with tempfile.TemporaryDirectory() as temporary:
        folder = flat_folder(pharmcat, Path(temporary))
        started = time.perf_counter()
        definitions = load_definitions(folder)
        for gene in definitions.genes:
            definitions.gene(gene), definitions.phenotypes(gene)
        load = time.perf_counter() - started
        figures, seconds = agreement(pharmcat, definitions)
        figures |= {
            "load_ms": round(load * 1000),
            "sample_ms": round(median(seconds) * 1000, 1),
            "sample_ms_slowest": round(max(seconds) * 1000, 1),
            "shell_s": round(shell(folder, pharmcat / "example/pharmcat.example.vcf", arguments.runs), 3),
        }
        if arguments.lines:
            figures["large"] = large(folder, definitions, arguments.lines)
    goals = {"agree": ">= 1693", "wrong_calls": "<= 0", "sample_ms": "<= 50", "shell_s": "<= 1"}
    report("star_alleles", figures, {"genomes": 90, "truth": "PharmCAT 3.1.1", "cores": 1}, goals)


if __name__ == "__main__":
    main()
