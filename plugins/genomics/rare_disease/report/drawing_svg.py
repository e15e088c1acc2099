"""The same picture for an answer: a small SVG that is drawn in a millisecond, in any thread.

(`drawing.py` draws for files, with matplotlib, whose settings are of the whole process and whose import takes a second.)
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from bedside.core.toolkit.printable import printable

from .drawing_layout import AGAINST, EXPLAINED, FOR, KNOWN, PALE, UNTOLD_ROW, Row, name_lines, power, reach, rows_of, ticks
from .report_text import neutral, percent, times, untold

if TYPE_CHECKING:
    from ..scoring.results import RankedDisease

MOST_ROWS = 20
# pixels
_LABELS, _COLUMN, _GAP, _ROW, _LINE, _MARGIN, _LEAST = 270, 170, 14, 22, 15, 12, 640
_LETTERS = 22
"""Characters of a disease's name that fit over its column."""
_FONT = 'font-family="\'DejaVu Sans\', Verdana, Helvetica, Arial, sans-serif" font-size="11"'


def draw_svg(diseases: Sequence[RankedDisease], source: str) -> str:
    """A row for each finding, a column for each of `diseases`, a bar for each likelihood ratio. `source` names what the
    ranking rests on."""
    rows, left_out = rows_of(diseases, MOST_ROWS)
    names = [name_lines(place, d, _LETTERS) for place, d in enumerate(diseases, 1)]
    width = max(_LEAST, _LABELS + _COLUMN * len(diseases) + _MARGIN)
    top = _MARGIN + _LINE * max(map(len, names)) + 42
    bottom = top + _ROW * len(rows)
    kept = f"Left out, of little weight: {left_out}. " if left_out else ""
    foot = textwrap.wrap(EXPLAINED, width // 6) + textwrap.wrap(f"{kept}{source}", width // 6)
    height = bottom + 58 + _LINE * len(foot)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" {_FONT}>',
        '<defs><pattern id="against" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="5" height="5" fill="#fff" fill-opacity="0"/><rect width="1.4" height="5" fill="#fff"/>'
        "</pattern></defs>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for y in range(1, len(rows), 2):
        parts.append(f'<rect x="0" y="{top + y * _ROW}" width="{width}" height="{_ROW}" fill="#f2f2f2"/>')
    for y, ((_, excluded), label) in enumerate(rows.items()):
        style = ' font-style="italic"' if excluded else ""
        parts.append(_text(_LABELS - 12, top + y * _ROW + 15, label, f'text-anchor="end"{style}'))
    low, high = reach(diseases)
    for place, disease in enumerate(diseases):
        left = _LABELS + _COLUMN * place
        parts += _head(left, top, names[place], disease)
        parts += _column(left, top, disease, list(rows), low, high)
    parts += _legend(bottom + 34)
    parts += [_text(_MARGIN, bottom + 60 + i * _LINE, line, 'fill="#444" font-size="10.5"') for i, line in enumerate(foot)]
    return "\n".join([*parts, "</svg>"])


def _head(left: int, top: int, name: Sequence[str], disease: RankedDisease) -> Iterator[str]:
    for i, line in enumerate(name):
        yield _text(left, top - 40 - _LINE * (len(name) - 1 - i), line)
    yield _text(left, top - 22, percent(disease.posterior), 'font-size="15" font-weight="bold"')
    genes = f" · {', '.join(disease.genes)}" if disease.genes else ""
    yield _text(left, top - 7, textwrap.shorten(f"{disease.disease_id}{genes}", 26, placeholder="…"), 'fill="#444"')


def _column(left: int, top: int, disease: RankedDisease, rows: list[Row], low: float, high: float) -> Iterator[str]:
    scale = (_COLUMN - _GAP) / (high - low)
    bottom = top + _ROW * len(rows)
    for tick in ticks(low, high):
        x = left + (tick - low) * scale
        colour = "#d5d5d5" if tick else "#222"
        yield f'<path d="M{x:.1f} {top}V{bottom}" stroke="{colour}" stroke-width="0.8"/>'
        yield _text(x, bottom + 13, power(tick), 'text-anchor="middle" fill="#444" font-size="9.5"')
    bars = {(r.term_id, r.excluded): (r.likelihood_ratio, r.how in KNOWN) for r in disease.reasons}
    bars[UNTOLD_ROW] = (untold(disease), True)
    for y, row in enumerate(rows):
        if row in bars:
            yield from _bar(left - low * scale, top + y * _ROW, scale, *bars[row])


def _bar(zero: float, y: int, scale: float, ratio: float, known: bool) -> Iterator[str]:
    length = 0.0 if neutral(ratio) else math.log10(ratio) * scale
    x = min(zero, zero + length)
    colour = FOR if length >= 0 else AGAINST
    if length:
        shape = f'<rect x="{x:.1f}" y="{y + 5}" width="{abs(length):.1f}" height="12" '
        yield f'{shape}fill="{colour if known else PALE[colour]}"/>'
        if length < 0:
            yield f'{shape}fill="url(#against)"/>'
    end = zero + length + (4 if length >= 0 else -4)
    anchor = "start" if length >= 0 else "end"
    yield _text(end, y + 15, times(ratio), f'text-anchor="{anchor}" fill="{"#000" if length else "#666"}" font-size="10.5"')


def _legend(y: int) -> Iterator[str]:
    x = _MARGIN
    for fill, hatched, label in (
        (FOR, False, "speaks for"),
        (AGAINST, True, "speaks against"),
        (PALE[FOR], False, "pale: not reported of the disease itself, inferred"),
    ):
        shape = f'<rect x="{x}" y="{y - 9}" width="18" height="10" '
        yield f'{shape}fill="{fill}"/>' + (f'{shape}fill="url(#against)"/>' if hatched else "")
        yield _text(x + 24, y, label)
        x += 54 + 7 * len(label)


def _text(x: float, y: float, text: str, more: str = "") -> str:
    """Names come from sources: escaped, and without what XML does not allow."""
    fill = "" if "fill=" in more else ' fill="#111"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{fill}{" " + more if more else ""}>{escape(printable(text))}</text>'
