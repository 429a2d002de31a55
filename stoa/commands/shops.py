"""`stoa shop`: a shop of one's own, ready to take its first order."""

import typer
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies, is_currency

from stoa import wiring
from stoa.commands import preparing, serving
from stoa.commands.preparing import CannotStart
from stoa.commerce.payments.service import CashOnDeliverySettings
from stoa.commerce.shipping.models import ShippingMethodRecord
from stoa.commerce.shipping.service import save_shipping_method
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import list_shops
from stoa.commerce.shops.service import create_shop
from stoa.commerce.tax.errors import NoVatRate
from stoa.commerce.tax.queries import vat_rates
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Session, open_database
from stoa.platform.i18n.formats import format_money
from stoa.platform.i18n.locale import LOCALES, Locale, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.money.amount import Money
from stoa.platform.money.rounding import parse_amount


async def make_shop(
    settings: Settings,
    *,
    name: str,
    country: str,
    currency: str = "",
    languages: str = "",
    delivery: str = "0",
    host: str = "",
) -> None:
    """The shop exists, delivers in its country, and is paid on delivery until it has an account.

    Raises:
        CannotStart: there is one of this name, or something given makes no sense.
    """
    country = country.strip().upper()
    currency = (currency or _currency_of(country)).upper()
    if not is_currency(currency):
        raise CannotStart(f"{currency} is no currency, as three letters (ISO 4217): EUR, PLN.")
    locales = _languages(languages, country=country)
    price = _price(delivery, currency=currency)
    on_delivery = CashOnDeliverySettings(countries=(country,)).model_dump(mode="json")
    running = serving.RunningFile(settings.data_dir).read()
    if settings.database_url is None and running and running.database:
        settings = settings.model_copy(update={"database_url": running.database})
    async with preparing.migrated_database(settings) as ready:
        assert ready.database_url is not None
        database = await open_database(ready.database_url, size=2, reactions=wiring.SUBSCRIBERS)
        try:
            async with database.begin() as session:
                await _refuse_what_cannot_be(session, name=name, country=country)
                shop = await create_shop(
                    session,
                    name=name.strip(),
                    country=country,
                    currency=currency,
                    locales=locales,
                    hosts=[host] if host else (),
                    settings={"cash_on_delivery": on_delivery},
                )
                await _deliver(session, shop, price)
        finally:
            await database.close()
    _tell(shop, price)


def _currency_of(country: str) -> str:
    try:
        found = get_territory_currencies(country)
    except KeyError:
        found = []
    if not found:
        raise CannotStart(f"{country} is no country, as two letters (ISO 3166): PL, DE, GR.")
    return found[-1]


def _languages(tags: str, *, country: str) -> tuple[Locale, ...]:
    """The languages asked for; else the country's own that Stoa speaks; else English."""
    if not tags:
        own = (as_locale(tag) for tag in get_official_languages(country))
        return tuple(locale for locale in own if locale) or ("en",)
    locales = []
    for tag in tags.split(","):
        locale = as_locale(tag)
        if locale is None:
            raise CannotStart(
                f"Stoa does not speak {tag.strip()}. It speaks: {', '.join(LOCALES)}."
            )
        locales.append(locale)
    return tuple(dict.fromkeys(locales))


def _price(text: str, *, currency: str) -> Money:
    try:
        price = parse_amount(text, currency)
    except ValueError as error:
        raise CannotStart(f"{text} is no price in {currency}.") from error
    if price.minor < 0:
        raise CannotStart(f"{text} is no price in {currency}.")
    return price


async def _refuse_what_cannot_be(session: Session, *, name: str, country: str) -> None:
    if not name.strip():
        raise CannotStart("A shop needs a name.")
    if any(shop.name.lower() == name.strip().lower() for shop in await list_shops(session)):
        raise CannotStart(f"There is a shop named {name.strip()} already.")
    try:
        await vat_rates(session, country=country, on=now().date())
    except NoVatRate as error:
        raise CannotStart(
            f"Stoa knows no VAT rates of {country}; it knows those of the European Union."
        ) from error


async def _deliver(session: Session, shop: Shop, price: Money) -> None:
    names = {locale: translator(locale, "storefront")("delivery.parcel") for locale in shop.locales}
    record = ShippingMethodRecord(
        code="parcel", names=names, countries=[shop.country], price_minor=price.minor
    )
    await save_shipping_method(session, shop_id=shop.id, record=record)


def _tell(shop: Shop, price: Money) -> None:
    cost = format_money(price, locale="en") if price.minor else "free of charge"
    typer.echo(
        f"{shop.name} is open: {shop.country}, {shop.currency}, {', '.join(shop.locales)}; "
        f"parcels to {shop.country} {cost}, paid on delivery."
    )
    typer.echo(
        "It comes before the demo shop. Next: stoa import FILE, and at the desk, under Shop "
        "settings,\nyour company and the bank account, so that transfers are offered too."
    )
