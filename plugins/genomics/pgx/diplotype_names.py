"""The alleles in the name of a diplotype."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COPIES = re.compile(r"(?:\.\d{3})?(?:\s*[x×](?:\d+|N))?\Z")  # of `*10.002`, `*10x2`, `*10xN`


def alleles_of(diplotype: str) -> Iterator[str]:
    """Without copy numbers and sub-alleles: `*36+*10x2/*4.001` → *36, *10, *4."""
    for strand in diplotype.split("/"):
        for part in re.split(r"\+(?=\*)|\s\+\s", strand.strip("[] ")):
            yield _COPIES.sub("", part.strip("[] "))
