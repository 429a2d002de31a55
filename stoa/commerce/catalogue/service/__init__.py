"""Changing the catalogue."""

from stoa.commerce.catalogue.service.categories import upsert_categories
from stoa.commerce.catalogue.service.imports import (
    cancel_import,
    create_import,
    perform_import,
)
from stoa.commerce.catalogue.service.products import upsert_products

__all__ = [
    "cancel_import",
    "create_import",
    "perform_import",
    "upsert_categories",
    "upsert_products",
]
