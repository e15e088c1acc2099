"""Which genes could be aimed at in a disease."""
