"""Genes and drugs → what CPIC, DPWG and the FDA say for exactly what is known, or why there is no line.

A gene whose phenotype is open, or that was not assessed, never leads to a line as if it were normal: what would be said of
each possibility is given beside the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from .called_results import possible_results
from .choose import Chosen, choose, notes_on_age
from .cpic_vocabulary import INDETERMINATE, all_normal
from .fitting import Result
from .guidance_line import NO_RESULT, GuidanceLine
from .loaded import PULL, logged
from .person import Person
from .urgency import ORDER, Urgency, against, urgency_of
from .warfarin_place import chart_steps

if TYPE_CHECKING:
    from bedside.core import GraphEdge

    from ..named_alleles import GeneCall
    from .guidance import GuidanceTables
    from .medications import Given
    from .results import GeneResult
    from .warfarin import Step

Status = Literal["recommended", "no_recommendation", "not_available", "no_line", "no_guideline", "no_pair", "not_resolved"]
_GUIDED = frozenset({"A", "A/B", "B"})


@dataclass(frozen=True)
class DrugRecommendation:
    """What is said of one drug.

    `status`: `recommended` (`lines` are for exactly these results), `no_recommendation` (the publishers have none for them,
    and say so), `not_available` (a gene is not known; see `reason`), `no_line` (there is a guideline, but no line of it in
    what is loaded), `no_guideline` (a gene-drug pair without one), `no_pair` (nothing is loaded of the drug), `not_resolved`
    (a product of several substances that are not all known). `possible` are lines for what the patient may have, or for a
    part of it, never advice for the patient. `given` says where the drug was named. `against`: a line says to avoid it.
    `steps` are the boxes of a guideline that is a flow chart which the patient is at or may be at.
    """

    drug: str
    drug_id: str
    status: Status
    urgency: Urgency
    genes: Mapping[str, str | None] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    lines: tuple[GuidanceLine, ...] = ()
    possible: tuple[GuidanceLine, ...] = ()
    pairs: tuple[GraphEdge, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    against: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def line(self) -> GuidanceLine | None:
        """CPIC's, else the first of another publisher."""
        return self.lines[0] if self.lines else None


def recommend(
    results: Mapping[str, GeneResult], tables: GuidanceTables, given: Sequence[Given] = (), person: Person | None = None
) -> list[DrugRecommendation]:
    """Given drugs first, then every drug with a line or a guideline for a gene that has a result; the pressing first."""
    named = {g.drug_id: g for g in given}
    whom = person or Person()
    out: list[DrugRecommendation] = []
    for drug_id in dict.fromkeys([*named, *tables.drugs]):
        one = _of_drug(drug_id, results, tables, named.get(drug_id), whom)
        if one is not None:
            out.append(one)
    return sorted(out, key=lambda r: (not r.given, r.status == "no_pair", ORDER.index(r.urgency), not r.against, r.drug))


def unassessed_drugs(results: Mapping[str, GeneResult], tables: GuidanceTables) -> dict[str, list[str]]:
    """Gene without any result → drugs with a line or guideline for it: nothing is said of them by that gene."""
    out: dict[str, list[str]] = {}
    for drug_id in tables.drugs:
        for gene in _genes_of(drug_id, tables):
            if gene not in results or results[gene].state == "unknown":
                out.setdefault(gene, []).append(_named(tables.edges_of(drug_id)))
    return {gene: sorted(set(drugs)) for gene, drugs in sorted(out.items())}


def _genes_of(drug_id: str, tables: GuidanceTables) -> frozenset[str]:
    """Genes that the drug's lines or guidelines go by."""
    key = ("genes", drug_id)
    if key not in tables.derived:
        of_lines = {gene for line in tables.lines_of(drug_id) for gene in line.genes}
        tables.derived[key] = frozenset(of_lines | {_gene(p) for p in _pairs_of(drug_id, tables) if _guided(p)})
    found: frozenset[str] = tables.derived[key]
    return found


def _pairs_of(drug_id: str, tables: GuidanceTables) -> tuple[GraphEdge, ...]:
    """Those with a guideline first."""
    key = ("pairs", drug_id)
    if key not in tables.derived:
        pairs = (e for e in tables.edges_of(drug_id) if e.kind == "pair")
        tables.derived[key] = tuple(sorted(pairs, key=lambda e: not _guided(e)))
    found: tuple[GraphEdge, ...] = tables.derived[key]
    return found


def _of_drug(
    drug_id: str,
    results: Mapping[str, GeneResult],
    tables: GuidanceTables,
    given: Given | None,
    person: Person,
) -> DrugRecommendation | None:
    edges = tables.edges_of(drug_id)
    pairs = _pairs_of(drug_id, tables)
    lines = tables.lines_of(drug_id)
    name = lines[0].drug if lines else _named(edges) or (given.name if given else drug_id)
    told = given.told if given else ()
    if not lines and not pairs and given and given.unresolved:
        unread = ", ".join(given.unresolved)
        reason = f"a product of several substances ({unread} could not be read): look up its ingredients one by one"
        return DrugRecommendation(name, drug_id, "not_resolved", "review", given=told, reason=reason)
    if not lines and not pairs and given is None:
        return None
    if not lines and not pairs:  # CPIC may have logged a change all the same
        reason = f"{tables.loaded.nothing(f'and no gene-drug pair for {name}')}: nothing is said of it here"
        return DrugRecommendation(name, drug_id, "no_pair", "other", given=told, reason=reason)
    if lines:
        return _by_lines(name, drug_id, lines, edges, pairs, results, tables, told, person)
    return _by_pairs(name, drug_id, pairs, results, tables, told)


def _by_lines(
    name: str,
    drug_id: str,
    lines: Sequence[GuidanceLine],
    edges: Sequence[GraphEdge],
    pairs: tuple[GraphEdge, ...],
    results: Mapping[str, GeneResult],
    tables: GuidanceTables,
    told: tuple[str, ...],
    person: Person,
) -> DrugRecommendation | None:
    genes = sorted({g for line in lines for g in line.genes})
    states = {gene: results[gene].state if gene in results else "unknown" for gene in genes}
    if all(state == "unknown" for state in states.values()):
        if not told:
            return None
        reason = _unknown(genes, results)
        words: dict[str, str | None] = dict.fromkeys(genes)
        return DrugRecommendation(name, drug_id, "not_available", "review", words, told, pairs=pairs, reason=reason)
    chosen = _chosen(lines, genes, results, tables, person)
    open_ = [g for g in genes if states[g] == "open"]
    shown = tuple(
        line for line in chosen.lines if line.edge.id in chosen.sure and not any(g in open_ for g in _asked(line, results))
    )
    possible = tuple(line for line in chosen.lines if line not in shown and line.recommends)
    used = sorted({g for line in (*shown, *possible) for g in line.genes}) or genes
    words = {g: results[g].cpic[0] if states[g] == "known" else None for g in (used if shown else genes)}
    certain = {g: possible_results(results[g]) for g in genes if states[g] == "known"}
    said = DrugRecommendation(
        name,
        drug_id,
        "not_available",
        "review",
        words,
        told,
        pairs=pairs,
        possible=possible,
        steps=tuple(chart_steps(edges, certain, person)),
        notes=(*_notes(name, genes, pairs, lines, results), *_of_lines(name, shown, edges), *chosen.notes),
    )
    if not shown:
        return _without_line(said, chosen, genes, open_, results, tables)
    if not any(line.recommends for line in shown):
        said = replace(said, status="no_recommendation", lines=shown, urgency=_foremost(possible))
        return replace(said, reason=_none_recommends(shown, genes, states, results))
    doubtful = [g for g in words if g in results and _unsure(results[g])]
    missing = [g for g in words if states[g] == "unknown" and any(_needs(line, g) for line in shown)]
    urgency = min((urgency_of(line.text) for line in shown if line.recommends), key=ORDER.index)
    notes = said.notes
    if unsure := [f"{g}: {results[g].unsure}" for g in words if g in results and results[g].unsure]:
        urgency = "review"  # what was not read could make it another line
        notes = (*unsure, *notes)
    elif urgency == "standard" and (missing or doubtful or open_ or INDETERMINATE in words.values()):
        urgency = "review"  # usual dosing is not to be relied on by what was not seen, is in doubt or not known
    if missing:
        notes = (f"{_unknown(missing, results)}: this is the line for that case", *notes)
    if open_ and possible:
        notes = (*notes, _open_reason(open_, results))
    turned = any(against(line.text, name) for line in shown)
    notes = (*notes, *notes_on_age(name, shown, person), *chosen.problems)
    return replace(
        said, status="recommended", urgency=urgency, lines=shown, notes=tuple(dict.fromkeys(notes)), against=turned
    )


def _chosen(
    lines: Sequence[GuidanceLine],
    genes: Sequence[str],
    results: Mapping[str, GeneResult],
    tables: GuidanceTables,
    person: Person,
) -> Chosen:
    """`choose`, once for the same results: in bulk most people share theirs."""
    possible: dict[str, tuple[Result, ...]] = {}
    unresolved: list[str] = []
    for gene in genes:
        result = results.get(gene)
        if result is None or result.state == "unknown":
            continue
        found = possible_results(result)
        if found:
            possible[gene] = found
        if not found or (result.state == "open" and not result.complete):
            unresolved.append(gene)
    asked = {gene: found for gene, found in possible.items() if gene not in unresolved}
    key = ("chosen", lines[0].edge.start, tuple(asked.items()), tuple(unresolved), repr(person))
    if key not in tables.derived:
        tables.derived[key] = choose(lines, asked, unresolved, person)
    found_: Chosen = tables.derived[key]
    return found_


def _without_line(
    said: DrugRecommendation,
    chosen: Chosen,
    genes: Sequence[str],
    open_: Sequence[str],
    results: Mapping[str, GeneResult],
    tables: GuidanceTables,
) -> DrugRecommendation:
    """No line is for exactly these results: what may be said instead."""
    unsure = [f"{g}: {results[g].unsure}" for g in genes if g in results and results[g].unsure]
    foremost: Urgency = "review" if unsure else _foremost(said.possible, pressing=chosen.pressing)
    if open_:
        reason = _open_reason(open_, results)
        return replace(said, reason=reason, urgency=foremost, notes=(*said.notes, *chosen.problems))
    if said.possible:
        reason = "; ".join(unsure) or f"{said.drug}: its lines differ by what is not known; see the notes"
        return replace(said, reason=reason, urgency=foremost, notes=(*said.notes, *chosen.problems))
    if chosen.problems:
        return replace(said, reason="; ".join(chosen.problems), urgency=foremost)
    known = {g: results[g].cpic[0] for g in genes if g in results and results[g].state == "known"}
    exact = " and ".join(f"{g} {known.get(g) or 'result not available'}" for g in genes)
    return replace(said, reason=tables.loaded.nothing(f"for {said.drug} with {exact}"))


def _open_reason(open_: Sequence[str], results: Mapping[str, GeneResult]) -> str:
    return "; ".join(f"{g}: {results[g].reason}" for g in open_)


def _none_recommends(
    shown: Sequence[GuidanceLine], genes: Sequence[str], states: Mapping[str, str], results: Mapping[str, GeneResult]
) -> str:
    who = " and ".join(dict.fromkeys(line.publisher_words for line in shown))
    of = " and ".join(f"{g} {results[g].cpic[0]}" for g in genes if states[g] == "known")
    reason = f"{who} give{'s' if ' and ' not in who else ''} no recommendation for {of}"
    missing = [g for g in genes if states[g] == "unknown"]
    return f"{reason}; {_unknown(missing, results)}" if missing else reason


def _asked(line: GuidanceLine, results: Mapping[str, GeneResult]) -> Iterable[str]:
    """Genes of a line of which something is known."""
    return [g for g in line.genes if g in results and results[g].state != "unknown"]


def _needs(line: GuidanceLine, gene: str) -> bool:
    return any(key.values.get(gene) == NO_RESULT for key in line.keys)


def _of_lines(name: str, shown: Sequence[GuidanceLine], edges: Sequence[GraphEdge]) -> list[str]:
    """How old a line is, where that matters."""
    out = []
    for line in shown:
        if line.packaged and line.date:
            out.append(f"the line is of the packaged CPIC table, data of {line.date}; for today's: {PULL}")
        if date := logged(line, edges):
            out.append(f"CPIC logged a change of {name} on {date}, after the data of its line ({line.date})")
    return list(dict.fromkeys(out))


def _by_pairs(
    name: str,
    drug_id: str,
    pairs: tuple[GraphEdge, ...],
    results: Mapping[str, GeneResult],
    tables: GuidanceTables,
    told: tuple[str, ...],
) -> DrugRecommendation | None:
    guided = tuple(p for p in pairs if _guided(p))
    genes = sorted({_gene(p) for p in guided or pairs if guided or _gene(p) in results})
    words = {g: " or ".join(results[g].cpic) or None if g in results else None for g in genes}
    notes = _notes(name, genes, (), (), results)
    assessed = [g for g in genes if g in results and results[g].state != "unknown"]
    if not guided:
        if not told:
            return None
        levels = ", ".join(f"{_gene(p)} level {p.props['cpic_level']} ({p.props['cpic_status']})" for p in pairs)
        reason = f"CPIC lists {name} with {levels}; {tables.loaded.nothing('for it')}"
        return DrugRecommendation(
            name, drug_id, "no_guideline", "other", words, told, pairs=pairs, reason=reason, notes=notes
        )
    if not assessed and not told:
        return None
    reason = f"CPIC has a guideline by {' and '.join(genes)}; {tables.loaded.nothing('of it: open it')}"
    unknown = [g for g in genes if g not in assessed]
    if unknown:
        reason += f"; {_unknown(unknown, results)}"
    usual = not unknown and all(
        all_normal(word) and not _unsure(results[g]) for g in assessed for word in results[g].cpic or ("",)
    )
    urgency: Urgency = "other" if usual else "review"
    return DrugRecommendation(name, drug_id, "no_line", urgency, words, told, pairs=guided, reason=reason, notes=notes)


def _unsure(result: GeneResult) -> bool:
    """Is there something that was not seen, or is in doubt, so that a usual result is no all-clear?"""
    call = result.call
    return bool(call.missing_positions or call.uncallable or call.undocumented or result.doubts)


def _notes(
    name: str,
    genes: Sequence[str],
    pairs: Sequence[GraphEdge],
    lines: Sequence[GuidanceLine],
    results: Mapping[str, GeneResult],
) -> tuple[str, ...]:
    out = []
    for gene in genes:
        call = results[gene].call if gene in results else None
        if call is None or results[gene].state == "unknown":
            continue
        if call.missing_positions or call.uncallable:
            out.append(_unseen(call))
        if call.undocumented:
            out.append(f"{gene} has alleles at {len(call.undocumented)} position(s) that no definition knows")
        if call.phenotype_from:
            out.append(f"{gene} by {call.phenotype_from} alone: no diplotype could be called ({call.reason})")
        out += [f"{gene}: {doubt}" for doubt in results[gene].doubts]
        if call.source == "outside" and call.status == "called":
            out.append(f"{gene} is taken from the outside call")
    more = sorted({_gene(p) for p in pairs if _guided(p)} - set(genes))
    if more and lines:
        out.append(f"CPIC's guideline is also by {', '.join(more)}, for which nothing that is loaded has a line")
    return tuple(out)


def _unseen(call: GeneCall) -> str:
    """What the file does not show of a gene."""
    places = [m.rsid or f"{m.chrom}:{m.pos}" for m in call.missing_positions]
    many = f"{len(places)} of its positions" if len(places) > 1 else "one of its positions"
    told = f"{call.gene}: {many} could not be read ({_some(places, 4)})"
    return told + (f"; {_some(call.uncallable, 6)} could not have been seen" if call.uncallable else "")


def _some(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _foremost(possible: Sequence[GuidanceLine], *, pressing: bool = False) -> Urgency:
    """`change` when one is advised whichever possibility is the right one; `pressing`: also by a line that is not shown."""
    urgencies = {urgency_of(line.text) for line in possible} | ({"change"} if pressing else set())
    return "change" if urgencies == {"change"} else "review"


def _guided(pair: GraphEdge) -> bool:
    """A finished guideline that advises on this pair (level A or B; C and D pairs carry no prescribing action)."""
    p = pair.props
    return pair.kind == "pair" and bool(pair.url) and p.get("cpic_status") == "Final" and p.get("cpic_level") in _GUIDED


def _named(edges: Sequence[GraphEdge]) -> str:
    """The drug's name; a logged change does not say it."""
    return next((str(edge.props["drug"]) for edge in edges if "drug" in edge.props), "")


def _gene(pair: GraphEdge) -> str:
    return pair.end.removeprefix("GENE:") if pair.kind == "pair" else ""


def _unknown(genes: Sequence[str], results: Mapping[str, GeneResult]) -> str:
    return "; ".join(f"{g} was not assessed ({results[g].reason if g in results else 'no result was given'})" for g in genes)


__all__ = ["DrugRecommendation", "Status", "recommend", "unassessed_drugs"]
