"""The patient: findings, and what else is known (sex, age at onset, inheritance, genes) as likelihood ratios."""
