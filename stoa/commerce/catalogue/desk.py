"""The catalogue's wire shapes at the desk."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from stoa.platform.i18n.locale import Locale


def _storable(text: str) -> str:
    """PostgreSQL holds no NUL in texts."""
    if "\x00" in text:
        raise ValueError("a NUL")
    return text


Storable = AfterValidator(_storable)
Name = Annotated[str, StringConstraints(max_length=500), Storable]
Brand = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Storable]
Description = Annotated[str, StringConstraints(max_length=100_000), Storable]
Minor = Annotated[int, Field(ge=0, le=10**12)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProductFilter(BaseModel):
    shop_id: UUID | None = None
    q: Annotated[str, StringConstraints(max_length=200), Storable] = ""
    cursor: str | None = None


class VariantChange(Input):
    id: UUID
    price_minor: Minor
    compare_price_minor: Minor | None = None
    on_hand: Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)] | None = None
    is_tracked: bool | None = None
    allows_backorder: bool | None = None


class ProductChange(Input):
    """Parts left out stay as they are. `version` is the one the editor saw."""

    version: int
    names: dict[Locale, Name] | None = None
    descriptions: dict[Locale, Description] | None = None
    brand: Brand | None = None
    is_visible: bool | None = None
    is_featured: bool | None = None
    variants: Annotated[list[VariantChange], Field(max_length=2_000)] = []


class PicturesChange(Input):
    """All the product's pictures in their new order, with the alternative texts to change."""

    picture_ids: list[UUID]
    alts: dict[UUID, dict[Locale, Name]] = {}


class ImportFilter(BaseModel):
    shop_id: UUID | None = None


class ImportWish(BaseModel):
    shop_id: UUID | None = None
    dry_run: bool = False


class ReportFilter(BaseModel):
    cursor: str | None = None


class ProductRow(BaseModel):
    id: UUID
    name: str
    brand: str
    picture_url: str | None
    price_minor: int
    currency: str
    variant_count: int
    available: int | None  # None: not counted
    is_visible: bool


class ProductRows(BaseModel):
    items: list[ProductRow]
    next: str | None


class VariantDetail(BaseModel):
    id: UUID
    sku: str
    options: str
    price_minor: int
    compare_price_minor: int | None
    on_hand: int
    reserved: int
    is_tracked: bool
    allows_backorder: bool
    is_active: bool


class PictureDetail(BaseModel):
    id: UUID
    url: str
    width: int
    height: int
    alts: dict[str, str]


class ProductDetail(BaseModel):
    id: UUID
    version: int
    names: dict[str, str]
    descriptions: dict[str, str]
    brand: str
    vat_category: str
    is_visible: bool
    is_featured: bool
    currency: str
    locales: list[str]
    url: str
    variants: list[VariantDetail]
    pictures: list[PictureDetail]
