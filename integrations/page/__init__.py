"""An answer as a page: HTML that stands alone, and a folder that holds it with its figures."""
