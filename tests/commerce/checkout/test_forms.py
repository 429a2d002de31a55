"""Each step says which field is wrong and why, country by country."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.checkout.address import POSTCODES, format_postcode
from stoa.commerce.checkout.forms import LENGTHS, read_address, read_choice, read_contact

ADDRESS = {
    "name": "Anna Nowak",
    "street": "Prosta 1",
    "postal_code": "00-950",
    "city": "Warszawa",
    "country": "PL",
}
COUNTRIES = ["PL", "IT", "GR", "NL"]


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("00950", "PL", "00-950"),
        ("PL 00-950", "PL", "00-950"),
        ("00-95", "PL", None),
        ("10557", "GR", "105 57"),
        ("1012js", "NL", "1012 JS"),
        ("d02x285", "IE", "D02 X285"),
        ("sw1a1aa", "GB", "SW1A 1AA"),
        ("LV-1050", "LV", "1050"),
        ("٠٠٩٥٠", "PL", None),
        ("anything", "JP", "anything"),
    ],
)
def test_writes_a_postcode_as_its_country_does(
    text: str, country: str, expected: str | None
) -> None:
    assert format_postcode(text, country) == expected


@pytest.mark.parametrize("country", POSTCODES)
def test_takes_its_own_examples_unchanged(country: str) -> None:
    example = POSTCODES[country][2]
    assert format_postcode(example, country) == example
    assert format_postcode(example.replace(" ", "").replace("-", ""), country) == example


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"postal_code": "950"}, [("postal_code", "field.postal_code")]),
        ({"name": "  "}, [("name", "field.required")]),
        ({"country": "US"}, [("country", "field.country")]),
        ({"country": ""}, [("country", "field.required")]),
        (
            {"country": "IT", "postal_code": "00184"},
            [("region", "field.region")],
        ),
        ({"country": "IT", "postal_code": "00184", "region": "rm"}, []),
        ({"street": "x" * 121}, [("street", "field.too_long")]),
        ({"billing_differs": "1", "billing_country": "JP"}, None),
    ],
)
def test_names_the_field_and_the_reason(
    changes: dict[str, str], expected: list[tuple[str, str]] | None
) -> None:
    result = read_address(ADDRESS | changes, countries=COUNTRIES)
    found = [(problem.field, problem.code) for problem in result.problems]
    if expected is None:
        assert {field for field, _ in found} == {
            "billing_name",
            "billing_street",
            "billing_postal_code",
            "billing_city",
        }
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("email", "phone", "expected"),
    [
        ("anna@example.org", "", []),
        ("anna@example.org", "601 234 567", []),
        ("anna", "", [("email", "field.email")]),
        ("", "12", [("email", "field.required"), ("phone", "field.phone")]),
        ("anna@@example.org", "call me", [("email", "field.email"), ("phone", "field.phone")]),
    ],
)
def test_checks_how_to_reach_the_customer(
    email: str, phone: str, expected: list[tuple[str, str]]
) -> None:
    result = read_contact({"email": email, "phone": phone}, country="PL")
    assert [(problem.field, problem.code) for problem in result.problems] == expected
    if phone == "601 234 567":
        assert result.values["phone"] == "+48 601 234 567"


def test_takes_only_what_is_offered() -> None:
    assert read_choice({"method": "parcel"}, codes=["parcel"]).problems == ()
    wrong = read_choice({"method": "drone"}, codes=["parcel"]).problems
    assert [(problem.field, problem.code) for problem in wrong] == [("method", "field.choice")]


@given(st.dictionaries(st.sampled_from([*LENGTHS, "billing_differs", "billing_name"]), st.text()))
def test_takes_anything_and_keeps_it_short(form: dict[str, str]) -> None:
    for result in (
        read_contact(form, country="PL"),
        read_address(form, countries=COUNTRIES),
        read_choice(form, codes=["parcel"], with_note=True),
    ):
        for name, value in result.values.items():
            assert len(value) <= 260, name
            assert "\0" not in value
        for problem in result.problems:
            assert form.get(problem.field, "-") not in problem.params.values()


@given(st.dictionaries(st.sampled_from(list(LENGTHS)), st.text(max_size=40)))
def test_takes_what_it_has_cleaned_again(form: dict[str, str]) -> None:
    first = read_address(form, countries=COUNTRIES)
    again = read_address(first.values, countries=COUNTRIES)
    if not first.problems:
        assert again == first
