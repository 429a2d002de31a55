"""What a cart or an order costs, computed in one place."""
