"""The shop's addresses. Every page's path begins with its language."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from stoa.platform.i18n.locale import Locale

INFORMATION = ("imprint", "privacy", "terms", "delivery")


@dataclass(frozen=True, slots=True)
class Urls:
    """Paths in one language."""

    locale: Locale

    def home(self) -> str:
        return f"/{self.locale}/"

    def category(self, slug: str, query: str = "") -> str:
        return f"/{self.locale}/c/{quote(slug)}{'?' + query if query else ''}"

    def product(self, slug: str, *, sku: str = "") -> str:
        suffix = "?" + urlencode({"v": sku}) if sku else ""
        return f"/{self.locale}/p/{quote(slug)}{suffix}"

    def search(self, query: str = "") -> str:
        return f"/{self.locale}/search{'?' + query if query else ''}"

    def suggest(self) -> str:
        return f"/{self.locale}/search/suggest"

    def cart(self) -> str:
        return f"/{self.locale}/cart"

    def add_to_cart(self) -> str:
        return f"/{self.locale}/cart/add"

    def checkout(self, step: str = "contact") -> str:
        return f"/{self.locale}/checkout/{step}"

    def place_order(self) -> str:
        return f"/{self.locale}/checkout/review"

    def order(self, token: str) -> str:
        return f"/{self.locale}/order/{quote(token)}"

    def account(self) -> str:
        return f"/{self.locale}/account"

    def information(self, page: str) -> str:
        return f"/{self.locale}/info/{page}"
