"""A ranking for people and machines: in words, as a document, as a picture."""
