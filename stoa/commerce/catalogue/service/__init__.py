"""Changing the catalogue."""

from stoa.commerce.catalogue.service.categories import upsert_categories
from stoa.commerce.catalogue.service.products import upsert_products

__all__ = ["upsert_categories", "upsert_products"]
