"""A shop as the rest of Stoa sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from stoa.platform.i18n.locale import Locale


@dataclass(frozen=True, slots=True)
class Company:
    """Who sells: shown in the imprint, on orders and on invoices."""

    legal_name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    vat_number: str = ""
    register: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where bank transfers go. `bic` may be empty inside the SEPA area."""

    holder: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Shop:
    """`country` decides the VAT, `locales` holds the default first."""

    id: UUID
    name: str
    country: str
    currency: str
    default_locale: Locale
    locales: tuple[Locale, ...]
    hosts: tuple[str, ...]
    company: Company
    bank_account: BankAccount | None
    order_prefix: str
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
