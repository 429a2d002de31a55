"""Sound that is kept: with whose consent, for how long, and who listened to it."""
