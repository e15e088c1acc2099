"""A part of the knowledge graph as one SVG or HTML file that needs nothing else."""

from .layout import Drawing, around, between
from .page import html_page
from .svg import svg

__all__ = ["Drawing", "around", "between", "html_page", "svg"]
