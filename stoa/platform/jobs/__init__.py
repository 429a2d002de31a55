"""Work for later, enqueued in the transaction that needs it done (PgQueuer on asyncpg)."""
