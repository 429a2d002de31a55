"""The supervisors' board: who waits, who serves, and how well it goes."""
