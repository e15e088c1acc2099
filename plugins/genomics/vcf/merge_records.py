"""Several records of one position put together: a split multi-allelic site, one variant written twice, a deletion over it.

A `0` in a record means "not one of this record's ALT alleles". What the records say together must not lose a variant, nor
make reference of a no-call: what none of them calls stays uncalled, and what contradicts itself is a clash as soon as a
variant is among it. Phase is kept where one phase set gives it, else dropped. The order of the records does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from .alleles import Allele, Position, Trouble, UndocumentedAllele
from .genotype import Genotype, Joined, depth_contradiction

Copies = tuple[Allele | None, ...]


def join(locus: Position, records: Sequence[Genotype]) -> Genotype:
    """One genotype from all records of a position (at least one)."""
    found = _join(locus, records)
    doubt = next((r.doubt for r in records if r.doubt), "")
    joined = tuple(_marked(locus, r, j, records) for r in records for j in r.joined)
    return replace(found, doubt=doubt, joined=joined) if doubt or joined else found


def _marked(locus: Position, record: Genotype, joined: Joined, records: Sequence[Genotype]) -> Joined:
    """The record's block substitution, and whether another record shows the same variant. Both may speak of one copy or, as
    the parts of a split site do, of the two: only the phase of both tells."""
    mine = set(_variants(locus, joined.copies))
    others = (r for r in records if r is not record and not _phased_together(record, r))
    repeats = (
        not mine.isdisjoint(_variants(locus, r.copies)) and not any(j.what == joined.what for j in r.joined) for r in others
    )
    return joined._replace(repeated=joined.repeated or (len(set(joined.copies)) > 1 and any(repeats)))


def _phased_together(one: Genotype, two: Genotype) -> bool:
    return one.phased and two.phased and one.phase_set == two.phase_set


def _join(locus: Position, records: Sequence[Genotype]) -> Genotype:
    distinct = list({_said(r): r for r in reversed(records)}.values())[::-1]
    if len(distinct) == 1:
        return distinct[0]
    hard = next((r for r in distinct if r.clash and not r.by_depth), None)
    if hard is not None:
        return hard
    over = [r for r in distinct if r.secondary]
    own = _whole(locus, [r for r in distinct if not r.secondary])
    if not over:
        return _alone(locus, own)
    reaching = _alone(locus, over)
    return _under(locus, _alone(locus, own), reaching) if own else reaching


def _said(record: Genotype) -> tuple[object, ...]:
    phase = (record.phased, record.phase_set) if len(set(record.copies)) > 1 else ()
    return record.copies, phase, record.problem, record.about, record.secondary


def _alone(locus: Position, records: Sequence[Genotype]) -> Genotype:
    """Records that all stand at the position itself, or are all deletions over it."""
    if len(records) == 1:
        return records[0]
    # the depths of a part of a split site say nothing by themselves
    doubted = next((r.problem for r in records if r.by_depth and r.clash), "")
    records = [replace(r, problem="", clash=False, by_depth=False) if r.by_depth else r for r in records]
    sizes = {len(r.copies) for r in records if not _silent(r)}
    if len(sizes) > 1:
        return _contradiction(locus, records)
    size = sizes.pop() if sizes else max(len(r.copies) for r in records)
    claims = [(r, (None,) * size if _silent(r) else r.copies) for r in records]
    anchors = [(r, c) for r, c in claims if r.phased and len(set(c)) > 1 and not _silent(r)]
    one_set = len({r.phase_set for r, _ in anchors}) == 1
    if any(None in copies for _, copies in claims):
        joint = _by_slot(locus, [c for _, c in claims])
    else:
        joint = _by_count(locus, size, [c for _, c in anchors] if one_set else [], [c for _, c in claims])
    if joint is None or not all(_agrees(locus, r, c, joint, slots=one_set) for r, c in claims):
        return _contradiction(locus, records)
    main = next((r for r, c in claims if _variants(locus, c)), records[0])
    found = replace(
        main,
        one=joint[0],
        two=joint[1] if size > 1 else None,
        haploid=size == 1,
        phased=one_set or (not anchors and all(r.phased for r in records)),
        phase_set=anchors[0][0].phase_set if one_set else "",
        problem="" if None not in joint else next((r.problem for r in records if r.problem), ""),
        about=_about(records),
        depths=_depths(locus, records),
        counted=all(r.counted for r in records),
    )
    if None in joint:
        # the position must not merely be set aside where a variant is half called, or seen in the reads
        clash = bool(doubted or (found.problem and _variants(locus, joint)))
        return replace(found, problem=doubted or found.problem, clash=clash)
    problem, clash = depth_contradiction(locus.ref, joint, found.depths or {})
    return replace(found, problem=problem, clash=clash)


def _silent(record: Genotype) -> bool:
    return bool(record.problem) or all(c is None for c in record.copies)


def _variants(locus: Position, copies: Copies) -> list[Allele]:
    return [c for c in copies if c is not None and c != locus.ref]


def _by_slot(locus: Position, claims: Sequence[Copies]) -> Copies | None:
    """Copy by copy (`1/.` and `./1`): a variant fills in for the `.` of another record; reference does not."""
    joint: list[Allele | None] = []
    for slot in zip(*claims, strict=True):
        found = set(_without_echoes([c for c in slot if c is not None and c != locus.ref]))
        if len(found) > 1:
            return None
        joint.append(found.pop() if found else (None if None in slot else locus.ref))
    return tuple(joint)


def _by_count(locus: Position, size: int, anchors: Sequence[Copies], claims: Sequence[Copies]) -> Copies | None:
    """Phased ones keep their places; of the others no more than the copies that are left."""
    slots = _by_slot(locus, anchors) if anchors else (locus.ref,) * size
    if slots is None:
        return None
    needed: Counter[Allele] = Counter()
    for copies in claims:
        needed |= Counter(_variants(locus, copies))
    kept = Counter(_without_echoes(list(needed.elements())))
    rest = list((kept - Counter(_variants(locus, slots))).elements())
    joint: list[Allele | None] = list(slots)
    free = [i for i, allele in enumerate(joint) if allele == locus.ref]
    if len(rest) > len(free):
        return None
    # at the right end, as heterozygous genotypes are written
    for i, allele in zip(free[len(free) - len(rest) :], rest, strict=True):
        joint[i] = allele
    return tuple(joint)


def _without_echoes(alleles: list[Allele]) -> list[Allele]:
    """A `*` is dropped for each deletion that another record writes out; without one it stays, and stays unread."""
    gone = sum(isinstance(a, UndocumentedAllele) and a.trouble is Trouble.GONE for a in alleles)
    kept: list[Allele] = []
    for allele in alleles:
        if gone and isinstance(allele, UndocumentedAllele) and allele.trouble is Trouble.SPANNING:
            gone -= 1
        else:
            kept.append(allele)
    return kept


def _agrees(locus: Position, record: Genotype, copies: Copies, joint: Copies, *, slots: bool) -> bool:
    """Whether the record, about the alleles that it is about, says what the records say together."""
    about = set(_variants(locus, joint)) if record.about is None else {*record.about, *_variants(locus, copies)}
    if record.about is None and locus.is_indel:
        # a record of the anchor base beside that of the indel: its 0/0 is about the base
        about = set()
    about = {a for a in about if not (isinstance(a, UndocumentedAllele) and a.trouble is Trouble.SPANNING)}
    if slots and record.phased and len(set(copies)) > 1:
        return all(a == b or None in (a, b) for a, b in zip(_shown(copies, about), _shown(joint, about), strict=True))
    return all(
        copies.count(a) <= joint.count(a) + joint.count(None) and joint.count(a) <= copies.count(a) + copies.count(None)
        for a in about
    )


def _shown(copies: Copies, about: set[Allele]) -> list[Allele | None]:
    return [c if c is None or c in about else "" for c in copies]


def _about(records: Sequence[Genotype]) -> tuple[Allele, ...] | None:
    if any(r.about is None for r in records):
        return None
    return tuple(dict.fromkeys(a for r in records for a in r.about or ()))


def _depths(locus: Position, records: Sequence[Genotype]) -> dict[Allele, int] | None:
    """Of the reference the fewest that a record gives, of a variant the most: nothing is lost by it."""
    joint: dict[Allele, int] = {}
    for record in records:
        for allele, reads in (record.depths or {}).items():
            choose = min if allele == locus.ref else max
            joint[allele] = choose(reads, joint.get(allele, reads))
    return joint or None


def _under(locus: Position, own: Genotype, over: Genotype) -> Genotype:
    """The position's own record counts where a deletion reaches over it, unless the two can't both be true."""
    if over.problem:
        return over
    if not own.called:
        return own if own.clash or _variants(locus, own.copies) else over
    note = f"a deletion (line {over.line}) reaches over this position; its own record was used"
    if over.counted:
        return replace(own, note=note)
    gone = len(_variants(locus, over.copies))
    left = [c for c in own.copies if not isinstance(c, UndocumentedAllele)]
    carried = [c for c in left if c != locus.ref]
    if left and (gone == len(over.copies) or gone + len(carried) > len(over.copies)):
        return _contradiction(locus, [own, over])
    return replace(own, note=note)


def _contradiction(locus: Position, records: Sequence[Genotype]) -> Genotype:
    numbers = sorted({r.line for r in records if r.line})
    which = f"lines {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}" if len(numbers) > 1 else "its records"
    clash = any(_variants(locus, r.copies) for r in records)
    return replace(records[0], problem=f"{which} give different genotypes", clash=clash, by_depth=False)


def _whole(locus: Position, records: list[Genotype]) -> list[Genotype]:
    """A defined substitution of several bases, written base by base: its parts made one record."""
    parts = [r for r in records if r.part]
    if len(parts) < 2:
        return records
    joined = parts[0]
    for part in parts[1:]:
        joined = _join_parts(locus, joined, part)
    rest = [r for r in records if not r.part]
    # beside a record of the whole it would count as a mere no-call
    return [replace(joined, clash=bool(joined.problem)), *rest] if rest else [joined]


def _join_parts(locus: Position, first: Genotype, second: Genotype) -> Genotype:
    """Joined where it is known which lie together."""
    phased = first.phased and second.phased and first.phase_set == second.phase_set
    same = all(len(set(g.copies)) == 1 for g in (first, second))
    if first.haploid != second.haploid or not (phased or same) or None in (*first.copies, *second.copies):
        return replace(first, problem="the bases of a defined substitution are in two records that are not phased")
    joined: list[Allele] = []
    for a, b in zip(first.copies, second.copies, strict=True):
        texts = [x.text if isinstance(x, UndocumentedAllele) else str(x) for x in (a, b)]
        bases = "".join(y if x == ref else x for x, y, ref in zip(*texts, locus.ref, strict=True))
        joined.append(bases if bases in (locus.ref, *locus.alts) else UndocumentedAllele(bases))
    return replace(first, one=joined[0], two=joined[1] if len(joined) > 1 else None, about=tuple(joined), depths=None)
