"""The model: the phenotype ontology, what is annotated of each disease, and P(finding | disease)."""
