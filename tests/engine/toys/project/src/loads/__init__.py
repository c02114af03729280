"""The rounds of `letters` again: whether they bring few, usual or many; the outcome is a text."""
