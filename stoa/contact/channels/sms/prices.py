"""What an SMS costs, by the table of the settings."""

from dataclasses import dataclass

from stoa.contact.channels.sms.settings import SmsSettings


@dataclass(frozen=True, slots=True)
class Cost:
    micros: int  # millionths of `currency`
    currency: str


def price_of(settings: SmsSettings, *, to: str, segments: int) -> Cost | None:
    """Of so many parts to this number, by the longest prefix that fits; None: nobody has said.

    With "+48" at 35,000 micros of EUR, three parts to +48 600 100 200 are 105,000: 10.5 cents.
    """
    fitting = [price for price in settings.prices if to.startswith(price.prefix)]
    if not fitting:
        return None
    price = max(fitting, key=lambda price: len(price.prefix))
    return Cost(price.micros * segments, settings.currency)
