"""What the Makefile runs. Each works by itself: `python scripts/check.py`."""
