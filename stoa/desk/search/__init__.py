"""Finding again what was written, ordered, and who somebody was: over everything the desk knows."""
