"""Messages through an SMS centre: out with their receipts, and in."""
