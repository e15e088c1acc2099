"""Knowledge sources into the stores."""

from .jsonl import jsonl_source
from .load import load
from .sources import FileSources
from .together import load_all

__all__ = ["FileSources", "jsonl_source", "load", "load_all"]
