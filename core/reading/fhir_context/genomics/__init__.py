"""Genetic results of genomics reporting: what is one, of which gene, and which contradict each other."""
