"""Five languages: texts, plurals, formats, folding."""
