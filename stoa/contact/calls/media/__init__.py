"""Sound: one engine protocol, and the engines that keep it."""
