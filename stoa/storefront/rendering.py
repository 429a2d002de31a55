"""Templates and what every page has: its shop, its language, its address, its cousins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache, partial
from typing import Any
from uuid import UUID

import orjson
from babel import Locale as BabelLocale
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from stoa.commerce.catalogue.models import CategoryNode, Picture, ProductCard, picture_sources
from stoa.commerce.shops.models import Shop
from stoa.platform.i18n.formats import format_date, format_date_time, format_money, format_percent
from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import Translate, translator
from stoa.platform.money.amount import Money
from stoa.platform.web.assets import asset_url
from stoa.storefront.stored import PERSONAL
from stoa.storefront.urls import Urls

LANGUAGE_NAMES: Mapping[str, str] = {
    "en": "English",
    "pl": "Polski",
    "de": "Deutsch",
    "it": "Italiano",
    "el": "Ελληνικά",
}

TEMPLATES = Environment(
    loader=PackageLoader("stoa.storefront"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,  # code and templates of one release belong together
)


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says about itself, beside its contents.

    `paths` are its addresses in the shop's languages, the canonical ones; `kind`, `step`,
    `product_id`, `errors` and `payment` are what the radar may know: no value a customer entered.
    """

    kind: str
    title: str
    paths: Mapping[str, str]
    description: str = ""
    is_indexed: bool = True
    picture: Picture | None = None
    step: str = "browse"
    product_id: UUID | None = None
    errors: Sequence[tuple[str, str]] = ()
    payment: tuple[str, str] | None = None
    structured: Sequence[Mapping[str, Any]] = ()
    query: str = ""
    og_type: str = "website"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of a shop shares."""

    shop: Shop
    locale: Locale
    base_url: str
    tree: Sequence[CategoryNode] = field(default=())

    @property
    def t(self) -> Translate:
        return translator(self.locale, "storefront")

    @property
    def urls(self) -> Urls:
        return Urls(self.locale)


def as_json(value: object) -> Markup:
    """JSON that can stand inside a script element: no `<` ends it early."""
    return Markup(orjson.dumps(value, default=str).decode().replace("<", "\\u003c"))  # noqa: S704 - just escaped


@cache
def icon(name: str, *, label: str = "") -> Markup:
    """A drawing from the sprite; without a label it is decoration."""
    hidden = Markup('aria-hidden="true"') if not label else Markup('role="img" aria-label="{}"')
    return Markup('<svg class="icon" width="20" height="20" {}><use href="{}#{}"/></svg>').format(
        hidden.format(label) if label else hidden, asset_url("icons.svg"), name
    )


@lru_cache(maxsize=4096)
def picture_tag(
    picture: Picture | None, *, sizes: str, is_first: bool = False, css: str = ""
) -> Markup:
    """The `<picture>` with AVIF and WebP in several widths, or a quiet blank."""
    if picture is None:
        return Markup('<span class="picture blank {}" aria-hidden="true"></span>').format(css)
    sources = picture_sources(picture)
    parts = [
        Markup('<source type="image/{}" srcset="{}" sizes="{}">').format(kind, srcset, sizes)
        for kind, srcset in (("avif", sources.avif), ("webp", sources.webp))
        if srcset
    ]
    loading = Markup('fetchpriority="high"') if is_first else Markup('loading="lazy"')
    image = Markup('<img src="{}" width="{}" height="{}" alt="{}" {} decoding="async">').format(
        sources.src, sources.width or 800, sources.height or 800, sources.alt, loading
    )
    return Markup('<picture class="picture {}">{}{}</picture>').format(
        css, Markup("").join(parts), image
    )


@cache
def country_name(code: str, locale: Locale) -> str:
    return str(BabelLocale.parse(locale).territories.get(code, code))


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(escape(part)) for part in parts)


def format_for(shop: Shop, locale: Locale) -> Callable[[int | Money], str]:
    """Writes amounts; plain numbers are minor units of the shop's currency."""

    def money(minor: int | Money) -> str:
        amount = minor if isinstance(minor, Money) else Money(minor, shop.currency)
        return format_money(amount, locale=locale)

    return money


@lru_cache(maxsize=8192)
def product_card(item: ProductCard, *, locale: Locale, is_first: bool = False) -> Markup:
    """A product in a list. Drawn once for as long as the product stays as it is."""
    text = TEMPLATES.get_template("card.html").render(
        item=item,
        is_first=is_first,
        urls=Urls(locale),
        t=translator(locale, "storefront"),
        money=partial(format_money, locale=locale),
        picture=picture_tag,
    )
    return Markup(text)  # noqa: S704 - the template has escaped it


def render(frame: Frame, page: Page, template: str, **values: object) -> str:
    """The page as HTML, with the mark where the personal piece goes."""
    shop, locale = frame.shop, frame.locale

    def on_day(value: date) -> str:
        return format_date(value, locale=locale)

    def at_time(value: datetime) -> str:
        return format_date_time(value, locale=locale)

    def percent(basis_points: int) -> str:
        return format_percent(basis_points, locale=locale)

    return TEMPLATES.get_template(template).render(
        shop=shop,
        locale=locale,
        base_url=frame.base_url,
        tree=frame.tree,
        t=frame.t,
        words=translator(locale, "errors"),
        consents=translator(locale, "consents"),
        urls=frame.urls,
        page=page,
        page_json=as_json(_page_context(frame, page)),
        structured=[as_json(item) for item in page.structured],
        languages=[
            (code, LANGUAGE_NAMES[code], page.paths[code] + page.query)
            for code in shop.locales
            if code in page.paths
        ],
        personal=Markup(PERSONAL),  # noqa: S704 - a constant
        asset=asset_url,
        icon=icon,
        picture=picture_tag,
        card=partial(product_card, locale=locale),
        social_picture=lambda picture: picture_sources(picture).src,
        country=lambda code: country_name(code, locale),
        paragraphs=paragraphs,
        money=format_for(shop, locale),
        on_day=on_day,
        at_time=at_time,
        percent=percent,
        **values,
    )


def _page_context(frame: Frame, page: Page) -> dict[str, Any]:
    path = page.paths.get(frame.locale, "/")
    return {
        "shop_id": str(frame.shop.id),
        "locale": frame.locale,
        "kind": page.kind,
        "title": page.title,
        # An order's address is a key to it, and only the customer holds it.
        "path": path if page.kind != "order" else f"/{frame.locale}/order",
        "product_id": str(page.product_id) if page.product_id else None,
        "step": page.step,
        "errors": [{"field": name, "reason": reason} for name, reason in page.errors],
        "payment": (
            {"method": page.payment[0], "outcome": page.payment[1]} if page.payment else None
        ),
    }
