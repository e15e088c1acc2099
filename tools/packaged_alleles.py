"""Where the packaged allele table (pypgx) differs from CPIC's newer one, for knowledge/starter/data/cpic_corrections.toml.

    python tools/packaged_alleles.py MIRROR CYP2D6.json      # prints the file, to be read before it replaces the old one

MIRROR is a folder as BEDSIDE_MIRROR names it (`pharmcat/phenotype/*.json`, `cpic/change_log.tsv`); CYP2D6.json is that of
the archive `pharmcat/guidance/guidance.tar.xz`, for PharmCAT's newer releases have no table of that gene. Only facts are
taken: an allele's function and activity value, the pair of functions behind a phenotype, and the date on which CPIC's change
log names the allele.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bedside.knowledge.catalogue.cpic_changes import Change, read_log
from bedside.knowledge.starter.cpic_genes import packaged_alleles

NOT_BY_PAIRS = {"CYP2C9", "CYP2D6", "DPYD"}
"""Genes whose phenotype is that of the sum of two activity values."""
_WORDS = {
    "ivacaftor responsive in CF patients": "Favorable Response",
    "ivacaftor non-responsive in CF patients": "Unfavorable Response",
}
_RANGE = re.compile(r"(\*\d+)(?![x\d])(?:\s*(?:-|to)\s*(\*?\d+))?")


def main(mirror: Path, cyp2d6: Path) -> str:
    log = list(read_log(mirror / "cpic/change_log.tsv"))
    packaged = packaged_alleles()
    parts = [_HEAD]
    for path in [*sorted((mirror / "pharmcat/phenotype").glob("*.json")), cyp2d6]:
        table = json.loads(path.read_text(encoding="utf-8"))
        parts += _gene(table, packaged.get(table["gene"], {}), log)
    return "\n".join(parts)


def _gene(table: Mapping[str, Any], packaged: Mapping[str, tuple[str, float | None]], log: list[Change]) -> Iterator[str]:
    gene, as_of = table["gene"], table["version"][:10]
    named = _named(gene, log, as_of)
    groups: dict[tuple[str, str, float | None], list[str]] = defaultdict(list)
    functions = {}
    for one in table["namedAlleles"]:
        name, function = one["name"], words(one["functionValue"])
        functions[name] = function
        value = one["activityValue"]
        if "≥" in name or re.search(r"x\d+$", name):
            continue  # copies are counted from the value of one
        score = None if value in (None, "n/a") else float(value)
        known = packaged.get(name)
        if known is None or (known[0].casefold(), known[1]) != (function.casefold(), score):
            groups[named.get(name, ""), function, score].append(name)
    for (date, function, score), names in sorted(groups.items(), key=lambda item: (item[0][0], item[0][1], str(item[0][2]))):
        yield "\n[[change]]"
        yield f'gene = "{gene}"'
        yield f'date = "{date}"' if date else f'as_of = "{as_of}"'
        yield f'function = "{function}"'
        if score is not None:
            yield f"score = {score}"
        yield "alleles = " + _list(names)
    if groups and gene not in NOT_BY_PAIRS and table["diplotypes"]:
        yield from _pairs(gene, functions, table["diplotypes"])


def _pairs(gene: str, functions: Mapping[str, str], diplotypes: list[Mapping[str, Any]]) -> Iterator[str]:
    """Phenotype by the functions of the alleles; a phenotype that does not follow from them is an error."""
    rules: dict[tuple[str, ...], str] = {}
    for row in diplotypes:
        pair = tuple(sorted(functions[name] for name in row["diplotype"].split("/")))
        phenotype = words(_WORDS.get(row["generesult"], row["generesult"]))
        if rules.setdefault(pair, phenotype) != phenotype:
            raise SystemExit(f"{gene}: {pair} is both {rules[pair]} and {phenotype}")
    yield f"\n[pairs.{gene}]"
    by_phenotype: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for pair, phenotype in sorted(rules.items()):
        by_phenotype[phenotype].append(pair)
    for phenotype, pairs in sorted(by_phenotype.items()):
        yield f'"{phenotype}" = [{", ".join(_list(list(pair)) for pair in pairs)}]'


def words(said: str) -> str:
    """`Decreased function` as the packaged table writes it."""
    if said.endswith("function"):
        return said.replace("function", "Function")
    if "risk of" in said:
        return " ".join(w if w == "of" else w[:1].upper() + w[1:] for w in said.replace("-induced", "-Induced").split())
    return said


def _named(gene: str, log: list[Change], until: str) -> dict[str, str]:
    """Star allele → the newest date, no later than `until`, on which the log names it as an assigned function."""
    found: dict[str, str] = {}
    for change in log:
        if change.type != "ALLELE_FUNCTION_REFERENCE" or change.subject != gene or change.date > until:
            continue
        said = " ".join(s for s in change.note.split(". ") if re.search(r"function|added|assigned", s, re.IGNORECASE))
        for first, last in _RANGE.findall(said):
            start = int(first[1:])
            for number in range(start, int(last.lstrip("*")) + 1 if last else start + 1):
                found[f"*{number}"] = max(change.date, found.get(f"*{number}", ""))
    return found


def _list(names: list[str]) -> str:
    return "[" + ", ".join(json.dumps(name, ensure_ascii=False) for name in names) + "]"


_HEAD = """\
# What CPIC says of an allele today where the packaged table (pypgx) says something else or nothing: facts, by gene.
# date: when CPIC's change log names the allele with a new function or value. Where the log does not name it, as_of is the
# date of PharmCAT's table of CPIC's alleles, which has the value. Written by tools/packaged_alleles.py, read before it is
# committed.
# [pairs.GENE]: the functions of two alleles, in the order of the alphabet, by the phenotype of a person who has both."""

if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))
