"""Answers written into what they answer, without a mark and without a colour."""

import pytest

from stoa.contact.channels.email.reading import parse_mail, trim
from stoa.contact.channels.protocol import Inbound, Raw
from tests.contact.channels.email.accounts import account
from tests.contact.channels.email.making.mails import common, part, whole
from tests.contact.channels.email.making.words import WORDS

SENT = (
    "Dear Anna,\n\nthank you for your order. Two things are open:\n\n"
    "Which colour of the two do you want, red or blue?\n\n"
    "Shall we send it to your home or to the parcel shop in the station?\n\nKind regards\nJan"
)
OUTLOOK = (
    "Hello Jan,\n\nAnna\n\n________________________________\nFrom: Stoa <shop@stoa.example>\n"
    "Sent: Monday, November 2, 2026 9:58 AM\nTo: Anna <anna@customer.example>\n"
    "Subject: Order 1001\n\n{}\n"
)
INTO = SENT.replace("red or blue?\n", "red or blue?\n\nBlue please\n").replace(
    "in the station?\n", "in the station?\n\nHome\n"
)


def read(text: str, *, kind: str = "text/plain") -> Inbound:
    headers = common(WORDS["en"], subject="Re: Order 1001", answers="<7@stoa.example>")
    parsed = parse_mail(account(), Raw("1", whole(headers, part(kind, text))))
    assert isinstance(parsed, Inbound)
    return trim(parsed, sent=["Another text of ours that was sent before.", SENT])


def as_html(text: str) -> str:
    return "".join(f"<p>{line or '&nbsp;'}</p>" for line in text.split("\n"))


APPLE = (
    "<div>Hello Jan,</div><blockquote type='cite'><div>On 2 Nov 2026, at 09:58, Stoa"
    " &lt;shop@stoa.example&gt; wrote:</div>{}</blockquote>"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (OUTLOOK.format(INTO), "text/plain"),
        (OUTLOOK.format(INTO.replace("want, red", "want,\nred")), "text/plain"),
        (APPLE.format(as_html(INTO)), "text/html"),
    ],
)
def test_what_was_written_into_our_text_is_there(text: str, kind: str) -> None:
    found = read(text, kind=kind)
    assert found.text.startswith("Hello Jan,")
    assert "Blue please" in found.text
    assert found.text.index("red or blue") < found.text.index("Blue please")
    assert "Home" in found.text
    assert found.card is not None
    assert not found.card.has_quote


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (OUTLOOK.format(SENT), "text/plain"),
        (OUTLOOK.format(SENT.replace("want, red", "want,\nred")), "text/plain"),
        (OUTLOOK.format(f"{SENT}\n\n-- \nStoa, Warsaw\nNo more of these: https://x"), "text/plain"),
        (OUTLOOK.format(f"{SENT}\n\nFrom: Anna\nSent: Sunday\nTo: Stoa\n\nHello"), "text/plain"),
        (OUTLOOK.format("Something else that somebody else wrote.\nAnd more of it."), "text/plain"),
        (APPLE.format(as_html(SENT)), "text/html"),
    ],
)
def test_what_was_only_quoted_stays_out(text: str, kind: str) -> None:
    found = read(text, kind=kind)
    assert "Kind regards" not in found.text
    assert "somebody else" not in found.text
    assert found.text.startswith("Hello Jan,")
