"""What the readers of files hand on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from datetime import date
from enum import StrEnum

from stoa.commerce.catalogue.schemas import ProductRecord, VariantRecord
from stoa.platform.errors import Param


class Format(StrEnum):
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    GOOGLE_XML = "google_xml"
    GOOGLE_TSV = "google_tsv"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a line. `code` is a key of the `errors` catalogue.

    Unless `is_error`, the row went in without the part that is named.
    """

    line: int
    code: str
    field: str = ""
    params: Mapping[str, Param] = default(default_factory=dict)
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row under the names its layout gives the columns; empty values are left out."""

    line: int
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Target:
    """What a file is read for: the shop's currency and the language its texts are in."""

    currency: str
    locale: str
    today: date


CategoryPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product of the file, or None with the reasons. Lines say where its parts stood."""

    line: int
    record: ProductRecord | None
    problems: tuple[RowProblem, ...] = ()
    categories: tuple[CategoryPath, ...] = ()
    variant_lines: tuple[int, ...] = ()  # as many as the record has variants
    picture_lines: Mapping[str, int] = default(default_factory=dict)


def without_variants(
    draft: ProductDraft,
    kept: Sequence[tuple[VariantRecord, int]],
    problems: Sequence[RowProblem],
) -> ProductDraft:
    """The draft with only these variants and their lines; without a record when none is left."""
    record = draft.record
    if record is not None:
        record = replace(record, variants=tuple(variant for variant, _ in kept)) if kept else None
    return replace(
        draft,
        record=record,
        problems=tuple(problems),
        variant_lines=tuple(line for _, line in kept),
    )


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which product a row belongs to, and by which other names rows may call that product."""

    key: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of file is read. `columns` names each column, None for those not used."""

    format: Format
    columns: Sequence[str | None]
    group: Callable[[Row], Grouping | RowProblem]
    assemble: Callable[[Sequence[Row], Target], ProductDraft]
