"""Creditor references (ISO 11649) and credit transfer codes (EPC069-12). Pure."""

import io
import re
from decimal import Decimal
from functools import lru_cache

import segno

from stoa.commerce.shops.models import BankAccount
from stoa.platform.money.amount import Money

REFERENCE_MAX = 21
EPC_NAME_MAX = 70
MASK = 3
EPC_AMOUNT_MAX = Decimal("999999999.99")


def as_digits(text: str) -> int:
    """Letters as two digits (A is 10, Z is 35), as ISO 7064 reads them: "RF" is 2715."""
    return int("".join(str(int(char, 36)) for char in text))


def creditor_reference(order_number: str) -> str:
    """The RF reference of an order: "539007547034" gives "RF18539007547034".

    Two check digits by ISO 7064 MOD 97-10; what a reference may not hold is left out.
    """
    plain = re.sub(r"[^A-Z0-9]", "", order_number.upper())[-REFERENCE_MAX:]
    if not plain:
        raise ValueError(f"no reference in {order_number!r}")
    return f"RF{98 - as_digits(plain + 'RF00') % 97:02d}{plain}"


def is_creditor_reference(text: str) -> bool:
    """Whether the check digits fit; spaces do not matter."""
    plain = text.replace(" ", "").upper()
    if not re.fullmatch(rf"RF[0-9]{{2}}[A-Z0-9]{{1,{REFERENCE_MAX}}}", plain):
        return False
    return as_digits(plain[4:] + plain[:4]) % 97 == 1


def in_groups(text: str) -> str:
    """In groups of four, as people read IBANs and references."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


# The confirmation and the mail show the same code within a second, and making one takes 5 ms.
@lru_cache(maxsize=256)
def transfer_code(account: BankAccount, *, amount: Money, reference: str) -> str | None:
    """The EPC QR code as an inline SVG; None where the standard has none (other than euros)."""
    value = amount.as_decimal()
    if amount.currency != "EUR" or not Decimal("0.01") <= value <= EPC_AMOUNT_MAX:
        return None
    lines = (
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        account.bic,
        account.holder[:EPC_NAME_MAX],
        account.iban.replace(" ", ""),
        f"EUR{value.normalize():f}",
        "",  # no purpose code
        reference,
    )
    # Readers take any mask (it is named in the symbol); trying all eight for the most even one
    # would cost more than all the rest of the order's page.
    code = segno.make("\n".join(lines), error="m", boost_error=False, mask=MASK, encoding="utf-8")
    return svg_of(code)


def svg_of(code: segno.QRCode) -> str:
    """Black on white with the quiet zone, scaling with its box."""
    buffer = io.BytesIO()
    code.save(buffer, kind="svg", xmldecl=False, svgns=True, omitsize=True, light="#fff", border=4)
    return buffer.getvalue().decode().strip()
