"""What the files in `content/` hold; reading them checks them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stoa.commerce.shipping.models import ShippingMethodRecord
from stoa.commerce.shops.models import BankAccount, Company
from stoa.platform.i18n.locale import LOCALES, Locale


def _in_every_language(texts: dict[str, str]) -> dict[str, str]:
    if set(texts) != set(LOCALES) or not all(text.strip() for text in texts.values()):
        raise ValueError(f"wants a text in each of {', '.join(LOCALES)}")
    return texts


Texts = Annotated[dict[str, str], AfterValidator(_in_every_language)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9]+([_x-][a-z0-9]+)*$")]
# One number for all variants, or one for each value of the option that decides.
PerVariant = int | dict[Code, int]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(_Content):
    """A value of an option or attribute; `sku` is its part of a variant's article number."""

    code: Code
    names: Texts
    sku: str = ""


class Vocabulary(_Content):
    """An option or attribute with every value any product uses, in the order they are shown."""

    code: Code
    names: Texts
    values: list[Value]

    def value(self, code: str) -> Value:
        return next(value for value in self.values if value.code == code)


class Thing(_Content):
    """A drawing, and the option value it is drawn in."""

    drawing: str
    kind: str = ""


class CategoryPicture(_Content):
    ground: str
    things: list[Thing] = Field(min_length=1, max_length=3)


class Category(_Content):
    code: Code
    parent: Code | None
    names: Texts
    descriptions: Texts
    picture: CategoryPicture


class ChosenOption(_Content):
    """An option of a product and the values it comes in."""

    code: Code
    values: list[Code] = Field(min_length=2)


class ProductPicture(_Content):
    """`main` is drawn once for every value of the product's pictured option."""

    drawing: str
    ground: str
    view: Literal["main", "detail", "in_use"]


class Stock(_Content):
    """The same for every variant but the `exceptions`, whose keys join option values by `/`.

    A key may name some of the values only: `ivory` is every ivory variant.
    """

    on_hand: int = Field(ge=0)
    is_tracked: bool = True
    allows_backorder: bool = False
    exceptions: dict[str, int] = {}


class Product(_Content):
    code: Code
    article: Annotated[str, Field(pattern=r"^MEL-\d{3}$")]
    brand: str
    categories: list[Code] = Field(min_length=1)
    vat_category: Literal["standard", "reduced", "super_reduced"]
    is_featured: bool
    names: Texts
    descriptions: Texts
    options: list[ChosenOption] = []
    pictured_option: Code | None = None
    price_minor: PerVariant
    compare_price_minor: PerVariant | None = None
    weight_grams: PerVariant
    stock: Stock
    attributes: dict[Code, list[Code]]
    pictures: list[ProductPicture] = Field(min_length=1)

    @model_validator(mode="after")
    def _first_picture_shows_the_product(self) -> "Product":
        if [picture.view for picture in self.pictures].index("main") != 0:
            raise ValueError("the first picture is the main one")
        return self


class CashOnDelivery(_Content):
    fee_minor: int = Field(ge=0)
    countries: list[str]


class ShopSettings(_Content):
    cash_on_delivery: CashOnDelivery
    transfer_days: int = Field(ge=1)


class ShopContent(_Content):
    name: str
    country: str
    currency: str
    order_prefix: str
    locales: list[Locale]
    company: Company
    bank_account: BankAccount
    settings: ShopSettings
    tagline: Texts
    introduction: Texts
    views: dict[Literal["detail", "in_use"], Texts]
    shipping_methods: list[ShippingMethodRecord]
