"""The real allele definitions from the mirror."""

from __future__ import annotations

from pathlib import Path

import pytest
from bedside.plugins.genomics.named_alleles import Definitions, load_definitions


@pytest.fixture(scope="session")
def pharmcat(mirror: Path) -> Path:
    return mirror / "pharmcat"


@pytest.fixture(scope="session")
def real(pharmcat, tmp_path_factory) -> Definitions:
    """The definitions as the catalogue lays them out: one flat folder."""
    flat = tmp_path_factory.mktemp("definitions")
    for path in (pharmcat / "definitions").iterdir():
        (flat / path.name).symlink_to(path.resolve())
    for path in (pharmcat / "phenotype").iterdir():
        (flat / f"{path.stem}_phenotype.json").symlink_to(path.resolve())
    return load_definitions(flat)
