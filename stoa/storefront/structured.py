"""What search engines read (schema.org as JSON-LD). Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from stoa.commerce.catalogue.models import CategoryLink, ProductPage, picture_sources
from stoa.commerce.inventory.models import Availability
from stoa.commerce.shops.models import Shop
from stoa.storefront.urls import Urls

CONTEXT = "https://schema.org"
AVAILABILITY = {
    Availability.IN_STOCK: "InStock",
    Availability.LOW: "LimitedAvailability",
    Availability.BACKORDER: "BackOrder",
    Availability.SOLD_OUT: "OutOfStock",
}


def organization(shop: Shop, *, base_url: str) -> Mapping[str, Any]:
    company = shop.company
    return {
        "@context": CONTEXT,
        "@type": "Organization",
        "name": shop.name,
        "legalName": company.legal_name or shop.name,
        "url": base_url + "/",
        "logo": base_url + "/favicon.svg",
        **({"email": company.email} if company.email else {}),
        **({"telephone": company.phone} if company.phone else {}),
        **({"vatID": company.vat_number} if company.vat_number else {}),
    }


def breadcrumbs(steps: Iterable[tuple[str, str]], *, base_url: str) -> Mapping[str, Any]:
    """`steps` are (name, path) from the front door on."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": base_url + path}
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }


def category_steps(
    shop: Shop, links: Iterable[CategoryLink], *, urls: Urls
) -> list[tuple[str, str]]:
    return [(shop.name, urls.home()), *((link.name, urls.category(link.slug)) for link in links)]


def product(
    item: ProductPage, *, shop: Shop, urls: Urls, base_url: str, plain_text: str
) -> Mapping[str, Any]:
    """The product with an offer for each of its variants."""
    return {
        "@context": CONTEXT,
        "@type": "Product",
        "name": item.name,
        "description": plain_text,
        "url": base_url + urls.product(item.slug),
        "image": [base_url + picture_sources(picture).src for picture in item.pictures],
        **({"brand": {"@type": "Brand", "name": item.brand}} if item.brand else {}),
        "offers": [
            {
                "@type": "Offer",
                "sku": variant.sku,
                **({"gtin": variant.gtin} if variant.gtin else {}),
                "price": str(variant.price.as_decimal()),
                "priceCurrency": variant.price.currency,
                "availability": f"{CONTEXT}/{AVAILABILITY[variant.availability]}",
                "url": base_url + urls.product(item.slug, sku=variant.sku),
                "seller": {"@type": "Organization", "name": shop.name},
            }
            for variant in item.variants
        ],
    }
