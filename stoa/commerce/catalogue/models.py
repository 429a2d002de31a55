"""What the catalogue's queries answer: values for one reader, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from stoa.commerce.inventory.models import Availability
from stoa.platform.money.amount import Money


class Sort(StrEnum):
    RECOMMENDED = "recommended"
    NEWEST = "newest"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Picture:
    """`widths` are the rendered sizes; empty until the rendering job has run."""

    id: UUID
    width: int
    height: int
    widths: tuple[int, ...]
    alt: str


WIDTHS = (320, 640, 960, 1280)


@dataclass(frozen=True, slots=True)
class PictureSources:
    """`avif` and `webp` are `srcset`s, empty when nothing is rendered yet; `src` always works."""

    src: str
    avif: str
    webp: str
    width: int
    height: int
    alt: str


def picture_address(picture_id: UUID, width: int, extension: str) -> str:
    return f"/media/{picture_id}/{width}.{extension}"


def picture_sources(picture: Picture) -> PictureSources:
    """What `<picture>` needs; the sizes are the template's to say."""
    srcsets = {
        extension: ", ".join(
            f"{picture_address(picture.id, width, extension)} {width}w" for width in picture.widths
        )
        for extension in ("avif", "webp")
    }
    middle = picture.widths[len(picture.widths) // 2] if picture.widths else 0
    return PictureSources(
        src=picture_address(picture.id, middle, "webp") if middle else f"/media/{picture.id}",
        avif=srcsets["avif"],
        webp=srcsets["webp"],
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
    )


@dataclass(frozen=True, slots=True)
class CategoryLink:
    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category with everything below it. `product_count` includes the categories below."""

    id: UUID
    slug: str
    slugs: Mapping[str, str]
    name: str
    description: str
    picture: Picture | None
    product_count: int
    children: tuple["CategoryNode", ...]

    @property
    def link(self) -> CategoryLink:
        return CategoryLink(self.id, self.slug, self.name)


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product in a list. `price` is its cheapest variant's; see `has_price_range`."""

    id: UUID
    slug: str
    name: str
    brand: str
    price: Money
    has_price_range: bool
    compare_price: Money | None
    picture: Picture | None
    is_available: bool
    only_variant_id: UUID | None  # set when there is nothing to choose


@dataclass(frozen=True, slots=True)
class VariantView:
    """`available` is how many can be ordered now; None when that is not limited."""

    id: UUID
    sku: str
    gtin: str | None
    option_values: Mapping[str, str]
    price: Money
    compare_price: Money | None
    weight_grams: int
    picture_id: UUID | None
    availability: Availability
    available: int | None


@dataclass(frozen=True, slots=True)
class OptionValueView:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class OptionView:
    code: str
    name: str
    values: tuple[OptionValueView, ...]


@dataclass(frozen=True, slots=True)
class AttributeView:
    code: str
    name: str
    values: tuple[OptionValueView, ...]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product with everything its page shows. `breadcrumb` leads from the root to its home."""

    id: UUID
    slug: str
    slugs: Mapping[str, str]  # every language's, for hreflang
    name: str
    description: str  # sanitised HTML
    brand: str
    vat_category: str
    options: tuple[OptionView, ...]
    attributes: tuple[AttributeView, ...]
    variants: tuple[VariantView, ...]
    pictures: tuple[Picture, ...]
    breadcrumb: tuple[CategoryLink, ...]
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """The slug asked for is an old one; `slug` is the current one."""

    slug: str


@dataclass(frozen=True, slots=True)
class ListingFilters:
    """What a reader narrowed a list to. Values of one facet are alternatives, facets add up."""

    values: Mapping[str, tuple[str, ...]] = default(default_factory=dict)  # facet code: value codes
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    only_available: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """`count` is how many products there would be with this value chosen."""

    code: str
    name: str
    count: int
    is_selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    code: str
    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. Prices and counts are of the whole list, `next` is a cursor."""

    cards: tuple[ProductCard, ...]
    total: int
    available_total: int
    facets: tuple[Facet, ...]
    price_min: Money | None  # of the list without its price filter
    price_max: Money | None
    next: str | None


@dataclass(frozen=True, slots=True)
class CategoryPage:
    category: CategoryNode
    breadcrumb: tuple[CategoryLink, ...]  # from the root, the category itself last
    listing: Listing


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """`slugs` by locale."""

    kind: str  # product | category
    slugs: Mapping[str, str]
    updated_at: datetime


class ImportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self not in (ImportState.WAITING, ImportState.RUNNING)


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """In products; `refused` had no row that could go in. Errors and warnings are in lines."""

    products: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True, slots=True)
class ImportRun:
    """An import from the wish to the end. `problem` is why the whole file was refused."""

    id: UUID
    shop_id: UUID
    file_name: str
    format: str
    is_dry_run: bool
    state: ImportState
    total_bytes: int
    read_bytes: int
    counts: ImportCounts
    problem: str | None
    blob_id: UUID | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def progress(self) -> int:
        """From 0 to 1000: reading the file is the first fifth, writing products the rest."""
        if self.state.is_over:
            return 1000
        read = 200 * self.read_bytes // max(self.total_bytes, 1)
        counts = self.counts
        written = counts.created + counts.changed + counts.unchanged + counts.refused
        return min(read, 200) + min(800 * written // max(counts.products, 1), 800)


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One line of an import's report. The words for `code` are in the `errors` catalogue."""

    number: int
    line: int
    field: str
    code: str
    params: Mapping[str, str | int | None]
    is_error: bool
