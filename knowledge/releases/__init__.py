"""Releases: two places for each source, and views of the stores that see only the release in use."""
