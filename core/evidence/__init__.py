"""What backs a sentence: whether its quotes bear it."""
