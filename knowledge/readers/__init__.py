"""Files of many kinds, read as streams into the records that a knowledge source yields."""

from .document import Document, Section, passages
from .source import READERS, SourceReading, file_source, jsonl_source

__all__ = ["READERS", "Document", "Section", "SourceReading", "file_source", "jsonl_source", "passages"]
