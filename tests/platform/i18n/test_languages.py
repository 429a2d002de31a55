"""Languages: negotiation, folding, plurals, formats."""

from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.i18n.formats import (
    format_date,
    format_date_time,
    format_money,
    format_percent,
)
from stoa.platform.i18n.locale import LOCALES, Locale, fold, in_locale, negotiate
from stoa.platform.i18n.messages import MissingMessage, render, translator
from stoa.platform.money.amount import Money


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        ("fr,el;q=0.4,de;q=0.7", "de"),
        ("de;q=0,it", "it"),
        ("ja", "en"),
        ("", "en"),
        (None, "en"),
        ("el;q=rubbish,pl", "pl"),
    ],
)
def test_speaks_the_language_the_browser_prefers(header: str | None, locale: str) -> None:
    assert negotiate(header) == locale


@given(st.text())
def test_negotiation_survives_any_header(header: str) -> None:
    assert negotiate(header) in LOCALES


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("Łódź", "lodz"), ("Größe", "grosse"), ("ΚΑΦΈΣ", "καφεσ"), ("καφές", "καφεσ"), ("È", "e")],
)
def test_folds_accents_and_case(typed: str, plain: str) -> None:
    assert fold(typed) == plain


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_counts_in_polish_as_poles_do() -> None:
    text = {
        "one": "{count} produkt",
        "few": "{count} produkty",
        "many": "{count} produktów",
        "other": "{count} produktu",
    }
    said = {
        count: render("pl", text, {"count": count}).replace("\u00a0", " ")
        for count in (1, 2, 5, 12, 22, 25, 1000)
    }
    assert said == {
        1: "1 produkt",
        2: "2 produkty",
        5: "5 produktów",
        12: "12 produktów",
        22: "22 produkty",
        25: "25 produktów",
        1000: "1 000 produktów",
    }


def test_a_placeholder_without_a_value_stays_visible() -> None:
    assert render("en", "Hello {name}", {}) == "Hello {name}"


def test_a_missing_text_is_an_error() -> None:
    with pytest.raises(MissingMessage):
        translator("en", "errors")("no.such.key")


@pytest.mark.parametrize(
    ("locale", "money"),
    [
        ("en", "€1,234.50"),
        ("de", "1.234,50 €"),
        ("pl", "1 234,50 €"),
        ("it", "1.234,50 €"),
        ("el", "1.234,50 €"),
    ],
)
def test_writes_money_as_the_language_does(locale: Locale, money: str) -> None:
    written = format_money(Money(123450, "EUR"), locale=locale)
    assert written.replace("\u00a0", " ").replace("\u202f", " ") == money


def test_writes_dates_and_rates_as_the_language_does() -> None:
    assert format_date(date(2026, 11, 21), locale="en") == "21 November 2026"
    assert format_date(date(2026, 11, 21), locale="pl") == "21 listopada 2026"
    moment = datetime(2026, 11, 21, 19, 5, tzinfo=UTC)
    assert "20:05" in format_date_time(moment, locale="de", zone="Europe/Berlin")
    assert format_percent(2300, locale="en") == "23%"
    assert format_percent(550, locale="de").replace("\u00a0", " ") == "5,5 %"


def test_a_translated_field_falls_back_sanely() -> None:
    names = {"en": "Jug", "de": "Krug", "pl": ""}
    assert in_locale(names, "de") == "Krug"
    assert in_locale(names, "pl", default="de") == "Krug"
    assert in_locale(names, "el") == "Jug"
    assert in_locale({"it": "Brocca"}, "el") == "Brocca"
    assert in_locale({}, "el") == ""


def test_every_surface_is_there_in_every_language() -> None:
    folder = Path("stoa/platform/i18n/catalogues")
    keys = {
        (surface, locale): set(orjson.loads((folder / locale / f"{surface}.json").read_bytes()))
        for surface in (
            "storefront",
            "counter",
            "desk",
            "errors",
            "notices",
            "prompts",
            "video",
            "cobrowse",
        )
        for locale in LOCALES
    }
    for (surface, locale), found in keys.items():
        assert found == keys[surface, "en"], (surface, locale)
