"""Markdown and plain text: sections under their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from .archive_members import Item
from .document import Document, Section
from .read_session import Run
from .streams import text_of, whole
from .xml import year_in

if TYPE_CHECKING:
    from bedside.core.types import Record

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9 ,/&()'-]{3,79}:?$")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,4}\.?[ \t]+[A-Z][^.!?:;]{1,78}$")
_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_FIELD = re.compile(r"^(title|url|year|date|doi|pmid|journal)\s*:\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE | re.IGNORECASE)


def read_markdown(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document, named by its path. `#` and underlined headings make sections; a front matter of `key: value` lines may
    give title, url, year, doi, pmid and journal. A first heading of level 1 is the title where none is given."""
    text = text_of(whole(stream, item.where), item.where)
    matter = _MATTER.match(text)
    about = {name.lower(): value for name, value in _FIELD.findall(matter[1])} if matter else {}
    title, sections = _markdown(text[matter.end() :] if matter else text)
    yield from run.passages(_document(item, about.get("title") or title, sections, about), item.where)


def read_text(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document, named by its path. A heading is a line between blank lines that is underlined, in capitals or numbered
    ("2.1 Dosage"); a first line set off by a blank one, without a full stop, is the title."""
    text = text_of(whole(stream, item.where), item.where)
    title, sections = _plain(text.split("\n"))
    yield from run.passages(_document(item, title, sections, {}), item.where)


def _document(item: Item, title: str, sections: tuple[Section, ...], about: dict[str, str]) -> Document:
    url, pmid = about.get("url", ""), about.get("pmid", "")
    return Document(
        id=item.name,
        title=title or item.name,
        sections=sections,
        url=url if re.match(r"https?://", url) else item.link,
        year=year_in(about.get("year") or about.get("date") or ""),
        journal=about.get("journal", ""),
        doi=about.get("doi", ""),
        pmid=pmid if pmid.isdigit() else "",
    )


def _markdown(text: str) -> tuple[str, tuple[Section, ...]]:
    found: list[tuple[str, list[str]]] = [("", [])]
    path: list[tuple[int, str]] = []
    title = fence = ""
    for line in text.split("\n"):
        body = found[-1][1]
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
            body.append(line)
            continue
        if mark:
            fence = mark[1]
            body.append(line)
            continue
        heading = _ATX.match(line)
        level, words = (len(heading[1]), heading[2]) if heading else (0, "")
        under = _UNDERLINE.match(line)
        if under and body and body[-1].strip() and not (len(body) > 1 and body[-2].strip()):
            level, words = (1 if under[1][0] == "=" else 2), body.pop().strip()
        if not level:
            body.append(line)
        elif level == 1 and not title:
            title, path = words, []
            found.append(("", []))
        else:
            path = [*(pair for pair in path if pair[0] < level), (level, words)]
            found.append((" > ".join(one for _, one in path if one), []))
    return title, _sections(found)


def _plain(lines: list[str]) -> tuple[str, tuple[Section, ...]]:
    found: list[tuple[str, list[str]]] = [("", [])]
    title = ""
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        alone = number == 0 or not lines[number - 1].strip()
        after = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if line and alone and after and _UNDERLINE.match(after) and len(line) <= 80:
            found.append((line, []))
            number += 2
            continue
        if line and alone and not after and number + 1 < len(lines):
            if not title and not any(found[-1][1]) and len(found) == 1 and len(line) <= 200 and line[-1] not in ".!?:;,":
                title = line
                number += 1
                continue
            if _CAPITALS.match(line) or _NUMBERED.match(line):
                found.append((line.rstrip(":"), []))
                number += 1
                continue
        found[-1][1].append(lines[number])
        number += 1
    return title, _sections(found)


def _sections(found: list[tuple[str, list[str]]]) -> tuple[Section, ...]:
    joined = ((heading, "\n".join(body).strip("\n")) for heading, body in found)
    return tuple(Section(heading, body) for heading, body in joined if body.strip())
