"""Message catalogues: one JSON file per language and surface, shared with the front end.

A text is a string with `{name}` placeholders, or an object of such strings by CLDR plural category,
chosen by the parameter `count`.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import orjson
from babel import Locale as BabelLocale

from stoa.platform.i18n.formats import format_number
from stoa.platform.i18n.locale import Locale

Surface = Literal[
    "automation",
    "storefront",
    "counter",
    "desk",
    "errors",
    "notices",
    "prompts",
    "video",
    "cobrowse",
    "call",
    "channels",
    "customers",
    "consents",
]
Text = str | dict[str, str]
Translate = Callable[..., str]

CATALOGUES = Path(__file__).parent / "catalogues"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class MissingMessage(LookupError):
    """A key no catalogue holds: a defect that `make check` finds."""


@cache
def catalogue(locale: Locale, surface: Surface) -> Mapping[str, Text]:
    """All texts of a surface in one language."""
    texts: dict[str, Text] = orjson.loads((CATALOGUES / locale / f"{surface}.json").read_bytes())
    return texts


@cache
def plural_category(locale: Locale) -> Callable[[int], str]:
    """The CLDR rule of a language: for "pl", 1 is "one", 3 is "few", 5 is "many"."""
    return BabelLocale.parse(locale).plural_form


def render(locale: Locale, text: Text, params: Mapping[str, object]) -> str:
    """`text` with its placeholders filled; whole numbers are written in the language's way."""
    if isinstance(text, dict):
        count = params.get("count")
        category = plural_category(locale)(count) if isinstance(count, int) else "other"
        text = text.get(category) or text["other"]

    def fill(match: re.Match[str]) -> str:
        value = params.get(match[1], match[0])
        return format_number(value, locale=locale) if type(value) is int else str(value)

    return PLACEHOLDER.sub(fill, text)


def has_message(locale: Locale, surface: Surface, key: str) -> bool:
    return key in catalogue(locale, surface)


@cache
def translator(locale: Locale, surface: Surface) -> Translate:
    """`translate(key, **params)` for one surface in one language.

    Raises:
        MissingMessage: the key is not in the catalogue.
    """
    texts = catalogue(locale, surface)

    def translate(key: str, /, **params: object) -> str:
        try:
            text = texts[key]
        except KeyError as error:
            raise MissingMessage(f"{locale}/{surface}: {key}") from error
        return render(locale, text, params)

    return translate
