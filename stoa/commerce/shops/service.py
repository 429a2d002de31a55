"""Changing shops."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from stoa.commerce.shops.errors import NoShop
from stoa.commerce.shops.events import TOPIC, ShopChanged
from stoa.commerce.shops.models import BankAccount, Company, Shop
from stoa.commerce.shops.queries import COLUMNS, shop_from
from stoa.commerce.shops.schemas import ChangeShop
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.ids import new_id


async def create_shop(
    session: Session,
    *,
    name: str,
    country: str,
    currency: str,
    locales: Sequence[Locale],
    hosts: Sequence[str] = (),
    company: Company | None = None,
    bank_account: BankAccount | None = None,
    order_prefix: str = "",
    settings: Mapping[str, Any] | None = None,
) -> Shop:
    """A new shop exists. The first of `locales` is its default."""
    row = await session.fetch_one(
        "INSERT INTO shop (id, name, country, currency, default_locale, locales, hosts, company,"
        " bank_account, order_prefix, settings, created_at)"
        f" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {COLUMNS}",
        new_id(),
        name,
        country,
        currency,
        locales[0],
        list(locales),
        [host.lower() for host in hosts],
        asdict(company or Company()),
        asdict(bank_account) if bank_account else None,
        order_prefix,
        dict(settings or {}),
        now(),
    )
    assert row is not None
    session.publish(ShopChanged(shop_id=row["id"]), topics=[TOPIC])
    return shop_from(row)


async def update_settings(session: Session, *, shop_id: UUID, settings: Mapping[str, Any]) -> None:
    """The given settings are set; others stay."""
    await session.execute(
        "UPDATE shop SET settings = settings || $2 WHERE id = $1", shop_id, dict(settings)
    )
    session.publish(ShopChanged(shop_id=shop_id), topics=[TOPIC])


async def update_company(
    session: Session, *, shop_id: UUID, company: Company, bank_account: BankAccount | None
) -> None:
    """The shop is run by this company and paid to this account."""
    await session.execute(
        "UPDATE shop SET company = $2, bank_account = $3 WHERE id = $1",
        shop_id,
        asdict(company),
        asdict(bank_account) if bank_account else None,
    )
    session.publish(ShopChanged(shop_id=shop_id), topics=[TOPIC])


async def change_shop(session: Session, *, shop_id: UUID, change: ChangeShop) -> Shop:
    """What the change names is set, and the rest stays.

    Raises:
        NoShop: there is none of this id.
    """
    named = change.model_fields_set
    settings: dict[str, Any] = {}
    if change.transfer_days is not None:
        settings["transfer_days"] = change.transfer_days
    if change.embed_origins is not None:
        settings["embed"] = {"origins": change.embed_origins}
    if change.invitations is not None:
        settings["invitations"] = change.invitations.model_dump()
    row = await session.fetch_one(
        "UPDATE shop SET name = coalesce($2, name), company = coalesce($3, company),"
        " bank_account = CASE WHEN $4 THEN $5 ELSE bank_account END, settings = settings || $6"
        f" WHERE id = $1 RETURNING {COLUMNS}",
        shop_id,
        change.name,
        change.company.model_dump(by_alias=True) if change.company else None,
        "bank_account" in named,
        change.bank_account.model_dump() if change.bank_account else None,
        settings,
    )
    if row is None:
        raise NoShop
    session.publish(ShopChanged(shop_id=shop_id), topics=[TOPIC])
    return shop_from(row)
