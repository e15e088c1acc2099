"""The packaged table of products, regimens and abbreviations: which names it has, and what each stands for.

It is consulted when a text is read, beside the loaded drug names, so that it holds for every data folder as it is.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from .normal import Normal

Kind = Literal["product", "brand", "regimen", "abbreviation", "capitals", "checked", "unclear", "cued"]
_OTHER = frozenset(("cued", "cues", "stops"))
_AS_WRITTEN = frozenset(("capitals", "checked", "unclear", "cued"))


@dataclass(frozen=True)
class Product:
    """One name of the table. `parts` are the substances (for `unclear`: what it could be, in words), `words` the words of
    the name as the table writes them, `cues` the words of which one has to stand in the text ("chemo*": those that begin
    so), none when empty."""

    name: str
    kind: Kind
    parts: tuple[str, ...]
    words: tuple[str, ...]
    cues: tuple[str, ...] = ()

    @property
    def as_written(self) -> bool:
        """Whether the name is only itself in its own capitals."""
        return self.kind in _AS_WRITTEN

    @property
    def numbered(self) -> bool:
        """Whether the name ends in a bare number, which may as well be a count."""
        return self.kind == "product" and len(self.words) == 2 and self.words[-1].isdigit()


@dataclass(frozen=True)
class ProductTable:
    """`names`: compared words joined by blanks to the names; `reach`: first word to the most words of a name with it;
    `spelled`: names of one word that a misspelt word may mean; `stops`: lists of words around a name, by what they say."""

    names: dict[str, tuple[Product, ...]]
    reach: dict[str, int]
    spelled: dict[str, Product]
    stops: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def product_table() -> ProductTable:
    text = files(__package__).joinpath("data/products.toml").read_text(encoding="utf-8")
    return _table(tomllib.loads(text))


def _table(data: dict[str, Any]) -> ProductTable:
    names: dict[str, list[Product]] = {}
    reach: dict[str, int] = {}
    spelled: dict[str, Product] = {}
    cues = data["cues"]
    sections: list[tuple[Any, dict, tuple]] = [
        (kind, data[kind], ()) for kind in data if kind not in ("cues", "cued", "stops")
    ]
    sections += [("cued", listed, tuple(cues[cue])) for cue, listed in data["cued"].items()]
    for kind, listed, needed in sections:
        for parts, forms in listed.items():
            for form in forms:
                tokens = Normal(form).tokens()
                one = Product(
                    name=form,
                    kind=kind,
                    parts=(parts,) if kind == "unclear" else tuple(parts.split(" + ")),
                    words=tuple(token.raw for token in tokens),
                    cues=needed,
                )
                keys = [token.key for token in tokens]
                names.setdefault(" ".join(keys), []).append(one)
                reach[keys[0]] = max(reach.get(keys[0], 0), len(keys))
                if kind in ("product", "brand") and len(keys) == 1 and len(keys[0]) >= 7 and keys[0].isalpha():
                    spelled[keys[0]] = one
    stops = {name: frozenset(words) for name, words in data["stops"].items()}
    return ProductTable({key: tuple(ones) for key, ones in names.items()}, reach, spelled, stops)
