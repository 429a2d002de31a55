"""What the storefront reads, in as few statements as possible."""

from stoa.commerce.catalogue.queries.cards import (
    cards_by_ids,
    featured,
    related,
    sitemap_entries,
)
from stoa.commerce.catalogue.queries.categories import PAGE_SIZE, category_page, category_tree
from stoa.commerce.catalogue.queries.exporting import export_rows
from stoa.commerce.catalogue.queries.imports import (
    get_import,
    import_report,
    list_imports,
    pictures_to_fetch,
)
from stoa.commerce.catalogue.queries.listing import Source, read_listing
from stoa.commerce.catalogue.queries.pictures import picture_by_id
from stoa.commerce.catalogue.queries.products import product_by_id, product_page

__all__ = [
    "PAGE_SIZE",
    "Source",
    "cards_by_ids",
    "category_page",
    "category_tree",
    "export_rows",
    "featured",
    "get_import",
    "import_report",
    "list_imports",
    "picture_by_id",
    "pictures_to_fetch",
    "product_by_id",
    "product_page",
    "read_listing",
    "related",
    "sitemap_entries",
]
