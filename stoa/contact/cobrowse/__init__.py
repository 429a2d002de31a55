"""Co-browsing: consent, what leaves the page, the relay, and what an agent may do there."""
