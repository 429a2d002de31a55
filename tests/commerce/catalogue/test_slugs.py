"""Names as they stand in addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.catalogue.slugs import MAX_LENGTH, slugify
from stoa.platform.i18n.locale import LOCALES


@pytest.mark.parametrize(
    ("text", "locale", "slug"),
    [
        ("Grüner Stuhl, groß", "de", "gruener-stuhl-gross"),
        ("Żółta łódź", "pl", "zolta-lodz"),
        ("Più caffè", "it", "piu-caffe"),
        ("Ξύλινη καρέκλα μπλε", "el", "xylini-karekla-mple"),
        ("Ουρανός & αυγό", "el", "ouranos-avgo"),
        ("  Don't   panic!  ", "en", "don-t-panic"),
        ("★", "en", ""),
    ],
)
def test_reads_as_people_type_it(text: str, locale: str, slug: str) -> None:
    assert slugify(text, locale=locale) == slug


@given(st.text(max_size=200), st.sampled_from(LOCALES))
def test_is_safe_in_an_address_and_stays_as_it_is(text: str, locale: str) -> None:
    slug = slugify(text, locale=locale)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert len(slug) <= MAX_LENGTH
    assert slugify(slug, locale=locale) == slug
