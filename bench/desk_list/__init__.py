"""The agents' list with 100,000 conversations in it."""
