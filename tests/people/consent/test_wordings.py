"""The words that customers agree to: for every kind of address, in every language, whole."""

import pytest

from stoa.people.consent.models import POINT_PURPOSES, Purpose
from stoa.people.consent.wordings import as_read, default_version
from stoa.people.customers.models import PointKind
from stoa.platform.i18n.locale import LOCALES, Locale


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("purpose", POINT_PURPOSES)
@pytest.mark.parametrize("kind", PointKind)
def test_what_stoa_brings_is_a_whole_sentence(
    locale: Locale, purpose: Purpose, kind: PointKind
) -> None:
    brought = default_version(purpose=purpose, locale=locale)
    words = as_read(brought, kind=kind, shop_name="Meltemi")
    assert "Meltemi" in words.text
    assert "{" not in words.text
    assert words.text.endswith(".")
    assert (words.version, words.locale) == ("1", locale)
