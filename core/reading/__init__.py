"""Reading: what a question and a case speak of, grounded to identifiers."""
