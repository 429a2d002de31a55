"""The agents' read side: snapshots with their sequence numbers."""
