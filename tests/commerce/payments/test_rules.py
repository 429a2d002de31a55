"""References and codes that a bank accepts."""

from decimal import Decimal

import pytest
import segno.helpers
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.payments import rules
from stoa.commerce.payments.rules import (
    creditor_reference,
    in_groups,
    is_creditor_reference,
    transfer_code,
)
from stoa.commerce.shops.models import BankAccount
from stoa.platform.money.amount import Money

ACCOUNT = BankAccount(holder="Stoa Książki", iban="DE89 3704 0044 0532 0130 00", bic="COBADEFFXXX")


@pytest.mark.parametrize(
    ("number", "expected"),
    [("539007547034", "RF18539007547034"), ("SF-2026/00017", "RF92SF202600017")],
)
def test_makes_a_reference_with_check_digits(number: str, expected: str) -> None:
    assert creditor_reference(number) == expected


@given(st.text("ABCXYZ0123456789-/ ", min_size=1).filter(lambda text: text.strip("-/ ")))
def test_makes_references_that_verify(number: str) -> None:
    reference = creditor_reference(number)
    assert is_creditor_reference(reference)
    assert len(reference) <= 25


@given(st.integers(1, 10**9), st.integers(4, 12), st.integers(1, 9))
def test_notices_one_mistyped_digit(number: int, place: int, shift: int) -> None:
    reference = creditor_reference(str(number))
    place = 4 + place % (len(reference) - 4)
    wrong = str((int(reference[place]) + shift) % 10)
    assert not is_creditor_reference(reference[:place] + wrong + reference[place + 1 :])


def test_refuses_a_number_without_a_letter_or_digit() -> None:
    with pytest.raises(ValueError, match="no reference"):
        creditor_reference("--")


def test_groups_by_four() -> None:
    assert in_groups("RF18539007547034") == "RF18 5390 0754 7034"


def test_writes_what_the_standard_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another implementation of EPC069-12 draws the same code, but for the mask it chose."""
    other = segno.helpers.make_epc_qr(
        name=ACCOUNT.holder,
        iban=ACCOUNT.iban.replace(" ", ""),
        bic=ACCOUNT.bic,
        amount=Decimal("12.30"),
        reference="RF18539007547034",
        encoding="utf-8",
    )
    monkeypatch.setattr(rules, "MASK", other.mask)
    ours = transfer_code(ACCOUNT, amount=Money(12_30, "EUR"), reference="RF18539007547034")
    assert ours == rules.svg_of(other)


def test_draws_a_code_for_euros_only() -> None:
    svg = transfer_code(ACCOUNT, amount=Money(12_34, "EUR"), reference="RF18539007547034")
    assert svg is not None
    assert svg.startswith("<svg")
    assert "viewBox" in svg
    for amount in (Money(12_34, "PLN"), Money(0, "EUR")):
        assert transfer_code(ACCOUNT, amount=amount, reference="RF18539007547034") is None
