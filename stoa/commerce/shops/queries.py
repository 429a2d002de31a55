"""Reading shops. They are remembered by the node and cost no statement when warm."""

from uuid import UUID

from stoa.commerce.shops.errors import NoShop
from stoa.commerce.shops.models import BankAccount, Company, Shop
from stoa.platform.database.session import ReadSession, Row

COLUMNS = """id, name, country, currency, default_locale, locales, hosts, company, bank_account,
    order_prefix, settings"""


def shop_from(row: Row) -> Shop:
    default = row["default_locale"]
    account = row["bank_account"]
    return Shop(
        id=row["id"],
        name=row["name"],
        country=row["country"],
        currency=row["currency"],
        default_locale=default,
        locales=(default, *(locale for locale in row["locales"] if locale != default)),
        hosts=tuple(row["hosts"]),
        company=Company(**row["company"]),
        bank_account=BankAccount(**account) if account else None,
        order_prefix=row["order_prefix"],
        settings=row["settings"],
    )


async def get_shop(
    session: ReadSession, *, host: str | None = None, shop_id: UUID | None = None
) -> Shop:
    """The shop of an id or of a host name (a port is passed over); else the first shop.

    Raises:
        NoShop: there is none at all, or none of this id.
    """
    name = (host or "").rpartition("@")[2].partition(":")[0].lower()

    shops = await list_shops(session)
    for shop in shops:
        if shop.id == shop_id or (shop_id is None and name in shop.hosts):
            return shop
    if shop_id is not None or not shops:
        raise NoShop
    return shops[0]


async def list_shops(session: ReadSession) -> tuple[Shop, ...]:
    """Every shop, the oldest first and the demo shop last."""

    async def load() -> tuple[Shop, ...]:
        rows = await session.fetch(
            f"SELECT {COLUMNS} FROM shop ORDER BY settings ? 'is_demo', created_at, id"
        )
        return tuple(shop_from(row) for row in rows)

    return await session.remember("shops", load, until=("shop.changed",))
