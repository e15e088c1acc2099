"""Names and lengths of chromosomes: `chr1`, `1` and RefSeq's `NC_000001.11`, which carries the build."""

from __future__ import annotations

import re
from functools import lru_cache

from bedside.core.errors import CaseError

# Chromosome lengths of the chromosomes with pharmacogenes (NCBI assembly reports).
LENGTHS_38 = {
    "1": 248956422, "2": 242193529, "4": 190214555, "6": 170805979, "7": 159345973, "8": 145138636, "10": 133797422,
    "12": 133275309, "13": 114364328, "16": 90338345, "19": 58617616, "22": 50818468, "X": 156040895,
}  # fmt: skip
LENGTHS_37 = {
    "1": 249250621, "2": 243199373, "4": 191154276, "6": 171115067, "7": 159138663, "8": 146364022, "10": 135534747,
    "12": 133851895, "13": 115169878, "16": 90354753, "19": 59128983, "22": 51304566, "X": 155270560,
}  # fmt: skip
# RefSeq accessions of GRCh38's chromosomes 1-22, X and Y: the number and its version.
ACCESSIONS_38 = frozenset(
    f"NC_0000{number:02d}.{version}"
    for number, version in enumerate(
        (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10), start=1
    )
)
_ACCESSION = re.compile(r"NC_0000(\d\d)\.(\d+)\Z")
_MITOCHONDRION = ("M", "MT", "NC_012920.1")
HINT = (
    "Bedside reads GRCh38 only: align to GRCh38, or lift the file over with a tool that checks reference alleles "
    "(bcftools +liftover, Picard LiftoverVcf)"
)


def is_accession(name: str) -> bool:
    """Whether it is RefSeq's name of a nuclear chromosome, of any build."""
    return bool(_ACCESSION.match(name))


def check_accession(name: str, file: str) -> None:
    """Raises CaseError for RefSeq's name of another build: NC_000001.11 is GRCh38, NC_000001.10 is GRCh37."""
    if is_accession(name) and name not in ACCESSIONS_38:
        raise CaseError(f"{file} is not of GRCh38: it names the chromosome {name}", hint=HINT)


@lru_cache(maxsize=10_000)
def short_name(name: str) -> str:
    """`1` to `22`, `X`, `Y` or `MT`, however it is written; empty for any other contig."""
    short = name.removeprefix("chr")
    if short in _MITOCHONDRION:
        return "MT"
    if found := _ACCESSION.match(name):
        number = int(found[1])
        return {23: "X", 24: "Y"}.get(number, str(number) if 1 <= number <= 22 else "")
    return short if short in ("X", "Y") or (short.isascii() and short.isdigit() and 1 <= int(short) <= 22) else ""
