"""The HTML of a line as plain text."""

from __future__ import annotations

import pytest
from bedside.knowledge.guidance.html_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Avoid codeine.</p>\n", "Avoid codeine."),
        ("<ol><li>Avoid it.</li><li>Or monitor.</li></ol>", "1. Avoid it.\n2. Or monitor."),
        # DPWG, tramadol: the third step stands behind a list of its own
        (
            '<ol><li>Be alert.</li><li>If not enough:</li></ol><ul><li>a. More.</li></ul><ol start="3"><li>Advise.</li></ol>',
            "1. Be alert.\n2. If not enough:\n• a. More.\n3. Advise.",
        ),
        ('<ol start="x"><li>One.</li></ol>', "1. One."),
        ('<ol start="0"><li>One.</li></ol>', "1. One."),
        ("<h4>Other Considerations</h4><p>More than &lt;20 mg/day.</p>", "Other Considerations:\nMore than <20 mg/day."),
    ],
)
def test_lists_and_headings(html, text):
    assert plain_text(html) == text
