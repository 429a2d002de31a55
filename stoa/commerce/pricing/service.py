"""The one way to totals, for carts, orders and invoices alike."""

from stoa.commerce.pricing.rules import calculate_totals, discount_on

__all__ = ["calculate_totals", "discount_on"]
