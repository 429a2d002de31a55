"""What a cart shows. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stoa.platform.i18n.locale import in_locale


def option_text(
    options: Sequence[Mapping[str, Any]], chosen: Mapping[str, str], *, locale: str, default: str
) -> str:
    """The chosen values in the product's order: "Colour: Blue, Size: M"."""
    parts = []
    for option in options:
        code = chosen.get(option["code"])
        value = next((value for value in option["values"] if value["code"] == code), None)
        if value is not None:
            name = in_locale(option["names"], locale, default=default)
            parts.append(f"{name}: {in_locale(value['names'], locale, default=default)}")
    return ", ".join(parts)
