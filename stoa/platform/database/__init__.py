"""PostgreSQL: the embedded server, the pool, the session, migrations."""
