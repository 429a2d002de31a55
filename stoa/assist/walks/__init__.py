"""Walks: "come with me". An agent opens pages of the shop on the customer's screen."""
