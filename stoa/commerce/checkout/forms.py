"""What each step takes. Pure; every problem names its field and reason, never the value."""

import re
from collections.abc import Collection, Mapping
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from stoa.commerce.checkout.address import address_rules, format_postcode, format_region
from stoa.commerce.checkout.consents import BOXES, words_read
from stoa.commerce.checkout.models import Submitted
from stoa.platform.errors import FieldProblem

Form = Mapping[str, str]

ADDRESS_FIELDS: Final = ("name", "company", "street", "postal_code", "city", "region", "country")
LENGTHS: Final = {
    "email": 254,
    "phone": 40,
    "name": 100,
    "company": 100,
    "street": 120,
    "postal_code": 12,
    "city": 80,
    "region": 40,
    "country": 2,
    "note": 500,
    "method": 40,
}
OPTIONAL: Final = frozenset({"company", "region", "phone", "note"})
BILLING: Final = "billing_"
COUNTRY: Final = re.compile(r"[A-Z]{2}")


class Reader:
    """Reads one form: values in, problems collected."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.values: dict[str, str] = {}
        self.problems: list[FieldProblem] = []

    def take(self, name: str) -> str:
        """The cleaned text of a field, kept even when there is a problem with it."""
        bare = name.removeprefix(BILLING)
        text = "".join(c for c in self.form.get(name, "") if c.isprintable() or c in " \n")
        text = text.strip() if bare == "note" else " ".join(text.split())
        self.values[name] = text[: LENGTHS[bare]]
        if len(text) > LENGTHS[bare]:
            self.refuse(name, "field.too_long", max=LENGTHS[bare])
        elif not text and bare not in OPTIONAL:
            self.refuse(name, "field.required")
        return self.values[name]

    def refuse(self, name: str, code: str, **params: str | int) -> None:
        if all(problem.field != name for problem in self.problems):
            self.problems.append(FieldProblem(name, code, dict(params)))

    def result(self) -> Submitted:
        return Submitted(self.values, tuple(self.problems))


def read_contact(form: Form, *, country: str) -> Submitted:
    """E-mail, and a telephone number if there is one; `country` reads numbers without a prefix.

    Whoever wants to be told by SMS has to say where.
    """
    reader = Reader(form)
    email, phone = reader.take("email"), reader.take("phone")
    if email:
        try:
            checked = validate_email(email, check_deliverability=False)
            reader.values["email"] = checked.normalized
        except EmailNotValidError:
            reader.refuse("email", "field.email")
    if phone:
        formatted = format_phone(phone, country=country)
        if formatted is None:
            reader.refuse("phone", "field.phone")
        else:
            reader.values["phone"] = formatted
    # A box says in which language its sentence was read, and which version of it.
    for name, box in BOXES.items():
        if read := words_read(form.get(name, "")):
            reader.values[name] = f"{read.locale}.{read.version}"
            if not reader.values[box.kind.value]:
                reader.refuse(box.kind.value, "field.required")
    return reader.result()


def format_phone(text: str, *, country: str) -> str | None:
    """In the international form: "601 234 567" in Poland is "+48 601 234 567"."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def read_address(form: Form, *, countries: Collection[str]) -> Submitted:
    """Where the parcel goes, one of `countries`, and where the invoice goes if elsewhere."""
    reader = Reader(form)
    _read_one_address(reader, "", countries)
    if form.get("billing_differs"):
        reader.values["billing_differs"] = "1"
        _read_one_address(reader, BILLING, ())
    return reader.result()


def _read_one_address(reader: Reader, prefix: str, countries: Collection[str]) -> None:
    for field in ADDRESS_FIELDS:
        reader.take(prefix + field)
    country = reader.values[prefix + "country"] = reader.values[prefix + "country"].upper()
    if (countries and country not in countries) or not (
        country.isascii() and country.isalpha() and len(country) == 2
    ):
        reader.refuse(prefix + "country", "field.country")
    if text := reader.values[prefix + "postal_code"]:
        postcode = format_postcode(text, country)
        if postcode is None:
            example = address_rules(country).postcode_example
            reader.refuse(prefix + "postal_code", "field.postal_code", example=example)
        else:
            reader.values[prefix + "postal_code"] = postcode
    region = format_region(reader.values[prefix + "region"], country)
    if region is None:
        reader.refuse(prefix + "region", "field.region")
    else:
        reader.values[prefix + "region"] = region


def read_choice(form: Form, *, codes: Collection[str], with_note: bool = False) -> Submitted:
    """One of `codes`, and a note to whoever delivers."""
    reader = Reader(form)
    method = reader.take("method")
    if method not in codes:
        reader.refuse("method", "field.choice")
    if with_note:
        reader.take("note")
    return reader.result()
