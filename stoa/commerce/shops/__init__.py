"""Shops: who sells, where, in which languages and currency."""
