"""Which sentences and blocks are shown: quotes and drafts in the order of the evidence, blocks whose evidence passed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import BedsideError
from ..evidence import support
from ..evidence.advice import advice
from ..protocols import Services
from ..reading.fhir import texts_of
from ..toolkit.words import words
from ..types import Action, Block, Draft, Evidence, Figure, Ranking, Sentence, Support, Table
from ..types.block import RankedItem, Row
from ..wording import say
from .verify import unborne

_DENIAL = re.compile(r"\b(?:not|no|never|without|cannot be|non)[\s-]+$", re.IGNORECASE)
_WEIGHT = re.compile(r"[×÷]\d[\d.,]*")
_DRAFT_CHECKS = ("quote", "numbers", "words", "negation", "direction")


@dataclass(frozen=True)
class Checked:
    """A block as it may be shown; None with the `reason` where it may not. `left_out` counts rows that did not pass."""

    block: Block | None
    reason: str = ""
    left_out: int = 0


def verbatim(item: Evidence) -> Sentence:
    """The quote itself as a sentence."""
    return Sentence(text=item.quote, citations=(item.id,), support=Support(verdict="verbatim", checks=("quote",)))


def drafted(draft: Draft) -> Sentence:
    """A draft that passed `verify_draft`."""
    return Sentence(text=draft.text, citations=draft.evidence, support=Support(verdict="checked", checks=_DRAFT_CHECKS))


def check_block(block: Block, kept: Mapping[str, Evidence], services: Services) -> Checked:
    """`block` with only what its evidence bears.

    A row stands on its own evidence: where some of that did not pass, or the row names what its quotes do not, the row is
    left out; a figure or an action is left out as a whole. Scores, priors and computed columns are numbers that no quote
    holds."""
    if isinstance(block, Ranking):
        drugs = any(_reasons(item) for item in block.items) and _may_name_drugs(block, services)
        items = tuple(item for item in block.items if not _item_problem(item, kept, services, drugs=drugs))
        return _rows(block, "items", items, len(block.items))
    if isinstance(block, Table):
        rows = tuple(row for row in block.rows if not _row_problem(row, block, kept))
        return _rows(block, "rows", rows, len(block.rows))
    reason = _missing(block.evidence, kept)
    if not reason and isinstance(block, Action):
        reason = _action_problem(block, [kept[id_].quote for id_ in block.evidence], services)
    assert isinstance(block, Figure | Action)
    return Checked(None if reason else block, reason)


def _action_problem(action: Action, quotes: Sequence[str], services: Services) -> str:
    """Its rationale, and the drugs of what would be ordered: a reader decides by the one and gets the other."""
    if reason := unborne(action.rationale, quotes, services):
        return reason
    try:
        ordered, borne = (
            {m.id: m.name for m in services.terms.find(text, origin="quote").mentions if m.kind == "drug"}
            for text in (" ; ".join((action.title, *texts_of(action.resource))), " ; ".join(quotes))
        )
        said = advice(action.rationale, services.terms.find(action.rationale, origin="quote").mentions)
    except BedsideError:
        return say("verify.order-unchecked")
    if gone := sorted(name for id_, name in ordered.items() if id_ not in borne):
        return say("verify.words-missing", words=", ".join(gone))
    if action.verb == "create" and (against := sorted(name for id_, name in ordered.items() if said.get(id_) == "avoid")):
        return say("verify.order-against", drugs=", ".join(against))
    return ""


def _rows(block: Ranking | Table, name: str, kept: Sequence[object], before: int) -> Checked:
    if not kept:
        return Checked(None, "no row of it is borne by its quotes", before)
    return Checked(block.model_copy(update={name: kept}), left_out=before - len(kept))


def _item_problem(item: RankedItem, kept: Mapping[str, Evidence], services: Services, *, drugs: bool) -> str:
    gone = _missing(item.evidence, kept)
    if not words(item.name) and not support.numbers(item.name):
        return say("verify.nameless")
    quotes = _quotes(item.evidence, kept)
    return gone or _unnamed([item.name], quotes) or _advising(_reasons(item), quotes, services, drugs=drugs)


def _reasons(item: RankedItem) -> list[str]:
    return [*item.supporting, *item.opposing, *(v for v in item.details.values() if isinstance(v, str))]


def _may_name_drugs(block: Ranking, services: Services) -> bool:
    """Does any reason name a drug, or can that not be known? One look for all, since most name none."""
    texts = dict.fromkeys(_WEIGHT.sub(" ", one) for item in block.items for one in _reasons(item))
    try:
        return any(m.kind == "drug" for m in services.terms.find(" ; ".join(texts), origin="quote").mentions)
    except BedsideError:
        return True


def _advising(reasons: Sequence[str], quotes: str, services: Services, *, drugs: bool) -> str:
    """Reasons say what was found of a patient and how much it weighs, which no quote has; what to do they say only with a
    quote."""
    mine, theirs = support.direction("; ".join(reasons)), support.direction(quotes)
    if mine not in ("none", theirs):
        return say("verify.other-reasons", mine=mine, theirs=theirs)
    if not drugs:
        return ""
    try:
        named, borne = (
            {m.id: m.name for m in services.terms.find(text, origin="quote").mentions if m.kind == "drug"}
            for text in (" ; ".join(reasons), quotes)
        )
    except BedsideError:
        return say("verify.reasons-unchecked")
    gone = sorted(name for id_, name in named.items() if id_ not in borne)
    return say("verify.words-missing", words=", ".join(gone)) if gone else ""


def _row_problem(row: Row, table: Table, kept: Mapping[str, Evidence]) -> str:
    if gone := _missing(row.evidence, kept):
        return gone
    ours = {text for id_ in row.evidence for text in _of_the_store(kept[id_])}
    cells = [(cell, column) for cell, column in zip(row.cells, table.columns, strict=True) if cell not in ours]
    stated = [str(cell) for cell, column in cells if cell is not None and not column.computed]
    quotes = _quotes(row.evidence, kept)
    # a number is worked out; a word is not
    worded = {word for cell, _ in cells if isinstance(cell, str) for word in words(cell)} - words(quotes)
    if worded:
        return say("verify.words-missing", words=", ".join(sorted(worded)))
    return _unnamed(stated, quotes)


def _of_the_store(item: Evidence) -> tuple[str, ...]:
    """What a cell may say whole beside the quote, since the engine took it from the store: how strong, and whose it is."""
    of = item.source
    return tuple(filter(None, (item.strength, of.title, f"{of.title}, {of.version}", f"{of.title}, {of.date}")))


def _unnamed(texts: Sequence[str], quotes: str) -> str:
    """A cell is a name or a value, no sentence: its words and numbers must be in the quotes, whatever their order."""
    text = " ".join(texts)
    gone = sorted((words(text) - words(quotes)) | (support.numbers(text) - support.numbers(quotes)))
    if gone:
        return say("verify.words-missing", words=", ".join(gone))
    # a cell stands alone, as what follows a stop does in a quote
    mine, theirs = (support.direction(one) for one in ("; ".join(texts), quotes))
    if mine != "none" and mine != theirs:
        return say("verify.says-otherwise", mine=mine, theirs=theirs)
    denied = [one for one in texts if not support.negations(one) and _only_denied(one, quotes)]
    return say("verify.denied", words=", ".join(denied)) if denied else ""


def _only_denied(text: str, quotes: str) -> bool:
    """Does `text` stand in the quotes, and nowhere without a denial right before it?"""
    found = list(re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", quotes, re.IGNORECASE))
    return bool(found) and all(_DENIAL.search(quotes, 0, one.start()) for one in found)


def _missing(ids: Sequence[str], kept: Mapping[str, Evidence]) -> str:
    gone = sum(id_ not in kept for id_ in ids)
    return say("verify.quotes-failed", number=gone) if gone else ""


def _quotes(ids: Sequence[str], kept: Mapping[str, Evidence]) -> str:
    return " ".join(kept[id_].quote for id_ in ids)


def cited_as(block: Block, final: Mapping[str, str], plugin: str) -> Block:
    """`block` of `plugin` with the ids that its evidence has in the answer in place of those that were proposed."""

    def ids(of: Sequence[str]) -> tuple[str, ...]:
        return tuple(final[id_] for id_ in of)

    of: dict[str, object] = {"plugin": plugin}
    if isinstance(block, Ranking):
        of["items"] = tuple(item.model_copy(update={"evidence": ids(item.evidence)}) for item in block.items)
    elif isinstance(block, Table):
        of["rows"] = tuple(row.model_copy(update={"evidence": ids(row.evidence)}) for row in block.rows)
    else:
        of["evidence"] = ids(block.evidence)
    return block.model_copy(update=of)
