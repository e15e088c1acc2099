"""PharmCAT's guidance in the three forms it comes in.

- `prescribing_guidance.json` of its releases: {"guidelines": [...]}, `lookupKey` a list of which one has to match;
- the folder `guidelines/` of older releases: a file per guideline, `lookupKey` one key;
- lines taken from its reports: {"lines": [...]}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bedside.core.errors import SourceError

from .html_text import plain_text
from .line import NOT_A_RESULT, Key, Line, Publisher, key_of

if TYPE_CHECKING:
    from typing import BinaryIO

    from ..readers.archive_members import Item
    from ..readers.read_session import Run

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_PUBLISHERS: Mapping[str, Publisher] = {"CPIC": "CPIC", "DPWG": "DPWG", "FDA": "FDA"}
_KINDS = {"PGx Association": "association", "FDA PGx Association": "association", "FDA Label Annotation": "label"}


def lines_of(item: Item, stream: BinaryIO, run: Run, *, released: str = "") -> Iterator[Line]:
    """The lines of one file; none for JSON of another sort. `released` is the date where the file has none (ISO 8601).

    Raises `SourceError` for what is no JSON. A record that can't be read is skipped and reported."""
    try:
        data = json.load(stream)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{item.where} is not JSON: {error}", hint="bedside knowledge pull pharmcat-guidance") from error
    if not isinstance(data, dict):
        return
    if isinstance(data.get("lines"), list):
        rows, read = data["lines"], _of_report
    elif isinstance(data.get("guidelines"), list):
        rows, read = data["guidelines"], _of_guideline
    elif isinstance(data.get("guideline"), dict):
        rows, read = [data], _of_guideline
    else:
        return
    for number, row in enumerate(rows, start=1):
        where = f"{item.where}: entry {number}"
        try:
            yield from read(row, where, run, released)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            run.skip("record", where, f"{type(error).__name__}: {error}")


def _of_guideline(row: Mapping[str, Any], where: str, run: Run, released: str) -> Iterator[Line]:
    """A guideline and its recommendations."""
    guideline = row["guideline"]
    publisher = _PUBLISHERS[guideline["source"]]
    shared: dict[str, Any] = {
        "publisher": publisher,
        "guideline": _one_line(guideline["name"]),
        "url": _url(guideline.get("url") or row.get("url")),
        "version": str(guideline.get("version") or ""),
        "kind": _kind(str(guideline.get("objCls") or ""), publisher),
        "date": _date(row.get("version")) or released,
        "pmids": _pmids([c.get("pmid") for c in row.get("citations", ())]),
    }
    drugs = [chemical["name"] for chemical in guideline.get("relatedChemicals", ())]
    for number, one in enumerate(row.get("recommendations", ()), start=1):
        try:
            given = one["lookupKey"]
            keys = _keys(given if isinstance(given, list) else [given])
            named = [chemical["name"] for chemical in one.get("relatedChemicals", ())] or drugs
            text = plain_text((one.get("text") or {}).get("html") or "")
            if not text:
                run.skip("record", f"{where}, recommendation {number}", "it has no text")
            if not keys or not text:
                continue
            for drug in named:
                yield _line(drug, keys, text, one, (one.get("classification") or {}).get("term"), shared)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            run.skip("record", f"{where}, recommendation {number}", f"{type(error).__name__}: {error}")


def _of_report(row: Mapping[str, Any], where: str, run: Run, released: str) -> Iterator[Line]:
    """One line as a report has it."""
    publisher = _PUBLISHERS[str(row["source"]).partition(" ")[0]]
    keys = _keys(row["lookupKey"])
    text = plain_text(row.get("text") or "")
    if not keys or not text:  # a guideline without a line: CPIC's of warfarin is a flow chart
        return
    shared: dict[str, Any] = {
        "publisher": publisher,
        "guideline": _one_line(row["guideline"]),
        "url": _url(row.get("url")),
        "kind": _kind(row["source"], publisher),
        "date": _date(row.get("dataVersion")) or released,
        "pmids": _pmids(row.get("pmids") or ()),
    }
    yield _line(row["drug"], keys, text, row, row.get("classification"), shared)


def _line(
    drug: str, keys: tuple[Key, ...], text: str, row: Mapping[str, Any], strength: object, shared: Mapping[str, Any]
) -> Line:
    return Line(
        drug=_one_line(drug).lower(),
        keys=keys,
        text=text,
        population=_population(row.get("population")),
        strength="" if strength in (None, "N/A", "Unspecified") else str(strength),
        implications=tuple(plain_text(str(i)) for i in row.get("implications") or () if i),
        dosing=bool(row.get("dosingInformation")),
        alternative=bool(row.get("alternateDrugAvailable")),
        other_guidance=bool(row.get("otherPrescribingGuidance")),
        **shared,
    )


def _keys(given: list[Any]) -> tuple[Key, ...]:
    keys = dict.fromkeys(key_of(key) for key in given if key)
    return tuple(key for key in keys if not any(value == NOT_A_RESULT for _, value in key))


def _population(given: object) -> str:
    said = _one_line(given) if given else ""
    return "" if said in ("general", "n/a") else said


def _kind(said: str, publisher: Publisher) -> str:
    return _KINDS.get(said, "label" if publisher == "FDA" else "guideline")


def _pmids(given: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"PMID:{pmid}" for pmid in given if pmid and str(pmid).isdigit()))


def _date(given: object) -> str:
    found = _DATE.match(str(given or ""))
    return found.group() if found else ""


def _url(given: object) -> str:
    """PharmGKB's pages have moved to ClinPGx, under the same ids."""
    return str(given or "").replace("https://www.pharmgkb.org/", "https://www.clinpgx.org/")


def _one_line(given: object) -> str:
    return " ".join(str(given).split())
