"""The matcher against the plain way: all strands that phase allows, each compared with each allele."""

from __future__ import annotations

import itertools
import random

import pytest
from bedside.plugins.genomics.named_alleles import call_file
from bedside.plugins.genomics.named_alleles.definitions import IUPAC

BASES = "ACGT"


def _enumerate(loci, alleles, genotypes, phased):
    """Diplotype → best score, by trying every pair of strands."""
    names = list(alleles)
    present = [i for i, g in enumerate(genotypes) if g is not None]
    het = [i for i in present if genotypes[i][0] != genotypes[i][1]]
    free = [[i for i in het if phased[i]]] + [[i] for i in het if not phased[i]]
    free = [block for block in free if block]
    reference = {i: alleles[names[0]].get(i, loci[i][1]) for i in present}

    def accepts(name, strand):
        for i in present:
            cell = alleles[name].get(i)
            if cell is None:
                cell = loci[i][1] if reference[i] in IUPAC else reference[i]
            if strand[i] not in IUPAC.get(cell, cell):
                return False
        return True

    def score(name, strands):
        defined = [i for i in present if name == names[0] or i in alleles[name]]
        points = len(defined)
        for i in defined:
            cell = reference[i] if name == names[0] else alleles[name][i]
            if cell in IUPAC and all(s[i] == loci[i][1] for s in strands):
                points -= 1
        return points

    usable = [n for n in names if any(n == names[0] or i in alleles[n] for i in present)]
    pairs = []
    for turns in itertools.product((False, True), repeat=len(free)):
        turned = {i for block, turn in zip(free, turns, strict=True) if turn for i in block}
        one = {i: genotypes[i][1 if i in turned else 0] for i in present}
        two = {i: genotypes[i][0 if i in turned else 1] for i in present}
        pairs.append((one, two))
    matches = {n: [s for pair in pairs for s in pair if accepts(n, s)] for n in usable}
    found = {}
    for one, two in pairs:
        for a in usable:
            for b in usable:
                if not (one in matches[a] and two in matches[b]):
                    continue
                if a == b:
                    points = score(a, [one]) + score(b, [two])
                else:
                    points = score(a, [s for s in (one, two) if s in matches[a]])
                    points += score(b, [s for s in (one, two) if s in matches[b]])
                name = "/".join(sorted((a, b), key=names.index))
                found[name] = max(found.get(name, 0), points)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_the_same_diplotypes(made_up, write_vcf, seed):
    chance = random.Random(seed)
    n = chance.randint(2, 6)
    loci = []
    for i in range(n):
        ref = chance.choice(BASES)
        alts = chance.sample([b for b in BASES if b != ref], chance.choice((1, 1, 2)))
        loci.append((100 + 10 * i, ref, ",".join(alts), ""))
    alleles: dict[str, dict[int, str]] = {"*1": {}}
    for k in range(2, chance.randint(4, 10)):
        cells = {}
        for i in chance.sample(range(n), chance.randint(1, min(3, n))):
            options = [*loci[i][2].split(","), loci[i][1]]
            both = [c for c, bases in IUPAC.items() if len(bases) == 2 and loci[i][1] in bases and loci[i][2][0] in bases]
            cells[i] = chance.choice([*options[:-1], *options[:-1], options[-1], *both])
        alleles[f"*{k}"] = cells
    definitions = made_up(loci, alleles)
    for _ in range(20):
        genotypes, phased, lines = [], [], []
        for pos, ref, alts, _ in loci:
            spelled = [ref, *alts.split(",")]
            if chance.random() < 0.12:
                genotypes.append(None)
                phased.append(False)
                continue
            pair = chance.choices(range(len(spelled)), weights=[3] + [2] * (len(spelled) - 1), k=2)
            phase = chance.random() < 0.4
            genotypes.append((spelled[pair[0]], spelled[pair[1]]))
            phased.append(phase)
            lines.append(f"chr1 {pos} . {ref} {alts} . . . GT {pair[0]}{'|' if phase else '/'}{pair[1]}")
        expected = _enumerate(loci, alleles, genotypes, phased) if lines else {}
        call = call_file(write_vcf(lines), definitions)[0].gene("GENE1")
        best = {name for name, points in expected.items() if points == max(expected.values())}
        assert set(call.diplotypes) == best
        assert set(call.diplotypes) | set(call.alternatives) == set(expected)
