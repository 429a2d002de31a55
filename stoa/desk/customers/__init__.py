"""A customer's page at the desk: who they are, everything that was between them and the shop."""
