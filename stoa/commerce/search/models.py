"""What a search answers."""

from dataclasses import dataclass

from stoa.commerce.catalogue.models import CategoryLink, Listing, ProductCard


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`corrected` is what was searched for instead, when nothing has the words as typed."""

    text: str
    corrected: str | None
    listing: Listing


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What to offer while somebody types. `corrected` as in `SearchPage`."""

    corrected: str | None
    categories: tuple[CategoryLink, ...]
    products: tuple[ProductCard, ...]
