"""Where a customer may be led to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.assist.walks.rules import page_to_show

OWN = "https://shop.example"
FOREIGN = ["https://www.other.example", "http://localhost:8080"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/en", "/en"),
        ("/en/p/blue-mug", "/en/p/blue-mug"),
        ("/pl/c/kubki?sort=price", "/pl/c/kubki?sort=price"),
        ("/el/cart", "/el/cart"),
        ("https://shop.example/de/p/becher", "/de/p/becher"),
        ("https://www.other.example/sale#today", "https://www.other.example/sale#today"),
        ("http://localhost:8080/", "http://localhost:8080/"),
    ],
)
def test_leads_to_pages_of_the_shop(url: str, shown: str) -> None:
    assert page_to_show(url, own=OWN, origins=FOREIGN) == shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//evil.example/en",
        "/\\evil.example",
        "https://evil.example/en/p/mug",
        "https://shop.example.evil.example/en",
        "https://shop.example@evil.example/en",
        "https://user:pass@shop.example/en",
        "https://www.other.example:8443/",
        "http://www.other.example/",
        "/desk",
        "/desk/inbox",
        "/api/desk/start",
        "/counter/frame",
        "/en/checkout/payment",
        "/en/order/abc",
        "/en/../desk",
        "en/p/mug",
        "https://[broken/en",
        "https://shop.example:99999/en",
    ],
)
def test_leads_nowhere_else(url: str) -> None:
    assert page_to_show(url, own=OWN, origins=FOREIGN) is None


@given(st.text(max_size=60))
def test_never_raises_and_never_leaves(text: str) -> None:
    shown = page_to_show(text, own=OWN, origins=FOREIGN)
    assert shown is None or shown.startswith(("/", *FOREIGN))
    assert shown is None or not shown.startswith("//")
