"""The questions that genomics answers, one module each."""
