"""Stoa: a shop with a counter."""

__version__ = "0.1.0"
