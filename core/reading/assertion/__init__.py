"""Assertion: whose a mention is, whether it is denied, and whether it is certain (after NegEx and ConText)."""
