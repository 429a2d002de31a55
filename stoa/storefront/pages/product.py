"""The product page. A variant is chosen by links, so it needs no script."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from stoa.commerce.catalogue.models import (
    Moved,
    OptionView,
    Picture,
    ProductPage,
    VariantView,
)
from stoa.commerce.catalogue.queries import product_page, related
from stoa.commerce.shipping.models import ShippingMethod
from stoa.commerce.shipping.queries import shipping_methods
from stoa.commerce.shipping.service import arrival_window
from stoa.platform.clock import now
from stoa.storefront.rendering import Page
from stoa.storefront.structured import breadcrumbs, category_steps
from stoa.storefront.structured import product as structured_product
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Html, Visit, moved

TAG = re.compile(r"<[^>]+>")
DESCRIPTION_MAX = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of an option, and the variant one gets by choosing it."""

    name: str
    sku: str
    is_chosen: bool
    can_be_ordered: bool


def choose_variant(variants: Sequence[VariantView], sku: str | None) -> VariantView | None:
    """The variant asked for, else the first that can be ordered, else the first."""
    for variant in variants:
        if variant.sku == sku:
            return variant
    return next((v for v in variants if v.availability.can_be_ordered), None) or next(
        iter(variants), None
    )


def choices_of(
    option: OptionView, variants: Sequence[VariantView], chosen: VariantView
) -> list[Choice]:
    """What each value of the option leads to: the variant nearest to the chosen one."""
    choices = []
    for value in option.values:
        candidates = [v for v in variants if v.option_values.get(option.code) == value.code]
        if candidates:
            nearest = max(candidates, key=lambda variant: _likeness(variant, chosen))
            choices.append(
                Choice(
                    name=value.name,
                    sku=nearest.sku,
                    is_chosen=chosen.option_values.get(option.code) == value.code,
                    can_be_ordered=nearest.availability.can_be_ordered,
                )
            )
    return choices


def _likeness(variant: VariantView, chosen: VariantView) -> tuple[int, bool]:
    same = sum(
        variant.option_values.get(code) == value for code, value in chosen.option_values.items()
    )
    return same, variant.availability.can_be_ordered


def plain_text(description: str) -> str:
    """The description without its tags, cut at a word."""
    text = " ".join(html.unescape(TAG.sub(" ", description)).split())
    if len(text) <= DESCRIPTION_MAX:
        return text
    return text[:DESCRIPTION_MAX].rpartition(" ")[0] + "…"


def pictures_of(item: ProductPage, variant: VariantView | None) -> list[Picture]:
    """The chosen variant's picture first."""
    first = variant.picture_id if variant else None
    return sorted(item.pictures, key=lambda picture: picture.id != first)


async def product(visit: Visit) -> Html | Response:
    shop, locale = visit.shop, visit.locale
    found = await product_page(
        visit.session, shop=shop, locale=locale, slug=visit.request.path_params["slug"]
    )
    urls = Urls(locale)
    if isinstance(found, Moved):
        return moved(urls.product(found.slug, sku=visit.request.query_params.get("v", "")))
    variant = choose_variant(found.variants, visit.request.query_params.get("v"))
    pictures = pictures_of(found, variant)
    steps = category_steps(shop, found.breadcrumb, urls=urls)
    text = plain_text(found.description)
    page = Page(
        kind="product",
        title=found.name,
        description=text,
        paths={
            code: Urls(code).product(found.slugs[code])
            for code in shop.locales
            if code in found.slugs
        },
        picture=pictures[0] if pictures else None,
        product_id=found.id,
        og_type="product",
        structured=[
            structured_product(
                found, shop=shop, urls=urls, base_url=visit.base_url, plain_text=text
            ),
            breadcrumbs([*steps, (found.name, urls.product(found.slug))], base_url=visit.base_url),
        ],
    )
    return Html(
        await visit.render(
            page,
            "product.html",
            product=found,
            variant=variant,
            options=(
                [(o, choices_of(o, found.variants, variant)) for o in found.options]
                if variant
                else []
            ),
            pictures=pictures,
            breadcrumb=found.breadcrumb,
            related=await related(
                visit.session, shop=shop, locale=locale, product_id=found.id, limit=4
            ),
            delivery=await _delivery(visit),
        )
    )


async def _delivery(visit: Visit) -> dict[str, object] | None:
    """The shop's first way to deliver in its own country, and when that would arrive."""
    methods = await shipping_methods(
        visit.session, shop_id=visit.shop.id, locale=visit.locale, country=visit.shop.country
    )
    if not methods:
        return None
    method: ShippingMethod = methods[0]
    first, last = arrival_window(now().date(), days_min=method.days_min, days_max=method.days_max)
    return {"method": method, "first": first, "last": last, "country": visit.shop.country}
