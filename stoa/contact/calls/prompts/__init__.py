"""What a call says by itself: sentences in five languages, a tone, and music."""
