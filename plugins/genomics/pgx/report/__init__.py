"""A pharmacogenomic assessment for people and machines: as a document, in words, as a page."""
