"""Rules: when something happens in a conversation, and if it is so, then something is done."""
