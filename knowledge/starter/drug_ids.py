"""One identifier per drug, the same whichever source names it: RxNorm where CPIC gives it, else DrugBank, else the name."""

from __future__ import annotations

import bz2
import pickle
from functools import lru_cache
from typing import Any

from bedside.core.errors import SourceError
from bedside.core.types import GraphNode

from .files import csv_rows, data_file

DICTIONARY = "drug-named-entity-recognition"
_SAFE = {("builtins", name) for name in ("dict", "list", "set", "frozenset", "tuple", "str", "int", "float", "bool")}


class _PlainUnpickler(pickle.Unpickler):
    """A pickle may run code when it is read; this one makes built-in containers and values only."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _SAFE:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module, name)


@lru_cache(maxsize=1)
def dictionary() -> tuple[dict[str, str], dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Of the drug dictionary: writing to canonical name, canonical name to data, writing to data of that writing."""
    path = data_file("drug_named_entity_recognition", DICTIONARY, "drug_ner_dictionary.pkl.bz2")
    try:
        with bz2.open(path) as packed:
            data = _PlainUnpickler(packed).load()
        names = {variant: canonical[0] for variant, canonical in data["drug_variant_to_canonical"].items()}
        return names, data["drug_canonical_to_data"], data["drug_variant_to_variant_data"]
    except (OSError, EOFError, pickle.UnpicklingError, KeyError, IndexError, AttributeError, TypeError, ValueError) as error:
        raise SourceError(
            f"{path.name} can't be read: {type(error).__name__}",
            hint=f"uv pip install --reinstall {DICTIONARY}",
            supplier=DICTIONARY,
        ) from error


def cpic_pairs() -> list[dict[str, str]]:
    columns = (
        "Gene", "Drug", "RxNorm", "ATC", "Guideline", "CPICLevel", "CPICLevelStatus", "PharmGKBLevel", "FDALabel", "PMID",
    )  # fmt: skip
    return list(csv_rows(data_file("pypgx", "pypgx", "api/data/cpic-table.csv"), columns))


@lru_cache(maxsize=1)
def _rxnorm() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Drug name, in lower case, to its RxNorm number (or "") and ATC codes, as CPIC lists them."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for row in cpic_pairs():
        number = row["RxNorm"].strip()
        codes = tuple(code.strip() for code in row["ATC"].split(",") if code.strip())
        found[row["Drug"].lower()] = (number if number.isdigit() else "", codes)
    return found


@lru_cache(maxsize=1)
def _cpic_of_canonical() -> dict[str, str]:
    """The dictionary's name for a drug to CPIC's ("albuterol" to "salbutamol")."""
    names, _, _ = dictionary()
    found: dict[str, str] = {}
    for drug in _rxnorm():
        canonical = names.get(drug)
        # CPIC may list a drug and its prodrug or salt by names that the dictionary takes for one; the exact name stands.
        if canonical and (canonical == drug or canonical not in _rxnorm()):
            found.setdefault(canonical, drug)
    return found


def cpic_name(name: str) -> str | None:
    """CPIC's name of the drug that `name` is CPIC's or the dictionary's name of."""
    lower = name.lower()
    return lower if lower in _rxnorm() else _cpic_of_canonical().get(lower)


def drug_id(name: str) -> str:
    """`RXNORM:32968`, `DRUGBANK:DB01048` or `DRUG:name`, for CPIC's or the dictionary's name of a drug."""
    lower = cpic_name(name) or name.lower()
    number = _rxnorm().get(lower, ("", ()))[0]
    if number:
        return f"RXNORM:{number}"
    names, data, _ = dictionary()
    bank = data.get(names.get(lower, lower), {}).get("drugbank_id")
    # A salt or mixture that shares the dictionary entry of another listed drug may not share its id.
    if bank and _cpic_of_canonical().get(names.get(lower, lower), lower) == lower:
        return f"DRUGBANK:{bank}"
    return f"DRUG:{lower}"


def related_ids(name: str) -> tuple[str, ...]:
    """`ATC:` and `DRUGBANK:` ids of the drug, other than its own.

    The dictionary's `mesh_id` is left out: for many drugs it names their class of action (warfarin: rodenticides).
    """
    lower = cpic_name(name) or name.lower()
    codes = [f"ATC:{code}" for code in _rxnorm().get(lower, ("", ()))[1]]
    names, data, _ = dictionary()
    entry = data.get(names.get(lower, lower), {})
    if bank := entry.get("drugbank_id"):
        codes.append(f"DRUGBANK:{bank}")
    own = drug_id(lower)
    return tuple(code for code in dict.fromkeys(codes) if code != own)


def drug_node(name: str, source_id: str) -> GraphNode:
    """The node of a drug; one that CPIC lists is CPIC's in every source that names it."""
    return GraphNode(
        id=drug_id(name),
        kind="Drug",
        name=name,
        source_id="cpic" if cpic_name(name) else source_id,
        props={"related": list(related_ids(name))},
    )
