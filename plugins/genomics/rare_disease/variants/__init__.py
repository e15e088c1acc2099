"""Variants: how they are classified, and what they say for a disease."""
