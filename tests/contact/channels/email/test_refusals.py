"""What a server's refusal means for the address."""

import pytest

from stoa.contact.channels.email.refusals import enhanced_code, of_recipient


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("5.1.1 <a@b.example>: Recipient address rejected", "5.1.1"),
        ("#5.1.1 no such user", "5.1.1"),
        ("4.7.1 Client host [185.5.1.1] blocked", "4.7.1"),
        ("Client host [185.5.1.1] blocked", ""),
        ("Client host [10.5.1.1] blocked", ""),
        ("Client host [5.1.1.7] blocked", ""),
    ],
)
def test_the_address_of_a_host_is_no_code(message: str, code: str) -> None:
    assert enhanced_code(message) == code


def test_a_blocked_host_makes_no_mailbox_dead() -> None:
    problem = of_recipient(550, "Service unavailable; client [185.5.1.1] blocked using a list")
    assert getattr(problem, "is_point_dead", False) is False
    assert problem.reason == "recipient_refused"
