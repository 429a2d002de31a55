"""How many of each variant there are, and for whom they are kept."""
