"""A shop as the desk's settings page shows and changes it."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints
from schwifty import BIC, IBAN

from stoa.commerce.shops.models import BankAccount, Company
from stoa.platform.i18n.locale import Locale

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Origin = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^https?://[^/\s]+$")
]


def _checked_iban(text: str) -> str:
    # ISO 13616: length by country and the check digits. SchwiftyException is a ValueError.
    return str(IBAN(text, validate_bban=True).compact)


def _checked_bic(text: str) -> str:
    return str(BIC(text).compact) if text.strip() else ""


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CompanyDetails(Input):
    """Who sells: shown in the imprint, on orders and on invoices."""

    legal_name: Line = ""
    street: Line = ""
    postal_code: Line = ""
    city: Line = ""
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    vat_number: Line = ""
    # BaseModel has a method of this name.
    register_entry: Line = Field(default="", alias="register")
    email: EmailStr | Annotated[str, StringConstraints(max_length=0)] = ""
    phone: Line = ""


class BankAccountDetails(Input):
    """Where bank transfers go. `bic` may be empty inside the SEPA area."""

    holder: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=70)]
    iban: Annotated[str, AfterValidator(_checked_iban)]
    bic: Annotated[str, AfterValidator(_checked_bic)] = ""


class Invitations(BaseModel):
    """`shop.settings["invitations"]`: when a visitor in trouble is invited to talk by itself.

    `score_from` is the least sum of signals (1 to 100), `cap_per_visitor` counts for one day.
    """

    model_config = ConfigDict(extra="ignore")

    is_on: bool = True
    score_from: int = Field(default=70, ge=1, le=100)
    cap_per_visitor: int = Field(default=1, ge=0, le=20)
    text: dict[Locale, Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]] = (
        Field(default_factory=dict)
    )


class ShopDetails(BaseModel):
    id: UUID
    name: str
    country: str
    currency: str
    default_locale: str
    locales: list[str]
    hosts: list[str]
    order_prefix: str
    company: Company
    bank_account: BankAccount | None
    transfer_days: int
    embed_origins: list[str]
    invitations: Invitations


class ChangeShop(Input):
    """What is left out stays; `bank_account` null means that transfers are no longer taken."""

    name: Annotated[
        str | None, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)
    ] = None
    company: CompanyDetails | None = None
    bank_account: BankAccountDetails | None = None
    transfer_days: int | None = Field(default=None, ge=1, le=60)
    embed_origins: list[Origin] | None = Field(default=None, max_length=100)
    invitations: Invitations | None = None
