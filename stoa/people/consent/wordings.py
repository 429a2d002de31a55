"""The very words that customers agree to."""

from typing import Final

from stoa.people.consent.models import Purpose, Wording
from stoa.people.customers.models import PointKind
from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator

# Of the words that Stoa brings, in the catalogue `consents`: to be raised whenever they change.
DEFAULT_VERSION: Final = "1"


def default_wording(
    *, purpose: Purpose, kind: PointKind, locale: Locale, shop_name: str
) -> Wording:
    """What a shop asks that has no words of its own for it."""
    t = translator(locale, "consents")
    text = t(f"wording.{purpose}", shop=shop_name, way=t(f"way.{kind}"))
    return Wording(text, DEFAULT_VERSION, locale)
