"""Visitors and customers: who is on the other side of the counter."""
