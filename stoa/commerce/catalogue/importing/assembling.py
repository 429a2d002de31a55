"""Building a product out of rows, noting what is wrong with each part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from stoa.commerce.catalogue.importing.drafts import (
    CategoryPath,
    ProductDraft,
    Row,
    RowProblem,
    Target,
)
from stoa.commerce.catalogue.importing.values import (
    OtherCurrency,
    code_of,
    fingerprint,
    is_web_address,
    parse_price,
)
from stoa.commerce.catalogue.schemas import (
    AttributeRecord,
    OptionRecord,
    OptionValueRecord,
    PictureRecord,
    ProductRecord,
    StockRecord,
    Texts,
    VariantRecord,
)
from stoa.platform.errors import Param

Value = TypeVar("Value")

MAX_CHARS = {"title": 500, "sku": 100, "brand": 200, "gtin": 50, "option": 200, "alt": 500}
MAX_DESCRIPTION_CHARS = 100_000
MAX_VARIANTS = 2_000
MAX_PICTURES = 50
MAX_OPTIONS = 10
MAX_CATEGORIES = 20


class RowRefused(Exception):
    """This row cannot become a variant; the problem is noted."""


@dataclass(slots=True)
class Notes:
    """The problems of one product, in the order they are found."""

    problems: list[RowProblem] = field(default_factory=list)

    def warn(self, line: int, code: str, *, on: str = "", **params: Param) -> None:
        self.problems.append(RowProblem(line, code, on, params, is_error=False))

    def refuse(self, line: int, code: str, *, on: str = "", **params: Param) -> RowRefused:
        """Notes why the row is refused; to be raised."""
        self.problems.append(RowProblem(line, code, on, params))
        return RowRefused()

    def text(self, row: Row, name: str, *, limit: str) -> str:
        """The value of a column.

        Raises:
            RowRefused: it is too long.
        """
        value = row.get(name)
        if len(value) > MAX_CHARS[limit]:
            raise self.refuse(row.line, "import.too_long", on=name, max=MAX_CHARS[limit])
        return value

    def price(self, row: Row, name: str, *, currency: str) -> int | None:
        """The price in a column, None when it is empty.

        Raises:
            RowRefused: it is no price, or one in another currency.
        """
        text = row.get(name)
        if not text:
            return None
        try:
            return parse_price(text, currency)
        except OtherCurrency as error:
            raise self.refuse(
                row.line, "import.other_currency", on=name, given=str(error), wanted=currency
            ) from error
        except ValueError as error:
            raise self.refuse(row.line, "import.bad_price", on=name) from error

    def number(self, row: Row, name: str, parse: Callable[[str], int], *, default: int) -> int:
        """The number in a column; what is none is warned of and `default` is taken."""
        text = row.get(name)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError:
            self.warn(row.line, "import.bad_number", on=name)
            return default


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant before its options have codes. `choices` is {option name: value name}."""

    line: int
    sku: str
    price_minor: int
    choices: Mapping[str, str] = field(default_factory=dict)
    compare_price_minor: int | None = None
    gtin: str = ""
    weight_grams: int = 0
    stock: StockRecord | None = None
    picture_url: str = ""


@dataclass(slots=True)
class ProductParts:
    """What a layout found out about a product; `finish` makes the record of it."""

    line: int
    external_id: str
    title: str
    notes: Notes
    target: Target
    description: str = ""
    brand: str = ""
    slug: str = ""
    vat_category: str = "standard"
    is_visible: bool = True
    is_featured: bool = False
    position: int = 0
    titles: Mapping[str, str] = field(default_factory=dict)  # in further languages
    descriptions: Mapping[str, str] = field(default_factory=dict)
    option_names: Sequence[str] = ()
    attributes: dict[str, list[str]] = field(default_factory=dict)
    categories: list[CategoryPath] = field(default_factory=list)
    pictures: dict[str, tuple[int, str]] = field(default_factory=dict)  # address: (line, alt)
    variants: list[VariantDraft] = field(default_factory=list)

    def add_picture(self, url: str, *, line: int, alt: str = "", on: str = "picture") -> None:
        """The product shows the picture, unless its address is none, or it has enough of them."""
        if not is_web_address(url):
            self.notes.warn(line, "import.bad_picture_address", on=on)
        elif url not in self.pictures and len(self.pictures) < MAX_PICTURES:
            self.pictures[url] = (line, alt[: MAX_CHARS["alt"]])

    def finish(self) -> ProductDraft:
        """The draft: its record is None when no variant is left."""
        variants = self._distinct_variants()
        if not variants:
            if not any(problem.is_error for problem in self.notes.problems):
                self.notes.refuse(self.line, "import.no_variants")
            return ProductDraft(self.line, None, tuple(self.notes.problems))
        record = self._record(variants)
        return ProductDraft(
            line=self.line,
            record=record,
            problems=tuple(self.notes.problems),
            categories=tuple(dict.fromkeys(self.categories[:MAX_CATEGORIES])),
            variant_lines=tuple(variant.line for variant in variants),
            picture_lines={url: line for url, (line, _) in self.pictures.items()},
        )

    def _distinct_variants(self) -> list[VariantDraft]:
        """Without those that repeat another's choices, or are more than a product has."""
        kept: dict[tuple[str, ...], VariantDraft] = {}
        for variant in self.variants:
            key = tuple(variant.choices.get(name, "") for name in self.option_names)
            if key in kept:
                self.notes.refuse(
                    variant.line, "import.duplicate_variant", other_line=kept[key].line
                )
            elif len(kept) >= MAX_VARIANTS:
                self.notes.refuse(variant.line, "import.too_many_variants", max=MAX_VARIANTS)
            else:
                kept[key] = variant
        return list(kept.values())

    def _record(self, variants: Sequence[VariantDraft]) -> ProductRecord:
        options, codes = self._options(variants)
        description = self.description
        if len(description) > MAX_DESCRIPTION_CHARS:
            self.notes.warn(
                self.line, "import.cut_short", on="description", max=MAX_DESCRIPTION_CHARS
            )
            description = description[:MAX_DESCRIPTION_CHARS]
        places = {url: place for place, url in enumerate(self.pictures)}
        return ProductRecord(
            external_id=self.external_id,
            names={**_cut(self.titles, MAX_CHARS["title"]), **self._texts(self.title)},
            variants=tuple(
                VariantRecord(
                    sku=variant.sku,
                    price_minor=variant.price_minor,
                    option_values={
                        codes[name, ""]: codes[name, value]
                        for name, value in variant.choices.items()
                    },
                    compare_price_minor=variant.compare_price_minor,
                    gtin=variant.gtin or None,
                    weight_grams=variant.weight_grams,
                    stock=_possible(variant.stock),
                    picture=places.get(variant.picture_url),
                )
                for variant in variants
            ),
            descriptions={
                **_cut(self.descriptions, MAX_DESCRIPTION_CHARS),
                **(self._texts(description) if description else {}),
            },
            slugs=self._texts(self.slug) if self.slug else {},
            brand=self.brand,
            vat_category=self.vat_category,
            categories=tuple(external_id_of(path) for path in self.categories[:MAX_CATEGORIES]),
            options=options,
            attributes=self._attribute_records(),
            pictures=tuple(
                PictureRecord(source_url=url, alts=self._texts(alt) if alt else {})
                for url, (_, alt) in self.pictures.items()
            ),
            position=self.position,
            is_visible=self.is_visible,
            is_featured=self.is_featured,
        )

    def _texts(self, text: str) -> Texts:
        return {self.target.locale: text}

    def _options(
        self, variants: Sequence[VariantDraft]
    ) -> tuple[tuple[OptionRecord, ...], dict[tuple[str, str], str]]:
        """The options with the values in use, and the code of each (option name, value name)."""
        codes: dict[tuple[str, str], str] = {}
        records = []
        option_codes: dict[str, str] = {}
        for name in self.option_names:
            codes[name, ""] = _fresh_code(name, option_codes, self.target.locale)
            values = dict.fromkeys(variant.choices[name] for variant in variants)
            taken: dict[str, str] = {}
            for value in values:
                codes[name, value] = _fresh_code(value, taken, self.target.locale)
            records.append(
                OptionRecord(
                    code=codes[name, ""],
                    names=self._texts(name),
                    values=tuple(
                        OptionValueRecord(codes[name, value], self._texts(value))
                        for value in values
                    ),
                )
            )
        return tuple(records), codes

    def _attribute_records(self) -> tuple[AttributeRecord, ...]:
        taken: dict[str, str] = {}
        records = []
        for name, values in self.attributes.items():
            values_taken: dict[str, str] = {}
            shown = [value for value in dict.fromkeys(values) if len(value) <= MAX_CHARS["option"]]
            if shown and name not in self.option_names and len(name) <= MAX_CHARS["option"]:
                records.append(
                    AttributeRecord(
                        code=_fresh_code(name, taken, self.target.locale),
                        names=self._texts(name),
                        values=tuple(
                            OptionValueRecord(
                                _fresh_code(value, values_taken, self.target.locale),
                                self._texts(value),
                            )
                            for value in shown
                        ),
                    )
                )
        return tuple(records)


def _cut(texts: Texts, limit: int) -> dict[str, str]:
    return {locale: text[:limit] for locale, text in texts.items() if text}


def _fresh_code(name: str, taken: dict[str, str], locale: str) -> str:
    """A code of its own for each name: "A+" and "A" would both be "a"."""
    code = code_of(name, locale=locale)
    if taken.setdefault(code, name) != name:
        code = f"{code}-{fingerprint(name)}"
        taken[code] = name
    return code


def _possible(stock: StockRecord | None) -> StockRecord | None:
    """Other shops sell below nothing; here only what may be ordered later can be owed."""
    if stock and stock.is_tracked and not stock.allows_backorder and stock.on_hand < 0:
        return replace(stock, on_hand=0)
    return stock


def compare_price(
    notes: Notes, line: int, *, price: int, before: int | None, on: str
) -> int | None:
    """The price before a reduction, if it is one; a lower one is warned of."""
    if before is None or before == price or before == 0:
        return None
    if before < price:
        notes.warn(line, "import.bad_compare_price", on=on)
        return None
    return before


def category_path(text: str, *, separator: str = ">") -> CategoryPath:
    """ "Home > Garden" as ("Home", "Garden")."""
    parts = (part.strip()[: MAX_CHARS["title"]] for part in text.split(separator))
    return tuple(part for part in parts if part)[:MAX_OPTIONS]


def external_id_of(path: CategoryPath) -> str:
    """Two files that name the same path mean the same category."""
    return "path:" + " > ".join(part.casefold() for part in path)
