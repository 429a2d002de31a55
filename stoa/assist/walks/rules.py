"""Pure decisions: where a customer may be led to."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

# Pages of the storefront that a customer may be shown; the rest of Stoa is not for them, and
# checkout and orders are walked by the customer alone.
_PAGES = re.compile(r"/[a-z]{2}(/(p|c)/[^/?#]+|/cart|/search|/)?/?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


def page_to_show(url: str, *, own: str, origins: Sequence[str]) -> str | None:
    """The address as the customer's page opens it, or None: they may not be led there.

    `own` is Stoa's origin, `origins` those that may embed its counter. The shop's own pages come
    back as paths: "https://shop.example/en/p/mug?size=l" is "/en/p/mug?size=l".
    """
    if _CONTROL.search(url):
        return None
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    except ValueError:  # no address that a browser would open
        return None
    if parts.username is not None or parts.password is not None:
        return None
    is_path = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    if is_path or origin == own:
        if _PAGES.fullmatch(parts.path) is None:
            return None
        return parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.scheme in ("http", "https") and origin in origins:
        return url
    return None
