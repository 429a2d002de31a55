"""Live connections: the hub, the socket, long polling, and the protocol they speak."""
