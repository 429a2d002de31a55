"""The whole application with a shop, an agent signed in, and people on the line."""

from tests.servers.desk import address, agent, desk, shop

__all__ = ["address", "agent", "desk", "shop"]
