"""The drawing as a page that also lists its edges, for those who read or print rather than look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bedside.core.graph.vocabulary import LICENCE, edge_label
from bedside.core.types import SourceInfo

from .layout import Drawing
from .svg import link_of, safe_text, svg

# Nothing may be fetched or run, whatever a name in the graph pretends to be.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body{font-family:'DejaVu Sans',Verdana,Helvetica,Arial,sans-serif;font-size:13px;color:#111;margin:24px}
figure{margin:0 0 24px;overflow-x:auto}svg{max-width:100%;height:auto}
table{border-collapse:collapse}th,td{border-top:1px solid #ddd;padding:4px 8px;text-align:left;vertical-align:top}
th{background:#f4f4f4}td.said{max-width:60ch}
"""


def html_page(drawing: Drawing, title: str, notes: Sequence[str], sources: Mapping[str, SourceInfo]) -> str:
    rows = []
    for edge in drawing.edges:
        info, link = sources.get(edge.source_id), link_of(edge, sources)
        said = safe_text(edge.text)
        if link:
            said = f'<a href="{safe_text(link)}" target="_blank" rel="noopener noreferrer">{said}</a>'
        number = drawing.parallel.get(edge.id, 1)
        said += f" (one of {number:,})" if number > 1 else ""
        licence = str(edge.props.get(LICENCE) or (info.licence if info else ""))
        cells = (
            safe_text(drawing.nodes[edge.start].name),
            safe_text(edge_label(edge.kind)),
            safe_text(drawing.nodes[edge.end].name),
            said,
            safe_text(", ".join(edge.references)),
            safe_text(f"{info.title} {info.version}" if info else edge.source_id),
            safe_text(licence),
        )
        rows.append("<tr>" + "".join(f"<td{' class=said' * (i == 3)}>{cell}</td>" for i, cell in enumerate(cells)) + "</tr>")
    heads = ("From", "", "To", "In the words of the source", "References", "Source", "Licence")
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width"><title>{safe_text(title)}</title><style>{_STYLE}</style></head><body>
<figure>{svg(drawing, title, notes, sources)}</figure>
<table><thead><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr></thead>
<tbody>
{chr(10).join(rows)}
</tbody></table>
</body></html>
"""
