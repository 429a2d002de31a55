"""Whom a mail from a website is from."""

import pytest

from stoa.contact.channels.email.reading.addresses import read_sender
from stoa.contact.channels.email.reading.forms import is_form


@pytest.mark.parametrize(
    ("sender", "own", "expected"),
    [
        ("noreply@shop.example", "info@shop.example", True),
        ("wordpress@www.shop.example", "info@shop.example", True),
        ("kontaktformular@shop.example", "info@shop.example", True),
        ("anna@shop.example", "info@shop.example", False),
        ("noreply@elsewhere.example", "info@shop.example", False),
        ("noreply@myshop.example", "info@shop.example", False),
        ("contact.me@gmail.com", "shop@gmail.com", False),
        ("contact@gmail.com", "shop@gmail.com", False),
        ("noreply@wp.pl", "shop@wp.pl", False),
    ],
)
def test_only_a_page_of_the_shops_own_writes_for_others(
    sender: str, own: str, expected: bool
) -> None:
    read = read_sender([sender])
    assert read is not None
    assert is_form(read, own={own}, is_ours=False) is expected
