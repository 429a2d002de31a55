"""Names as they stand in an address."""

import re

from stoa.platform.i18n.locale import fold

MAX_LENGTH = 80

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Two letters that are one sound first, then ELOT 743 letter by letter (after folding).
_GREEK_PAIRS = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("γγ", "ng"), ("μπ", "mp"), ("ντ", "nt"))
_GREEK = str.maketrans(
    dict(zip("αβγδεζηικλμνξοπρστυφω", "avgdeziiklmnxoprstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slugify(text: str, *, locale: str) -> str:
    """`text` in lower-case ASCII with hyphens: "Grüner Stuhl" is "gruener-stuhl" in German.

    Empty when no letter or digit of it can be written so.
    """
    lowered = text.lower().translate(_UMLAUTS) if locale == "de" else text
    plain = fold(lowered)
    for pair, latin in _GREEK_PAIRS:
        plain = plain.replace(pair, latin)
    slug = _NOT_SLUG.sub("-", plain.translate(_GREEK)).strip("-")
    if len(slug) > MAX_LENGTH:
        slug = slug[:MAX_LENGTH].rpartition("-")[0] or slug[:MAX_LENGTH]
    return slug
