"""Carriage of the HLA alleles that CPIC's guidelines ask about, from the two alleles that a laboratory typed.

Names are those of the WHO nomenclature: `HLA-B*57:01:01:01`, fields from the left, a suffix for expression (N, L, S, C, A,
Q), or G and P for a group of alleles. Two fields are the protein, which is what the guidelines go by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

HLA_ALLELES = {"HLA-A": ("*31:01",), "HLA-B": ("*15:02", "*57:01", "*58:01")}
"""Gene → the alleles that CPIC's guidelines ask about: carried or not."""

_FIELDS = r"(?P<protein>\d{2,3}:\d{2,3})(?P<more>(?::\d{2,3}){0,2})(?P<suffix>[NLSCAQ]|[gGP])?\Z"


def carriage(gene: str, alleles: Sequence[str]) -> tuple[str | None, str]:
    """`*15:02 negative; *57:01 positive; …`, and what is in doubt.

    An allele is negative only where both alleles are read to two fields or more. What is written in another way (`*57:XX`,
    NMDP codes, one field) may be anything, and so may the members of a G or P group beside the one that names it.
    """
    read = [_protein(gene, a) for a in alleles]
    carried = {protein for protein, _ in read if protein}
    complete = len(read) == 2 and all(whole for _, whole in read)
    said = [f"{name} {'positive' if name in carried else 'negative'}" for name in HLA_ALLELES[gene]]
    if complete:
        return "; ".join(said), ""
    positive = [s for s in said if s.endswith("positive")]
    open_ = ", ".join(name for name in HLA_ALLELES[gene] if name not in carried)
    doubt = f"not both alleles of {gene} are typed to two fields, so that nothing excludes {open_}" if open_ else ""
    return "; ".join(positive) or None, doubt


def _protein(gene: str, allele: str) -> tuple[str, bool]:
    """`*57:01` of an allele, "" where it can't be determined; and whether it can be no other."""
    short = gene.removeprefix("HLA-")
    found = re.match(rf"(?:(?:HLA-)?{short})?\*?{_FIELDS}", allele.strip(), re.IGNORECASE)
    if not found:
        return "", False
    return f"*{found['protein']}", (found["suffix"] or "") not in ("g", "G", "P", "p")
