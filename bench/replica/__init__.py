"""How fast the agent's copy of a customer's page follows it, and the agent's pointer back."""
