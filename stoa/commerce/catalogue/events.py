"""Facts about the catalogue, on the topic `catalogue:<shop id>`; about imports, on `imports`."""

from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event


def topic_of(shop_id: UUID) -> str:
    return f"catalogue:{shop_id}"


class ProductsChanged(Event):
    """Anything a reader may see of these products is other than before: texts, prices, pictures,
    visibility, or whether they can be ordered."""

    type: Literal["product.changed"] = "product.changed"
    shop_id: UUID
    product_ids: tuple[UUID, ...]
    words_changed: bool = True  # False when only stock or pictures did


class CategoriesChanged(Event):
    """The tree of categories is other than before."""

    type: Literal["category.changed"] = "category.changed"
    shop_id: UUID


IMPORTS = "imports"


class ImportChanged(Event):
    """An import is further than before. `progress` is between 0 and 1000."""

    type: Literal["import.changed"] = "import.changed"
    run_id: UUID
    shop_id: UUID
    state: str
    progress: int
    counts: dict[str, int]
