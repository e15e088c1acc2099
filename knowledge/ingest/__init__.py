"""Loading knowledge sources into the stores."""

from .load import load, load_all, nothing_to_do
from .recover import recover
from .reembed import outdated, reembed
from .remove import remove
from .sources import FileSources

__all__ = ["FileSources", "load", "load_all", "nothing_to_do", "outdated", "recover", "reembed", "remove"]
