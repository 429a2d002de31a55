"""What goes into the catalogue: records, the same from an import, the desk or the demo shop.

Texts are `{locale: text}`; a language left out falls back to the shop's default. External ids
belong to the source of the records and make them the same product again next time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """A picture by the address it is to be fetched from, or one already stored.

    The demo shop's addresses begin with `drawing:` and are drawn instead of fetched.
    """

    source_url: str = ""
    picture_id: UUID | None = None  # from `pictures.add_picture`
    alts: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CategoryRecord:
    """`slugs` may be left out: they are made from the names."""

    external_id: str
    names: Texts
    parent_external_id: str | None = None
    descriptions: Texts = field(default_factory=dict)
    slugs: Texts = field(default_factory=dict)
    picture: PictureRecord | None = None
    position: int = 0
    is_visible: bool = True


@dataclass(frozen=True, slots=True)
class OptionValueRecord:
    code: str
    names: Texts


@dataclass(frozen=True, slots=True)
class OptionRecord:
    """What a customer chooses: colour, size. Values in the order they are shown."""

    code: str
    names: Texts
    values: tuple[OptionValueRecord, ...]


@dataclass(frozen=True, slots=True)
class AttributeRecord:
    """What a product is: its material, its origin. Shown and filtered by, not chosen."""

    code: str
    names: Texts
    values: tuple[OptionValueRecord, ...]


@dataclass(frozen=True, slots=True)
class StockRecord:
    on_hand: int = 0
    is_tracked: bool = True
    allows_backorder: bool = False


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """`stock` None leaves the stock as it is (a new variant is then untracked)."""

    sku: str
    price_minor: int
    option_values: Mapping[str, str] = field(default_factory=dict)  # option code: value code
    compare_price_minor: int | None = None
    gtin: str | None = None
    weight_grams: int = 0
    stock: StockRecord | None = None
    picture: int | None = None  # which of the product's pictures
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A whole product: what the record does not hold, the product will not have.

    `categories` are external ids of categories, the home first.
    """

    external_id: str
    names: Texts
    variants: tuple[VariantRecord, ...]
    descriptions: Texts = field(default_factory=dict)  # HTML, sanitised on the way in
    slugs: Texts = field(default_factory=dict)
    brand: str = ""
    vat_category: str = "standard"
    categories: tuple[str, ...] = ()
    options: tuple[OptionRecord, ...] = ()
    attributes: tuple[AttributeRecord, ...] = ()
    pictures: tuple[PictureRecord, ...] = ()
    position: int = 0
    is_visible: bool = True
    is_featured: bool = False


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """What an upsert did, in products."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "UpsertCounts") -> "UpsertCounts":
        return UpsertCounts(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )
