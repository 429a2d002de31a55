"""What was bought, and what became of it."""
