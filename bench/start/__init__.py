"""How soon it serves, and what it takes while nobody is there."""
