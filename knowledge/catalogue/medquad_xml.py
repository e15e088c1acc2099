"""MedQuAD as its publisher gives it: one XML document a web page, with its question-answer pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from bedside.core.types import content_id

from ..readers.archive_members import Item
from ..readers.document import Document, Section
from ..readers.read_session import Run
from ..readers.xml import child, elements

if TYPE_CHECKING:
    from bedside.core.types import Record


def read_medquad_xml(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """The same documents as `readers.questions.read_medquad` makes of the JSON Lines form: one per pair with an answer.

    Pairs whose answer was removed for copyright are reported, once per file.
    """
    empty = 0
    for page in elements(stream, item.where, ("Document",)):
        publisher, focus, url = page.get("source", ""), child(page, "Focus"), page.get("url", "")
        for pair in page.iter("QAPair"):
            asked = pair.find("Question")
            question, answer = child(pair, "Question"), child(pair, "Answer")
            if asked is None or not question or not answer:
                empty += 1
                continue
            row = asked.get("qid", "")
            more = {"row": row, "focus": focus, "publisher": publisher}
            document = Document(
                id=":".join(filter(None, (publisher, row, content_id("q", question)[2:10]))),
                title=question,
                sections=(Section("", answer),),
                url=url if url.startswith(("http://", "https://")) else "",
            )
            yield from run.passages(document, item.where, more={name: value for name, value in more.items() if value})
    if empty:
        run.skip("question", item.where, f"{empty} without an answer")
