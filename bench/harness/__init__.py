"""What the load programs share: the server under load, CPU time, percentiles, the report."""
