"""Each FHIR file of the mirror gives the context that a plain reading of its JSON gives, field by field."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from bedside.core.errors import CaseError
from bedside.core.evidence.registry import ResolveContext, Resolved
from bedside.core.evidence.resolvers.fhir import resolve_fhir
from bedside.core.reading.fhir_facts import read_patient
from bedside.core.testing import TestServices
from bedside.core.types import Fact, Facts, PatientContext, Question
from bedside.integrations.case_files import read_case

from . import plain_fhir

MIRROR = os.environ.get("BEDSIDE_MIRROR")
FOLDER = Path(MIRROR or "nowhere") / "fhir"
R4 = sorted([*FOLDER.glob("r4_synthea/*.json.gz"), *FOLDER.glob("genomics/*.json")])
OLD = sorted(FOLDER.glob("stu3/*.json.gz"))


def read(path: Path) -> tuple[PatientContext, list[str], tuple[dict, ...]]:
    case = read_case([path])
    unread: list[str] = []
    return read_patient(case.fhir, plain_fhir.TODAY, unread), unread, case.fhir


def test_the_mirror_has_the_files(mirror):
    assert len(R4) == 48 and len(OLD) == 2


@pytest.mark.parametrize("path", R4, ids=lambda path: path.name[:40])
def test_the_context_equals_a_plain_reading(path):
    context, unread, _ = read(path)
    found = context.model_dump(mode="json", exclude={"addresses"})
    expected = plain_fhir.context(path)
    assert set(found) == set(expected)
    for field, value in found.items():
        wanted = expected[field]
        if isinstance(value, list):
            assert len(value) == len(wanted), field
            for one, other in zip(value, wanted, strict=True):
                slope, other_slope = one.pop("slope", None), other.pop("slope", None)
                assert one == other
                assert slope == (None if other_slope is None else pytest.approx(other_slope, rel=1e-6, abs=1e-12))
        elif isinstance(wanted, float):
            assert value == pytest.approx(wanted, abs=0.005)
        else:
            assert value == wanted
    assert not any("not shaped" in told for told in unread)


@pytest.mark.parametrize("path", R4, ids=lambda path: path.name[:40])
def test_every_fact_opens_at_its_path(path):
    context, _, resources = read(path)
    facts = [f for _, held in context if isinstance(held, tuple) for f in held if isinstance(f, Fact)]
    addresses = [*(f.address for f in facts), *context.addresses.values()]
    question = Question(text="?", case=read_case([path]))
    asked = ResolveContext(question=question, services=TestServices(), facts=Facts())
    assert all(isinstance(found, Resolved) and found.quote for found in resolve_fhir(addresses, asked))
    assert {a.reference for a in addresses} <= {f"{r['resourceType']}/{r.get('id')}" for r in resources}


@pytest.mark.parametrize("path", R4, ids=lambda path: path.name[:40])
def test_every_genetic_observation_is_a_result_or_is_named(path):
    """Of the traps, none is passed over in silence."""
    context, unread, resources = read(path)
    used = {g.address.reference for g in context.genotypes}
    genetic = [
        f"Observation/{r['id']}"
        for r in resources
        if r["resourceType"] == "Observation"
        and r["code"]["coding"][0]["code"] in ("84413-4", "84414-2", "69548-6", "therapeutic-implication")
    ]
    silent = [reference for reference in genetic if reference not in used and not any(reference in told for told in unread)]
    more = sum(int(told.split(" more")[0].split()[-1]) for told in unread if " more: " in told)
    assert len(silent) == more


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.name)
def test_an_older_release_is_refused_with_what_to_type(path):
    with pytest.raises(CaseError, match="STU3") as error:
        read_case([path])
    assert "validator_cli.jar" in error.value.hint
    [entry] = json.loads(gzip.decompress(path.read_bytes()))["entry"]
    assert entry["resource"]["subject"]["reference"].split("/")[1] not in str(error.value) + error.value.hint
