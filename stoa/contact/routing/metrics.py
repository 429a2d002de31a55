"""Figures about routing for `/metrics`."""

from prometheus_client import Counter

STEPS = Counter("stoa_routing_steps_total", "Conversations moved on by rule, by step", ["step"])
