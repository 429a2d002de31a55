"""Catalogues out of other shops' files: read in bounded memory, good rows in, bad rows reported."""
