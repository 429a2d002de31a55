"""What co-browsing costs the customer's page, the line and the eye."""
