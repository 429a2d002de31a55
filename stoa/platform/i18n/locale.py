"""The languages Stoa speaks and how a reader's is found."""

import unicodedata
from collections.abc import Mapping
from typing import Literal, get_args

Locale = Literal["en", "pl", "de", "it", "el"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
DEFAULT_LOCALE: Locale = "en"

# Letters that have no decomposition, as people type them without their accent.
UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def as_locale(tag: str | None) -> Locale | None:
    """`tag`'s language if Stoa speaks it: "pl-PL" is "pl", "fr" is None."""
    language = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return next((locale for locale in LOCALES if locale == language), None)


def negotiate(accept_language: str | None) -> Locale:
    """The best of our languages for an Accept-Language header (RFC 9110 section 12.5.4)."""
    wanted: list[tuple[float, int, Locale]] = []
    for position, part in enumerate((accept_language or "")[:500].split(",")):
        tag, _, parameters = part.partition(";")
        locale = as_locale(tag)
        if locale is None:
            continue
        weight = parameters.strip().removeprefix("q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        if quality > 0:
            wanted.append((-quality, position, locale))
    return min(wanted)[2] if wanted else DEFAULT_LOCALE


def fold(text: str) -> str:
    """`text` in lower case without accents, for comparing what people type: "Łódź" is "lodz"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.casefold().translate(UNDECOMPOSED)


def in_locale(texts: Mapping[str, str], locale: str, *, default: str = DEFAULT_LOCALE) -> str:
    """A translated field's text: the locale's, else the default's, else English, else any."""
    for tag in (locale, default, DEFAULT_LOCALE):
        if text := texts.get(tag):
            return text
    return next((text for text in texts.values() if text), "")
