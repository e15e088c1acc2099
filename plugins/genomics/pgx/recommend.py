"""Genes and drugs → CPIC's line for exactly what is known, or why there is none.

A gene whose phenotype is open, or that was not assessed, never leads to a line as if it were normal: what CPIC would say of
each possibility is given beside the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .cpic_vocabulary import all_normal
from .guideline_exceptions import REPLACED, notes_of, split_of
from .urgency import ORDER, Urgency, urgency_of

if TYPE_CHECKING:
    from bedside.core import GraphEdge

    from ..named_alleles import GeneCall
    from .guidance import CpicTables
    from .medications import Given
    from .results import GeneResult

Status = Literal["recommended", "no_recommendation", "not_available", "no_line", "no_guideline", "no_pair", "not_resolved"]
NOT_AVAILABLE = "None"
"""What CPIC's table writes where a gene's result is not available."""
INDETERMINATE = "Indeterminate"
_GUIDED = frozenset({"A", "A/B", "B"})


@dataclass(frozen=True)
class DrugRecommendation:
    """What CPIC says of one drug.

    `status`: `recommended` (`line` is CPIC's for exactly these phenotypes), `no_recommendation` (CPIC's table has none for
    them), `not_available` (a gene is not known; see `reason`), `no_line` (there is a guideline, the loaded table has no line
    of it), `no_guideline` (a gene-drug pair without one), `no_pair` (CPIC has none), `not_resolved` (a product of several
    substances that are not all known). `possible` are lines for what the
    patient may have, or for a part of it, never advice for the patient. `given` says where the drug was named.
    """

    drug: str
    drug_id: str
    status: Status
    urgency: Urgency
    genes: Mapping[str, str | None] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    line: GraphEdge | None = None
    possible: tuple[GraphEdge, ...] = ()
    pairs: tuple[GraphEdge, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()


def recommend(
    results: Mapping[str, GeneResult], tables: CpicTables, given: Sequence[Given] = ()
) -> list[DrugRecommendation]:
    """Given drugs first, then every drug with a line or a guideline for a gene that has a result; the pressing first."""
    named = {g.drug_id: g for g in given}
    out: list[DrugRecommendation] = []
    for drug_id in dict.fromkeys([*named, *tables.drugs]):
        one = _of_drug(drug_id, results, tables, named.get(drug_id))
        if one is not None:
            out.append(one)
    return sorted(out, key=lambda r: (not r.given, r.status == "no_pair", ORDER.index(r.urgency), r.drug))


def unassessed_drugs(results: Mapping[str, GeneResult], tables: CpicTables) -> dict[str, list[str]]:
    """Gene without any result → drugs with a CPIC line or guideline for it: nothing is said of them by that gene."""
    out: dict[str, list[str]] = {}
    for drug_id in tables.drugs:
        edges = tables.edges_of(drug_id)
        genes = {g for e in edges for g in e.props.get("conditions", ())} | {_gene(p) for p in edges if _guided(p)}
        for gene in genes:
            if gene not in results or results[gene].state == "unknown":
                out.setdefault(gene, []).append(str(edges[0].props["drug"]))
    return {gene: sorted(set(drugs)) for gene, drugs in sorted(out.items())}


def _of_drug(
    drug_id: str, results: Mapping[str, GeneResult], tables: CpicTables, given: Given | None
) -> DrugRecommendation | None:
    edges = tables.edges_of(drug_id)
    pairs = tuple(sorted((e for e in edges if e.kind == "pair"), key=lambda e: not _guided(e)))
    lines = [e for e in edges if e.kind in ("recommendation", "no_recommendation")]
    name = str(edges[0].props["drug"]) if edges else given.name if given else drug_id
    told = given.told if given else ()
    if not edges and given and given.unresolved:
        unread = ", ".join(given.unresolved)
        reason = f"a product of several substances ({unread} could not be read): look up its ingredients one by one"
        return DrugRecommendation(name, drug_id, "not_resolved", "review", given=told, reason=reason)
    if not edges and given is None:
        return None
    if not edges:
        reason = f"CPIC has no gene-drug pair for {name}: nothing is said of it here"
        return DrugRecommendation(name, drug_id, "no_pair", "other", given=told, reason=reason)
    if lines:
        return _by_lines(name, drug_id, lines, pairs, results, told)
    return _by_pairs(name, drug_id, pairs, results, told)


def _by_lines(
    name: str,
    drug_id: str,
    lines: Sequence[GraphEdge],
    pairs: tuple[GraphEdge, ...],
    results: Mapping[str, GeneResult],
    told: tuple[str, ...],
) -> DrugRecommendation | None:
    genes = sorted({g for e in lines for g in e.props["conditions"]})
    states = {gene: results[gene].state if gene in results else "unknown" for gene in genes}
    words = {g: results[g].cpic[0] if states[g] == "known" else None for g in genes}
    notes = _notes(name, genes, pairs, results)

    def said(status: Status, urgency: Urgency, reason: str = "", **rest: object) -> DrugRecommendation:
        return DrugRecommendation(
            name,
            drug_id,
            status,
            urgency,
            words,
            told,
            pairs=pairs,
            reason=reason,
            notes=notes,
            **rest,  # type: ignore[arg-type]
        )

    if all(state == "unknown" for state in states.values()):
        return said("not_available", "review", _unknown(genes, results)) if told else None
    if any(state == "open" for state in states.values()):
        reason = "; ".join(f"{g}: {results[g].reason}" for g in genes if states[g] == "open")
        possible = _possible(lines, _may_be(genes, results, NOT_AVAILABLE)) or _possible(lines, _may_be(genes, results))
        usable = tuple(e for e in possible if not _barred(name, e, results))
        if len(usable) < len(possible):
            notes = (*notes, "lines that CPIC divides by activity score are left out: open the guideline")
        return said("not_available", _foremost(usable), reason, possible=usable)
    exact = {g: words[g] or NOT_AVAILABLE for g in genes}
    line = next((e for e in lines if e.props["conditions"] == exact), None)
    missing = [g for g in genes if states[g] == "unknown"]
    if line is None:
        return said("not_available", "review", f"the loaded CPIC table has no line for {_spoken(exact)}")
    if why := _barred(name, line, results):
        return said("not_available", "review", f"{why}: open the guideline")
    if line.kind == "no_recommendation":
        reason = f"CPIC's table holds no recommendation for {_spoken(exact)}"
        if missing:
            reason += f"; {_unknown(missing, results)}"
        near = [e for may_be in _neighbours(genes, exact, missing) for e in _possible(lines, may_be)]
        possible = tuple({e.id: e for e in near if not _barred(name, e, results)}.values())
        return said("no_recommendation", _foremost(possible), reason, line=line, possible=possible)
    urgency = urgency_of(str(line.props["recommendation"]))
    unsure = any(_unsure(results[g]) for g in genes if g in results)
    if urgency == "standard" and (missing or unsure or INDETERMINATE in exact.values() or name in REPLACED):
        urgency = "review"  # usual dosing is not to be relied on by what was not seen, is in doubt, not known or replaced
    if missing:
        notes = (f"{_unknown(missing, results)}: this is CPIC's line for that case", *notes)
    if name in REPLACED:
        notes = (*notes, REPLACED[name])
    return said("recommended", urgency, line=line)


def _by_pairs(
    name: str,
    drug_id: str,
    pairs: tuple[GraphEdge, ...],
    results: Mapping[str, GeneResult],
    told: tuple[str, ...],
) -> DrugRecommendation | None:
    guided = tuple(p for p in pairs if _guided(p))
    genes = sorted({_gene(p) for p in guided or pairs if guided or _gene(p) in results})
    words = {g: " or ".join(results[g].cpic) or None if g in results else None for g in genes}
    notes = _notes(name, genes, (), results)
    assessed = [g for g in genes if g in results and results[g].state != "unknown"]
    if not guided:
        if not told:
            return None
        levels = ", ".join(f"{_gene(p)} level {p.props['cpic_level']} ({p.props['cpic_status']})" for p in pairs)
        reason = (
            f"CPIC lists {name} with {levels}; the loaded table has no recommendation for it, CPIC may by now: look there"
        )
        return DrugRecommendation(name, drug_id, "no_guideline", "other", words, told, None, (), pairs, reason, notes)
    if not assessed and not told:
        return None
    reason = f"CPIC has a guideline by {' and '.join(genes)}, of which the loaded table holds no line: open it"
    unknown = [g for g in genes if g not in assessed]
    if unknown:
        reason += f"; {_unknown(unknown, results)}"
    usual = not unknown and all(
        all_normal(word) and not _unsure(results[g]) for g in assessed for word in results[g].cpic or ("",)
    )
    return DrugRecommendation(
        name, drug_id, "no_line", "other" if usual else "review", words, told, None, (), guided, reason, notes
    )


def _unsure(result: GeneResult) -> bool:
    """Is there something that was not seen, or is in doubt, so that a usual result is no all-clear?"""
    call = result.call
    return bool(call.missing_positions or call.uncallable or call.undocumented or result.doubts)


def _notes(
    name: str, genes: Sequence[str], pairs: Sequence[GraphEdge], results: Mapping[str, GeneResult]
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
        out += notes_of(name, gene, call.diplotypes)
        if call.source == "outside" and call.status == "called":
            out.append(f"{gene} is taken from the outside call")
    more = sorted({_gene(p) for p in pairs if _guided(p)} - set(genes))
    if more:
        out.append(f"CPIC's guideline is also by {', '.join(more)}, for which the loaded table has no line")
    return tuple(out)


def _unseen(call: GeneCall) -> str:
    """What the file does not show of a gene."""
    places = [m.rsid or f"{m.chrom}:{m.pos}" for m in call.missing_positions]
    many = f"{len(places)} of its positions" if len(places) > 1 else "one of its positions"
    told = f"{call.gene}: {many} could not be read ({_some(places, 4)})"
    return told + (f"; {_some(call.uncallable, 6)} could not have been seen" if call.uncallable else "")


def _some(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _barred(name: str, line: GraphEdge, results: Mapping[str, GeneResult]) -> str:
    """Why the line must not be used although the phenotypes fit, or the empty string."""
    split = split_of(name, line.props["conditions"])
    if split is None or split.gene not in results:
        return ""
    call = results[split.gene].call
    of_it = [i for i, p in enumerate(call.phenotypes) if p == split.phenotype]
    diplotypes = [call.diplotypes[i] for i in of_it if i < len(call.diplotypes)]
    return split.why_not([call.activity_scores[i] for i in of_it], diplotypes)


_MayBe = list[tuple[str, "set[str] | None"]]
"""Per gene the phenotypes that count; None is any that is a result."""


def _may_be(genes: Sequence[str], results: Mapping[str, GeneResult], unknown: str = "") -> _MayBe:
    """What each gene may have. A gene without a result has `unknown`, or anything."""
    out: _MayBe = []
    for gene in genes:
        result = results.get(gene)
        if result is None or result.state == "unknown":
            out.append((gene, {unknown} if unknown else None))
        else:
            out.append((gene, set(result.cpic) if result.complete else None))
    return out


def _neighbours(genes: Sequence[str], exact: Mapping[str, str], missing: Sequence[str]) -> list[_MayBe]:
    """Where CPIC has no recommendation: the same with other results of the genes that are not sure, else of one each."""
    unsure = [g for g in genes if g in missing or exact[g] == INDETERMINATE]
    vary = [[g] for g in genes] if not unsure else [unsure]
    return [[(g, None if g in some else {exact[g]}) for g in genes] for some in vary if len(some) < len(genes)]


def _possible(lines: Iterable[GraphEdge], may_be: _MayBe) -> tuple[GraphEdge, ...]:
    """The lines with a recommendation that fit."""
    fit = []
    for edge in lines:
        conditions: Mapping[str, str] = edge.props["conditions"]
        wanted = all(
            conditions.get(g) in words if words is not None else conditions.get(g) not in (NOT_AVAILABLE, INDETERMINATE)
            for g, words in may_be
        )
        if edge.kind == "recommendation" and wanted:
            fit.append(edge)
    return tuple(fit)


def _foremost(possible: Sequence[GraphEdge]) -> Urgency:
    """`change` when CPIC advises one whichever possibility is the right one."""
    urgencies = {urgency_of(str(e.props["recommendation"])) for e in possible}
    return "change" if urgencies == {"change"} else "review"


def _guided(pair: GraphEdge) -> bool:
    """A finished guideline that advises on this pair (level A or B; C and D pairs carry no prescribing action)."""
    p = pair.props
    return pair.kind == "pair" and bool(pair.url) and p.get("cpic_status") == "Final" and p.get("cpic_level") in _GUIDED


def _gene(pair: GraphEdge) -> str:
    return pair.end.removeprefix("GENE:") if pair.kind == "pair" else ""


def _unknown(genes: Sequence[str], results: Mapping[str, GeneResult]) -> str:
    return "; ".join(f"{g} was not assessed ({results[g].reason if g in results else 'no result was given'})" for g in genes)


def _spoken(conditions: Mapping[str, str]) -> str:
    return " and ".join(f"{g} {'result not available' if p == NOT_AVAILABLE else p}" for g, p in conditions.items())
