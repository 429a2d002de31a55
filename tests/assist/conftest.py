"""The whole application with a shop and an agent signed in."""

from tests.servers.desk import address, agent, desk, shop

__all__ = ["address", "agent", "desk", "shop"]
