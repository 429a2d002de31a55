"""Search hears the catalogue."""

from stoa.commerce.catalogue.events import ProductsChanged
from stoa.commerce.search.service import index_products
from stoa.commerce.shops.queries import get_shop
from stoa.platform.database.session import Session


async def index_changed(session: Session, event: ProductsChanged) -> None:
    """What changed is found by its new words."""
    if not event.words_changed:
        return
    shop = await get_shop(session, shop_id=event.shop_id)
    await index_products(session, shop=shop, product_ids=event.product_ids)
