"""Where a line of the packaged CPIC table (pypgx) is no longer CPIC's: compares it with newer lines of the same key.

    python tools/packaged_lines.py MIRROR GUIDELINES         # GUIDELINES: the unpacked folder guidelines_2024-03

prints, for a person to read and to put into knowledge/starter/data/cpic_changes.toml: the population that each packaged line
is for, every line whose direction or dose differs, the activity scores for which a line still holds, and the newest change
that CPIC's log (MIRROR/cpic/change_log.tsv) has for a drug. Texts are compared by direction and by numbers with units, not
by wording. `differences` is what a test checks the list against.
"""

from __future__ import annotations

import html
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bedside.core.types import GraphEdge
from bedside.knowledge.catalogue.cpic_changes import Change, read_log, subjects
from bedside.knowledge.starter import cpic

_TAG = re.compile(r"<[^>]+>")
_PMID = re.compile(r"\(?PMIDs?:?\s*[\d, ]+\)?")
_ASIDE = re.compile(r"Other Considerations.*", re.DOTALL)
_NUMBER = re.compile(
    r"(?P<sign><=|>=|<|>)?\s*(?P<low>\d+(?:\.\d+)?)\s*(?:%?\s*(?:-|to|or)\s*(?P<high>\d+(?:\.\d+)?))?\s*"
    r"(?P<unit>%|mg/kg/day|mg/m2/day|mg/kg|mg/day|mg|ng/ml|times|-?fold|weeks?|days?|hours?|h\b)",
    re.IGNORECASE,
)
_DIRECTIONS = {
    "none": r"^(none|n/a|no recommendation|xn is not a valid input)\b",
    "avoid": r"(?<!no need to )\bavoid (?!cyp|moderate)|contraindicated|should not be used|is not recommended",
    "alternative": r"alternat|appropriate antidepressant not|consider hormonal therapy",
    "reduce": r"reduc|lower (?:than|starting|main|target|dose)|decreased dose|lowest recommended|lower maintenance"
    r"|% of the (?:lowest|maximum)|limit dose|<=\s?\d+\s?mg",
    "increase": r"increase starting|increase the|higher (?:main|target|dose)",
    "usual": r"recommended starting dose|recommended standard|standard (?:dos|recommended)|desired starting|label"
    r"|no need to avoid",
}
_KINDS = ("recommendation", "no_recommendation")


@dataclass(frozen=True)
class Line:
    """A newer line: its key with the words of the packaged table, the activity scores of the key, population and text."""

    key: tuple[tuple[str, str], ...]
    scores: tuple[str, ...]
    population: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A packaged line of `drug` for `key`: `now` are newer texts that differ, `scores` those for which it still holds."""

    drug: str
    key: tuple[tuple[str, str], ...]
    said: str
    now: tuple[str, ...]
    scores: tuple[float, ...]


def packaged() -> tuple[list[GraphEdge], list[GraphEdge]]:
    """(lines, ranges of activity scores) of the starter."""
    edges = [record for record in cpic.records() if isinstance(record, GraphEdge)]
    return [e for e in edges if e.kind in _KINDS], [e for e in edges if e.kind == "activity_range"]


def newer(folder: Path, ranges: Iterable[GraphEdge]) -> dict[str, list[Line]]:
    """Drug → CPIC's lines of 2024-03, and those of 2025-11 that lie beside the folder."""
    by_gene: dict[str, list[GraphEdge]] = defaultdict(list)
    for edge in ranges:
        by_gene[edge.start.removeprefix("GENE:")].append(edge)
    found: dict[str, list[Line]] = defaultdict(list)

    def take(drug: str, values: Mapping[str, str], population: str | None, text: str) -> None:
        key = tuple(sorted((gene, _phenotype(gene, value, by_gene)) for gene, value in values.items()))
        scores = tuple(value for gene, value in values.items() if gene in by_gene)
        plain = " ".join(html.unescape(_TAG.sub(" ", text)).split())
        found[drug].append(Line(key, scores, population or "", _ASIDE.sub("", plain).strip()))

    for path in sorted(folder.glob("CPIC_*.json")):
        for one in json.loads(path.read_text(encoding="utf-8"))["recommendations"]:
            for drug in one["relatedChemicals"]:
                take(drug["name"], one["lookupKey"], one.get("population"), one["text"]["html"])
    for one in json.loads((folder.parent / "lines_2025-11.json").read_text(encoding="utf-8"))["lines"]:
        if one["source"].startswith("CPIC"):
            for values in one["lookupKey"]:
                take(one["drug"], values, one.get("population"), one["text"])
    return found


def _phenotype(gene: str, value: str, ranges: Mapping[str, list[GraphEdge]]) -> str:
    """A value of a lookup key as the packaged table writes it."""
    if value == "No Result":
        return "None"
    if value in ("n/a", "xN combinations"):
        return "Indeterminate"
    if gene == "CFTR":
        return "Unfavorable Response" if "non-responsive" in value else "Favorable Response"
    if gene not in ranges:
        return value
    score = float(value.lstrip("≥"))
    for edge in ranges[gene]:
        low, high = edge.props["low"], edge.props["high"]
        if score >= low and (high is None or score < high or (edge.props["high_inclusive"] and score == high)):
            return str(edge.props["phenotype"])
    raise SystemExit(f"{gene}: no phenotype has the activity score {value}")


def meaning(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """(directions, numbers with their units) of a line, whatever its wording."""
    plain = _PMID.sub(" ", text.replace("≤", "<=").replace("≥", ">=").replace("–", "-"))
    said = frozenset(name for name, pattern in _DIRECTIONS.items() if re.search(pattern, plain, re.IGNORECASE))
    numbers = frozenset(
        f"{m['sign'] or ''}{n} {m['unit'].lower().rstrip('s')}"
        for m in _NUMBER.finditer(plain)
        for n in (m["low"], m["high"])
        if n
    )
    return said, numbers


def populations(lines: Iterable[GraphEdge], new: Mapping[str, list[Line]]) -> dict[str, str]:
    """Drug → the population whose newer lines mean the same as most packaged ones; no entry where CPIC has one for all."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for edge in lines:
        drug, key = str(edge.props["drug"]), _key(edge)
        same = meaning(str(edge.props["recommendation"]))
        for line in new.get(drug, ()):
            if line.key == key:
                votes[drug][line.population] += meaning(line.text) == same
    return {drug: said.most_common(1)[0][0] for drug, said in votes.items() if set(said) - {"", "general"}}


def differences(lines: Iterable[GraphEdge], new: Mapping[str, list[Line]]) -> Iterator[Difference]:
    lines = list(lines)
    of = populations(lines, new)
    for edge in lines:
        drug, key, said = str(edge.props["drug"]), _key(edge), str(edge.props["recommendation"])
        wanted = of.get(drug)
        found = [one for one in new.get(drug, ()) if _matches(one, key) and (wanted is None or one.population == wanted)]
        other = [one for one in found if meaning(one.text) != meaning(said) and not one.text.startswith("xN ")]
        if other:
            holds = {float(s.lstrip("≥")) for one in found if one not in other for s in one.scores if s[-1].isdigit()}
            yield Difference(drug, key, said, tuple(dict.fromkeys(one.text for one in other)), tuple(sorted(holds)))


def _key(edge: GraphEdge) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(gene), str(phenotype)) for gene, phenotype in edge.props["conditions"].items()))


def _matches(line: Line, key: tuple[tuple[str, str], ...]) -> bool:
    """The same key, or one that adds a gene without a result (sertraline by CYP2C19 alone)."""
    return line.key == key or tuple(part for part in line.key if part[1] != "None") == key


def logged(log: Iterable[Change], after: str, *, pairs: bool) -> dict[str, str]:
    """Drug → date of the newest entry after `after` that concerns its lines; with `pairs`, `drug/GENE` for one pair too."""
    found: dict[str, str] = {}
    for change in log:
        if change.date <= after or not (change.concerns_lines or (pairs and change.of_one_pair)):
            continue
        drugs, genes = subjects(change)
        for drug in drugs:
            name = f"{drug}/{genes[0]}" if change.of_one_pair else drug
            found[name] = max(change.date, found.get(name, ""))
    return found


def main(mirror: Path, guidelines: Path) -> None:
    from bedside.knowledge.starter.cpic_lines import LINES_DATE, PAIRS_DATE

    lines, ranges = packaged()
    new = newer(guidelines, ranges)
    print("populations:", json.dumps(populations(lines, new), indent=1))
    log = read_log(mirror / "cpic/change_log.tsv")
    for pairs, after in ((False, LINES_DATE), (True, PAIRS_DATE)):
        print("logged for", "pairs:" if pairs else "lines:", json.dumps(logged(log, after, pairs=pairs), indent=1))
    grouped: dict[tuple[Any, ...], list[Difference]] = defaultdict(list)
    for one in differences(lines, new):
        grouped[one.said, one.now, one.scores].append(one)
    for (said, now, scores), same in grouped.items():
        print("\n##", [(one.drug, dict(one.key)) for one in same], "still holds for", scores or "nothing")
        print("SAID", said)
        for text in now:
            print("NOW ", text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
