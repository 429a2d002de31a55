"""Load programs: `python -m bench.<name>` measures one thing and prints its figures."""
