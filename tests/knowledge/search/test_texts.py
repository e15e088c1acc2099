"""The text that becomes a vector."""

from __future__ import annotations

import pytest
from bedside.core.types import Passage
from bedside.knowledge.search.texts import embedding_text


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        ("", "It dilates.", "It dilates."),
        ("Marfan syndrome", "It dilates.", "Marfan syndrome. It dilates."),
        ("Does it dilate?", "It does.", "Does it dilate? It does."),
        ("Marfan", "Marfan dilates.", "Marfan dilates."),
        ("  ", "x", "x"),
    ],
)
def test_the_title_goes_before_the_text_once(title, text, wanted):
    assert embedding_text(Passage(id="a", text=text, title=title, source_id="s")) == wanted
