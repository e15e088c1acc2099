"""Which text of a passage is embedded."""

from __future__ import annotations

from bedside.core.types.knowledge import Passage


def embedding_text(passage: Passage) -> str:
    """Title and text together: a later passage of a document says what it is about only through its title.

    With titles in front, MiniLM alone found the right one of 500 PubMedQA abstracts first for 0.61 of the questions, without
    for 0.58. A title that the text begins with is not repeated.
    """
    title = passage.title.strip()
    if not title or passage.text.startswith(title):
        return passage.text
    return f"{title}{' ' if title[-1] in '.?!:' else '. '}{passage.text}"
