"""Which diseases are kin: alike in name (a series such as "Noonan syndrome 1" to "14", or the same disease of another
catalogue) or of the same gene. What is reported of kin says something about a disease of which little is reported."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from .annotations import Annotations

_ORDINAL = re.compile(r"[ivx]+[a-z]?|\d+[a-z]*|[a-z]")
# words that number, or that half of all names hold
_COMMON = frozenset(
    "type syndrome disease disorder with and or of the due to a an in by autosomal dominant recessive linked x familial "
    "hereditary form susceptibility without related rare associated".split()
)
_MOST_NAMES = 800
"""A word in more names than this brings no two diseases together."""
_ALIKE = 0.5
"""Names whose cosine is below this are not kin."""
_MOST = 30
# not diseases of their own, though named after one
_NO_KIN = re.compile(r"modifier of|resistance to|protection against|quantitative trait", re.IGNORECASE)
_LEAST = 0.1


def words(name: str) -> list[str]:
    """The words that say what a disease is, without numbers and common words."""
    return [w for w in re.findall(r"[^\W_]+", name.lower()) if w not in _COMMON and not _ORDINAL.fullmatch(w)]


def vocabulary(names: Iterable[str]) -> frozenset[str]:
    """The words that describe, from the names of findings: those that are written in lower case somewhere. A word that is
    none of them is somebody's name."""
    split = [re.findall(r"[^\W_]+", name) for name in names]
    inside = {word for one in split for word in one[1:] if word == word.lower()}
    return frozenset(inside | {one[0].lower() for one in split if one and one[0].lower() in inside})


def relatives(annotations: Annotations, described: frozenset[str], *, name_power: float, gene_weight: float) -> csr_matrix:
    """A matrix of shape (diseases, diseases): how much each (row) may learn from each other one (column), 0 to 1.5.

    By name: the cosine of the names' words, weighted by rarity (tf-idf), to the power `name_power`. Diseases that share
    nothing but somebody's name (Wilson, Williams) are kin only if the names are otherwise the same. By gene: `gene_weight`
    divided among the diseases of the same catalogue that the gene is known for, less where the names differ, and divided by
    the genes of the lender: what is reported of a deletion of many genes says little of each. `described` is the
    `vocabulary`."""
    from scipy.sparse import csr_matrix

    bags = [Counter(words(name)) for name in annotations.disease_names]
    by_name = _Names(bags, described)
    genes = [frozenset(g) for g in annotations.genes]
    catalogue = [d.partition(":")[0] for d in annotations.diseases]
    of_gene: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(annotations.genes):
        for gene in own:
            of_gene[gene].append(number)

    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for number in range(len(bags)):
        if _NO_KIN.search(annotations.disease_names[number]):
            continue
        alike, telling = by_name.alike(number)
        weight = {
            one: cosine**name_power
            for one, cosine in alike.items()
            if cosine > _ALIKE and (one in telling or bags[one].keys() == bags[number].keys() or genes[one] & genes[number])
        }
        for gene in annotations.genes[number]:
            beside = [one for one in of_gene[gene] if one != number]
            share = Counter(catalogue[one] for one in beside)
            for one in beside:
                by_gene = gene_weight / (share[catalogue[one]] * len(genes[one])) * (0.5 + alike.get(one, 0.0)) / 1.5
                weight[one] = weight.get(one, 0.0) + by_gene
        best = sorted(((min(w, 1.5), one) for one, w in weight.items() if w > _LEAST), reverse=True)[:_MOST]
        rows += [number] * len(best)
        columns += [one for _, one in best]
        values += [w for w, _ in best]
    return csr_matrix((values, (rows, columns)), shape=(len(bags), len(bags)))


def repeated(a: Annotations, kin: csr_matrix) -> NDArray[np.int32]:
    """For each entry of ORPHA or DECIPHER the OMIM disease that it repeats, else -1. `kin` as `relatives` gives it.

    It repeats the nearest kin of OMIM's that has the same name, shares the gene and half of the name's words, or shares
    the only gene that the entry has. Sharing one gene of several makes no two diseases the same.
    """
    import numpy as np

    bags = [frozenset(words(n)) for n in a.disease_names]
    genes = [frozenset(g) for g in a.genes]
    omim = {d for d, id_ in enumerate(a.diseases) if id_.startswith("OMIM:")}
    out = np.full(len(a.diseases), -1, dtype=np.int32)
    for d in range(len(a.diseases)):
        if d in omim:
            continue
        row = slice(kin.indptr[d], kin.indptr[d + 1])
        near, weights = kin.indices[row], kin.data[row].astype(np.float32)  # as precise as they are kept
        for one in near[np.argsort(-weights, kind="stable")].tolist():
            if one not in omim:
                continue
            common = len(bags[one] & bags[d])
            named_alike = common > 0 and 2 * common >= min(len(bags[one]), len(bags[d]))
            if bags[one] == bags[d] or (genes[one] & genes[d] and (named_alike or len(genes[d]) == 1)):
                out[d] = one
                break
    return out


class _Names:
    """Likeness of names."""

    def __init__(self, bags: Sequence[Counter[str]], described: frozenset[str]) -> None:
        self._bags, self._described = bags, described
        self._holding: dict[str, list[int]] = defaultdict(list)
        for number, bag in enumerate(bags):
            for word in bag:
                self._holding[word].append(number)
        self._rarity = {word: log(len(bags) / len(numbers)) for word, numbers in self._holding.items()}
        self._length = [sqrt(sum(self._rarity[w] ** 2 for w in bag)) or 1.0 for bag in bags]

    def alike(self, number: int) -> tuple[dict[int, float], set[int]]:
        """The cosine with each other name that shares a word, and those that share one which describes."""
        alike: dict[int, float] = defaultdict(float)
        telling: set[int] = set()
        for word in self._bags[number]:
            if len(self._holding[word]) <= _MOST_NAMES:
                for one in self._holding[word]:
                    alike[one] += self._rarity[word] ** 2 / (self._length[number] * self._length[one])
                if word in self._described:
                    telling.update(self._holding[word])
        alike.pop(number, None)
        return alike, telling


def findings_in_names(names: Sequence[str], terms: dict[str, int]) -> list[set[int]]:
    """The findings that a disease's own name tells ("Optic atrophy 16"); `terms` maps a finding's words to its number."""
    longest = max((len(key.split()) for key in terms), default=0)
    out = []
    for name in names:
        said = simple(name).split()
        taken = [False] * len(said)
        found: set[int] = set()
        for size in range(min(longest, len(said), 6), 0, -1):
            for start in range(len(said) - size + 1):
                term = terms.get(" ".join(said[start : start + size]))
                if term is not None and not any(taken[start : start + size]):
                    found.add(term)
                    taken[start : start + size] = [True] * size
        out.append(found)
    return out


def simple(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
