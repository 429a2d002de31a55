"""Facts that have happened, logged in the transaction that made them happen."""
