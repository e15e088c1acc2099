"""The lines of one drug for one person: those that may be shown, and what has to be said beside them or in their place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .age_notes import age_notes
from .diplotype_names import alleles_of
from .fitting import Fitting, Result, fitting_any, same_words
from .guidance_line import GuidanceLine, Score
from .loaded import PULL
from .person import Person
from .populations import fit, population
from .urgency import departs, urgency_of


@dataclass(frozen=True)
class Chosen:
    """`lines` to show, CPIC's first, `sure` the ids of those that hold whichever of the possible results is the right one;
    `notes` beside them; `problems` are why a line that there is may not be shown, or what is needed to choose: where there
    are no lines, they are the answer. `pressing`: a line that may not be shown has been changed to one that asks for
    another dose or drug."""

    lines: tuple[GuidanceLine, ...] = ()
    sure: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    pressing: bool = False


def choose(
    lines: Sequence[GuidanceLine],
    possible: Mapping[str, Sequence[Result]],
    unresolved: Collection[str],
    person: Person,
) -> Chosen:
    """`possible` are the person's results by gene; `unresolved` genes with a result that could not be read."""
    if not lines:
        return Chosen()
    drug = lines[0].drug
    found = fitting_any(lines, possible, unresolved)
    notes: list[str] = []
    problems: list[str] = []
    if not found.lines and unresolved:
        found = _despite(fitting_any(lines, possible), unresolved, drug, notes)
    if not found.lines and found.missing:
        problems.append(
            f"lines for {drug} also go by {' and '.join(sorted(found.missing))}, of which no result could be read"
        )
    kept = _current(found.lines, possible, problems)
    kept = _for_person(kept, person, notes, problems)
    if unread := sorted({gene for line in lines for gene in line.genes} & set(unresolved)):
        # usual dosing by one gene is no all-clear where another's result was not read
        usual = [line for line in kept if not departs(line.text)]
        kept = [line for line in kept if line not in usual]
        if usual:
            genes = " and ".join(sorted({gene for line in usual for gene in line.genes}))
            problems.append(
                f"{drug}: a line by {genes} is not shown: the result of {' and '.join(unread)}, which counts too, could not "
                f"be read"
            )
    for line in kept:
        notes += notes_of(line, possible)
    if found.open and kept:
        for gene, scores in found.open.items():
            notes.append(
                f"{drug}: its lines differ by {gene}'s activity score ({', '.join(scores)}), which the phenotype alone does "
                f"not tell: give the diplotype or the score"
            )
    pressing = any(line.withheld and urgency_of(line.changed) == "change" for line in found.lines)
    return Chosen(_worth_showing(kept), found.sure, tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(problems)), pressing)


def _despite(found: Fitting, unresolved: Collection[str], drug: str, notes: list[str]) -> Fitting:
    """Lines that count an unread result as not available. One that asks for a change is shown: the other result can hardly
    make it usual; usual dosing is never concluded so."""
    usable = tuple(line for line in found.lines if departs(line.text))
    for gene in sorted({g for line in usable for g in line.genes} & set(unresolved)):
        notes.append(
            f"{drug}: {gene} is named, but no result of it could be read: this is the line for a result that is not "
            f"available; {gene}'s own may change it further"
        )
    missing = found.missing | ({g for line in found.lines for g in line.genes} & set(unresolved))
    return replace(found, lines=usable, missing=frozenset(missing))


def _current(
    lines: Sequence[GuidanceLine], possible: Mapping[str, Sequence[Result]], problems: list[str]
) -> list[GuidanceLine]:
    """Without packaged lines that another has replaced, or that are not for all of a phenotype."""
    out = []
    for line in lines:
        if line.withheld:
            problems.append(
                f"{line.publisher}'s packaged line for {line.drug} is not shown: it was changed on {line.withheld} "
                f"({line.changed}); for today's: {PULL}"
            )
        elif known := sorted(line.also_by & possible.keys()):
            problems.append(
                f"{line.publisher}'s packaged line for {line.drug} is not shown: today's go by {' and '.join(known)} "
                f"too ({line.edge.props.get('also_by_newer')}): {PULL}"
            )
        elif why := _of_other_scores(line, possible):
            by = line.edge.props.get("scores_by")
            problems.append(
                f"{line.publisher}'s packaged line for {line.drug} is not shown: {why}{f' ({by})' if by else ''}; {PULL}"
            )
        else:
            out.append(line)
    return out


def _of_other_scores(line: GuidanceLine, possible: Mapping[str, Sequence[Result]]) -> str:
    if not line.holds_for:
        return ""
    scores = " or ".join(f"{score:g}" for score in line.holds_for)
    gene = str(line.edge.props.get("scores_gene") or next(iter(line.genes)))
    of_it = {str(key.values[gene]) for key in line.keys if gene in key.values}
    for result in possible.get(gene, ()):
        if result.phenotype and not any(same_words(gene, value, result.phenotype) for value in of_it):
            continue  # another possible result, to which another line belongs
        given = Score.of(result.score)
        if given is None:
            return f"it is that of the activity score {scores} of {gene}, and the score is not known"
        if given.least or given.value not in line.holds_for:
            return f"it is that of the activity score {scores} of {gene}, not of {given.value:g}"
        if carried := sorted(set(alleles_of("/".join(result.alleles))) & line.without):
            return f"it is not for carriers of {', '.join(carried)}"
    return ""


def _for_person(lines: Sequence[GuidanceLine], person: Person, notes: list[str], problems: list[str]) -> list[GuidanceLine]:
    """Those of the person's population; where it is not known, each is under its own."""
    out, unknown, refused = [], [], []
    for line in lines:
        people = population(line.population, line.drug)
        fits = fit(people, person)
        if fits.state == "no":
            refused.append(f"{line.publisher_words} has a line for {line.drug} {_whom(people.words)}: {fits.why}")
            continue
        if fits.state == "unknown":
            unknown.append((line, people.words, fits.why))
        out.append(line)
    for line, words, why in unknown:
        notes.append(f"{line.drug}: {line.publisher_words}'s line is {_whom(words)}; {why}")
    (notes if out else problems).extend(refused)
    return out


def notes_of(line: GuidanceLine, possible: Mapping[str, Sequence[Result]]) -> list[str]:
    """What is said beside a line for one of the results."""
    results = [result for gene in line.genes for result in possible.get(gene, ())]
    out = []
    for note in line.notes:
        mine = not (note.alleles or note.scores)
        for result in results:
            given = Score.of(result.score)
            carried = sorted(alleles_of("/".join(result.alleles)))
            mine = mine or carried == sorted(note.alleles) or (given is not None and given.value in note.scores)
        if mine:
            out.append(f"{line.drug}: {note.text}")
    return out


def notes_on_age(drug: str, lines: Sequence[GuidanceLine], person: Person) -> list[str]:
    """What must be known at the person's age beside the lines that are shown."""
    whom = [population(line.population, drug) for line in lines]
    return age_notes(drug, person, next((one for one in whom if not one.of_an_age), whom[0] if whom else None))


def _whom(words: str) -> str:
    return f"for {words}" if words else "for others"


def _worth_showing(lines: Sequence[GuidanceLine]) -> tuple[GuidanceLine, ...]:
    """That CPIC gives no recommendation is said as its lines are; of the others, only where CPIC recommends nothing."""
    if any(line.recommends and line.publisher == "CPIC" for line in lines):
        return tuple(line for line in lines if line.recommends or line.publisher == "CPIC")
    return tuple(lines)
