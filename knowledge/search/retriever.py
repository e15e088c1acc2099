"""Hybrid search as a LangChain retriever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedside.core.protocols import PassageSearch
from bedside.core.types import Hit

from ..importing import with_numpy

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever


def as_retriever(search: PassageSearch, k: int = 10, **how: Any) -> BaseRetriever:
    """A `BaseRetriever` over `search`; `how` are its filters.

    A document's metadata has the passage's id, source, title, url, fields, score and parts. Raises ImportError without
    langchain-core; searching raises what `search` raises.
    """
    with with_numpy():
        from langchain_core.documents import Document
        from langchain_core.retrievers import BaseRetriever

    class BedsideRetriever(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
            return [
                Document(page_content=hit.passage.text, metadata=metadata(hit)) for hit in search.find(query, k, **how).hits
            ]

    return BedsideRetriever()


def metadata(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "id": passage.id,
        "source": passage.source_id,
        "title": passage.title,
        "kind": passage.kind,
        "url": passage.url,
        "references": list(passage.references),
        **passage.fields,
        "score": hit.score,
        "parts": dict(hit.parts),
    }
