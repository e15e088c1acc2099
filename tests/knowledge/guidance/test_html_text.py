"""HTML of a line as the text that is quoted."""

from __future__ import annotations

import pytest
from bedside.knowledge.guidance.html_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Avoid codeine.", "Avoid codeine."),
        ("  two\n  blanks\tand\u00a0more ", "two blanks and more"),
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("<p>a<br/>b<br>c</p>", "a\nb\nc"),
        ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<ol><li>a<ul><li>x</li></ul></li><li>b</li></ol>", "1. a\n• x\n2. b"),
        ("<ol><li>a</li></ol><ol><li>b</li></ol>", "1. a\n1. b"),
        ("<li>stray</li></ul>", "• stray"),
        ("<ul><li></li><li>kept</li></ul>", "• kept"),
        ("dose &lt; 40 mg &amp; score &ge; 3 &#8805; 2", "dose < 40 mg & score ≥ 3 ≥ 2"),
        ("<b>Do <i>not</i></b> use", "Do not use"),
        ("no <b>gap</b>, here <i>either</i> .", "no gap, here either."),
        ("<h3>Considerations</h3><p>Text</p>", "Considerations:\nText"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>unclosed", "unclosed"),
        # DPWG, tramadol: the third step stands behind a list of its own
        (
            '<ol><li>Be alert.</li><li>If not enough:</li></ol><ul><li>a. More.</li></ul><ol start="3"><li>Tell.</li></ol>',
            "1. Be alert.\n2. If not enough:\n• a. More.\n3. Tell.",
        ),
        ('<ol start="x"><li>One.</li></ol>', "1. One."),
        ('<ol start="0"><li>One.</li></ol>', "1. One."),
        ("<h4>Other Considerations</h4><p>More than &lt;20 mg/day.</p>", "Other Considerations:\nMore than <20 mg/day."),
        ("<!-- hidden -->shown", "shown"),
    ],
)
def test_plain_text(html, text):
    assert plain_text(html) == text


def test_text_is_plain_once_and_for_all(every_line):
    """A text that was read is its own plain text: nothing is lost by reading it again."""
    for line in every_line[::7]:
        assert plain_text(line.text.replace("<", "&lt;")).split() == line.text.split()
