"""The ways to reach the shop, each with its truth right now."""
