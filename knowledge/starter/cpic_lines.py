"""How old the packaged lines of CPIC are, for whom they are, and which of them CPIC has changed since.

The lines are those of pypgx, which says no date. How the dates below were found:

- `recommendation-table.csv` came into pypgx on 2022-08-31 (commit 3b33f52, release 0.19.0) and has not changed since. It has
  CPIC's statin lines of 2022-02-01 (PMID:35152405) and clopidogrel's of 2022-01 (PMID:35034351), and lacks what the change
  log has from 2022-09-20 on: paroxetine and fluvoxamine of 2022-09, the scores of 2023-05, the combinations of RYR1 and
  CACNA1S of 2023-08, clopidogrel of 2023-10, thiopurines of 2024-03.
- `cpic-table.csv` (the pairs) was refreshed on 2023-08-19 (commit f6fa6d3, release 0.21.0). It has the PMID of the SSRI
  guideline that the log adds on 2023-04-11, and lacks the FDA labels that the log changes on 2023-10-24. The newest
  guideline that it cites is PMID:37032427 (2023).

So a line may stand under the citation of a newer guideline than the one it was taken from (SSRIs): what differs is withheld.
The facts stand in `data/cpic_changes.toml`; `tools/packaged_lines.py` compares the lines with newer ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LINES_DATE = "2022-08-31"
"""The table of recommendations is CPIC's of this day."""
PAIRS_DATE = "2023-08-19"
"""The table of gene-drug pairs is CPIC's of this day."""
PUBLISHER = "CPIC"


def about_line(drug: str, conditions: Mapping[str, str]) -> dict[str, Any]:
    """What goes into `props` beside a line: see the keys.

    `publisher`, `date` (YYYY-MM-DD, of the table), `population` (empty: CPIC makes no difference), `logged` (date of the
    newest change that CPIC logged for the drug since, or empty), `withheld` (date since which a newer line for the same key
    says something else, or empty). Where withheld: `newer` (PMID or URL) and `differs`. Where the line holds for some
    activity scores only: `scores_gene`, `scores`, `without_alleles` and `scores_by` (PMID). `also_by` are genes that the
    newer lines go by too. `notes` is a list of `text` with, where they apply, `alleles` or `scores` of the person that it
    is said of.
    """
    facts = _facts()
    props: dict[str, Any] = {
        "publisher": facts["publishers"].get(drug, PUBLISHER),
        "date": LINES_DATE,
        "population": facts["populations"].get(drug, ""),
        "logged": facts["logged"]["lines"].get(drug, ""),
        "withheld": "",
        "version": f"CPIC's table of {LINES_DATE} in pypgx",
    }
    for one in _of(facts["withheld"], drug, conditions):
        props |= {"withheld": one["date"], "newer": one["newer"], "differs": one["differs"]}
    for one in facts["scores"]:
        if drug in one["drugs"] and conditions.get(one["gene"]) == one["phenotype"]:
            props |= {"scores_gene": one["gene"], "scores": one["scores"], "without_alleles": one["without_alleles"]}
            props["scores_by"] = one["guideline"]
    for one in facts["also_by"]:
        if drug in one["drugs"]:
            props |= {"also_by": one["genes"], "also_by_since": one["date"], "also_by_newer": one["newer"]}
    notes = [{k: one[k] for k in ("text", "alleles", "scores") if k in one} for one in _of(facts["note"], drug, conditions)]
    return props | ({"notes": notes} if notes else {})


def about_pair(drug: str, gene: str) -> dict[str, str]:
    """The same for a gene-drug pair, which is for no population and never withheld."""
    logged = _facts()["logged"]["pairs"]
    newest = max(logged.get(drug, ""), logged.get(f"{drug}/{gene}", ""))
    return {"publisher": PUBLISHER, "date": PAIRS_DATE, "population": "", "logged": newest, "withheld": ""}


def _of(entries: list[dict[str, Any]], drug: str, conditions: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The entries whose key is by exactly the genes of `conditions` and has their phenotypes."""
    for one in entries:
        key = one["key"]
        if drug in one["drugs"] and key.keys() == conditions.keys() and all(conditions[g] in key[g] for g in key):
            yield one


def changed_since(drug: str, conditions: Mapping[str, str], date: str) -> list[str]:
    """What CPIC changed of the line for a key since data of `date`, in words. For lines of other sources than the table."""
    return [one["text"] for one in _of(_facts()["later"], drug, conditions) if date <= one["until"]]


@cache
def _facts() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", "cpic_changes.toml").read_text(encoding="utf-8"))
