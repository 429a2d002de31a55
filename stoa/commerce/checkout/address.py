"""What an address needs, country by country. Pure.

Postcodes as the Universal Postal Union's addressing sheets give them (upu.int, addressing S42).
"""

import re
from dataclasses import dataclass

# country: (pattern of the compact form, where the space or hyphen goes, an example)
POSTCODES: dict[str, tuple[str, str, str]] = {
    "AT": (r"\d{4}", "", "1010"),
    "BE": (r"\d{4}", "", "1000"),
    "BG": (r"\d{4}", "", "1000"),
    "CH": (r"\d{4}", "", "8001"),
    "CY": (r"\d{4}", "", "1010"),
    "CZ": (r"\d{5}", "3 ", "110 00"),
    "DE": (r"\d{5}", "", "10115"),
    "DK": (r"\d{4}", "", "1050"),
    "EE": (r"\d{5}", "", "10111"),
    "ES": (r"\d{5}", "", "28001"),
    "FI": (r"\d{5}", "", "00100"),
    "FR": (r"\d{5}", "", "75001"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", "-3 ", "SW1A 1AA"),
    "GR": (r"\d{5}", "3 ", "105 57"),
    "HR": (r"\d{5}", "", "10000"),
    "HU": (r"\d{4}", "", "1051"),
    "IE": (r"[A-Z]\d[\dW][A-Z\d]{4}", "3 ", "D02 X285"),
    "IT": (r"\d{5}", "", "00184"),
    "LT": (r"\d{5}", "", "01100"),
    "LU": (r"\d{4}", "", "1111"),
    "LV": (r"\d{4}", "", "1050"),
    "MT": (r"[A-Z]{3}\d{4}", "3 ", "VLT 1117"),
    "NL": (r"\d{4}[A-Z]{2}", "4 ", "1012 JS"),
    "NO": (r"\d{4}", "", "0150"),
    "PL": (r"\d{5}", "2-", "00-950"),
    "PT": (r"\d{7}", "4-", "1100-038"),
    "RO": (r"\d{6}", "", "010011"),
    "SE": (r"\d{5}", "3 ", "111 20"),
    "SI": (r"\d{4}", "", "1000"),
    "SK": (r"\d{5}", "3 ", "811 01"),
}
REGION_REQUIRED = frozenset({"IT"})
REGION = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What a form for this country asks for."""

    country: str
    postcode_example: str
    needs_region: bool


def address_rules(country: str) -> AddressRules:
    _, _, example = POSTCODES.get(country, ("", "", ""))
    return AddressRules(country, example, country in REGION_REQUIRED)


def format_postcode(text: str, country: str) -> str | None:
    """The postcode as the country writes it ("00950" is "00-950" in Poland); None if it is none."""
    compact = re.sub(r"[\s-]", "", text.upper())
    if country not in POSTCODES:
        return text.strip() or None
    pattern, mark, _ = POSTCODES[country]
    if not re.fullmatch(pattern, compact, re.ASCII):
        compact = compact.removeprefix(country)
        if not re.fullmatch(pattern, compact, re.ASCII):
            return None
    if not mark:
        return compact
    place = int(mark[:-1])
    return f"{compact[:place]}{mark[-1]}{compact[place:]}"


def format_region(text: str, country: str) -> str | None:
    """The province's abbreviation ("rm" is "RM"); None if it is none."""
    region = text.strip().upper()
    if country not in REGION_REQUIRED:
        return region
    return region if REGION.fullmatch(region) else None
