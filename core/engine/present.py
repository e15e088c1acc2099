"""What an answer shows of what was found and passed: its sentences, its blocks, and pointers where there is neither."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols import Services
from ..types import Block, Evidence, Sentence
from ..wording import say
from . import verify
from .compose import Ordered
from .consult import Outcome
from .fair import Relevance, by_relevance, fair_cut
from .ledger import Ledger
from .pointers import link_of, only_pointers
from .shown import check_block, cited_as, drafted, verbatim

MAX_POINTERS = 5
"""Pointers that are named where there is no answer."""

Owner = Callable[[str], str]
"""The plugin of a task."""


def best_first(outcomes: list[Outcome], checked: verify.Verified, relevance: Relevance, owner: Owner) -> list[Outcome]:
    """The specialist first whose evidence meets the question best; the tasks of one stay in the order of the plan."""
    groups: dict[str, list[Evidence]] = {}
    for o in outcomes:
        kept = [checked.kept[item.id] for item in o.result.evidence if item.id in checked.kept]
        groups.setdefault(owner(o.task.name), []).extend(kept)
    at = {owner: place for place, owner in enumerate(by_relevance(groups, relevance))}
    return sorted(outcomes, key=lambda o: (at[owner(o.task.name)], o.place))


def sentences_of(
    ordered: Ordered,
    outcomes: list[Outcome],
    checked: verify.Verified,
    ledger: Ledger,
    services: Services,
    *,
    owner: Owner,
    limit: int,
) -> list[Sentence]:
    """Drafts that pass stand in for the quotes they cite, at the place of the first of them."""
    draft_of: dict[str, Sentence] = {}
    proposers: dict[str, set[str]] = {}
    for o in outcomes:
        for item in o.result.evidence:
            if item.id in checked.kept:
                proposers.setdefault(checked.kept[item.id].id, set()).add(owner(o.task.name))
    for o in outcomes:
        for draft in o.result.drafts:
            if any(i in checked.dropped for i in draft.evidence):
                continue  # already reported
            if reason := verify.verify_draft(draft, checked.kept, services):
                ledger.report("dropped", what=say("verify.a-sentence", task=o.task.name), reason=reason)
                continue
            final = tuple(checked.kept[id_].id for id_ in draft.evidence)
            alone = {owner(o.task.name)}
            for id_ in final:
                if proposers[id_] != alone:
                    continue  # another plugin shows the quote itself: nobody's wording displaces it
                draft_of.setdefault(id_, drafted(draft.model_copy(update={"evidence": final})))
    out: dict[str, Sentence] = {}
    for item in ordered.items:
        sentence = draft_of.get(item.id) or verbatim(item)
        if all(id_ in checked.retracted for id_ in sentence.citations):
            ledger.report("retracted", publication=_withdrawn(item, checked))
            continue
        out.setdefault(sentence.text, sentence)
    place = {owner(o.task.name): at for at, o in enumerate(outcomes)}
    shown = fair_cut(out.values(), limit, lambda s: min(proposers[s.citations[0]], key=place.__getitem__))
    if len(out) > len(shown):
        ledger.report("limit", number=len(out) - len(shown))
    return shown


def blocks_of(
    outcomes: list[Outcome], checked: verify.Verified, ledger: Ledger, services: Services, owner: Owner
) -> list[Block]:
    """The blocks whose evidence passed, without those rows whose did not; withdrawn publications bear no row."""
    kept = {id_: item for id_, item in checked.kept.items() if item.id not in checked.retracted}
    final = {id_: item.id for id_, item in kept.items()}
    out: list[Block] = []
    for o in outcomes:
        for block in o.result.blocks:
            result = check_block(block, kept, services)
            if result.block is None:
                ledger.report(
                    "dropped",
                    what=say("verify.a-block", kind=block.kind, title=block.title, task=o.task.name),
                    reason=result.reason,
                )
            else:
                if result.left_out:
                    what = say("verify.rows", number=result.left_out, kind=block.kind, title=block.title, task=o.task.name)
                    ledger.report("dropped", what=what, reason=say("verify.rows-unborne"))
                out.append(cited_as(result.block, final, owner(o.task.name)))
    return out


def _withdrawn(item: Evidence, checked: verify.Verified) -> str:
    """Which publication is meant, so that a reader who relies on it learns that it was withdrawn."""
    of = item.source
    name = ", ".join(filter(None, (of.title, *of.references[:1])))
    return f"{name} ({checked.retracted[item.id]})"


def without_mere_pointers(
    sentences: list[Sentence], blocks: list[Block], checked: verify.Verified, question: str, ledger: Ledger
) -> tuple[list[Sentence], list[Block]]:
    """Nothing where all that would be shown only points at an answer; then the pointers are named instead."""
    cited = [id_ for s in sentences for id_ in s.citations] + [id_ for b in blocks for id_ in b.evidence]
    borne = {item.id: item for item in checked.kept.values()}
    pointers = only_pointers((borne[id_] for id_ in dict.fromkeys(cited)), question)
    for pointer in pointers[:MAX_POINTERS]:
        ledger.report("pointer_only", link=link_of(pointer))
    return ([], []) if pointers else (sentences, blocks)
