"""Which diseases explain these findings: likelihood ratios over the annotated diseases, each with its reasons."""
