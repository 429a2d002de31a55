"""What an SMS costs, by the table of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from stoa.contact.channels.protocol import Counting
from stoa.contact.channels.sms.numbers import e164
from stoa.contact.channels.sms.settings import Price, SmsSettings
from stoa.people.customers.models import Point


@dataclass(frozen=True, slots=True)
class Cost:
    micros: int  # millionths of `currency`
    currency: str


class _Table(BaseModel):
    """What of the settings says how a text is counted: as they are stored, without secrets."""

    model_config = ConfigDict(extra="ignore")

    country: str = "PL"
    currency: str = "EUR"
    prices: tuple[Price, ...] = ()
    most_segments: int = 6
    simplify: bool = False


def counting_of(plain: Mapping[str, Any], *, to: Point) -> Counting:
    """For whoever writes to there by a line with these settings."""
    table = _Table.model_validate(plain)
    number = e164(to.value, country=table.country) or to.value
    cost = price_of(table, to=number, segments=1)
    return Counting(
        each_micros=cost.micros if cost else None,
        currency=cost.currency if cost else None,
        most=table.most_segments,
        simplifies=table.simplify,
    )


def price_of(settings: SmsSettings | _Table, *, to: str, segments: int) -> Cost | None:
    """Of so many parts to this number, by the longest prefix that fits; None: nobody has said.

    With "+48" at 35,000 micros of EUR, three parts to +48 600 100 200 are 105,000: 10.5 cents.
    """
    fitting = [price for price in settings.prices if to.startswith(price.prefix)]
    if not fitting:
        return None
    price = max(fitting, key=lambda price: len(price.prefix))
    return Cost(price.micros * segments, settings.currency)
