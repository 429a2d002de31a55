"""How fast a call rings, is answered and heard."""
