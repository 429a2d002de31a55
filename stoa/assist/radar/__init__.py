"""Live visits, as the agent sees them; in memory, summarised in batches."""
