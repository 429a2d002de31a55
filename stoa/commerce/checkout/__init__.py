"""From a cart to an order: the steps, and placing the order exactly once."""
