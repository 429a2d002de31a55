"""Changing the catalogue."""

from collections.abc import Sequence

from stoa.commerce.catalogue.schemas import CategoryRecord, ProductRecord, UpsertCounts
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Session


async def upsert_categories(
    session: Session, *, shop: Shop, records: Sequence[CategoryRecord]
) -> UpsertCounts:
    """The categories are as the records say; others stay. Any order: parents may come later.

    Raises:
        UnknownParent: a record's parent is nowhere.
    """
    raise NotImplementedError


async def upsert_products(
    session: Session, *, shop: Shop, records: Sequence[ProductRecord]
) -> UpsertCounts:
    """The products are as the records say, in a fixed number of statements; others stay.

    A record whose content is the same as last time changes nothing. Names a record's categories
    do not know are passed over.

    Raises:
        SkuTaken: another product of the shop has one of the SKUs; nothing was changed.
    """
    raise NotImplementedError
