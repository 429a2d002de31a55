"""What leaves is read back by a parser that is not ours."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.email.composing import REFERENCES_MAX, compose
from stoa.contact.channels.email.html import as_html
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import OutgoingFile
from tests.contact.channels.email.conftest import outgoing_of

SETTINGS = EmailSettings.model_validate(
    {
        "address": "sklep@shop.example",
        "imap_host": "localhost",
        "smtp_host": "localhost",
        "sender_name": "Sklep „Łąka”, s.c.",
        "signature": "Zespół\nhttps://shop.example",
    }
)
AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
ID = UUID("01a22b91-2a63-75b9-acfa-0c5ffa2a00be")


def composed(text: str = "Dzień dobry", contents: Any = (), **more: Any) -> bytes:
    outgoing = outgoing_of(text, **({"id": ID} | more))
    settings = more.pop("settings", SETTINGS)
    return compose(
        outgoing, settings=settings, shop_name="Ceramika", sent_at=AT, contents=contents
    ).content


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_way_out_stands_below_in_both_parts_and_as_a_link() -> None:
    url = "https://shop.example/consent/abc_DEF-1"
    message = parsed(composed(withdrawal_url=url))
    assert body(message, "plain").rstrip().endswith(f"Nie chcesz więcej wiadomości od nas?\n{url}")
    assert f'<a href="{url}"' in body(message, "html")
    assert message["List-Unsubscribe"] is None
    assert "/consent/" not in body(parsed(composed()), "plain")


def test_says_who_writes_to_whom_about_what() -> None:
    message = parsed(composed(reply_token="abc234"))
    assert message["From"].addresses[0].display_name == "Ewa (Sklep „Łąka”, s.c.)"
    assert message["From"].addresses[0].addr_spec == "sklep@shop.example"
    assert message["To"].addresses[0].display_name == "Anna Łąka"
    assert message["Reply-To"].addresses[0].addr_spec == "sklep+abc234@shop.example"
    assert message["Subject"] == "Zamówienie 12345"
    assert message["Message-ID"] == f"<{ID}@shop.example>"
    assert message["X-Stoa-Delivery"] == str(ID)
    assert message["Content-Language"] == "pl"
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] is None
    assert message["List-Unsubscribe"] is None


def test_has_a_plain_and_an_html_part_that_say_the_same() -> None:
    message = parsed(composed("Καλημέρα <b>,\nδείτε https://shop.example/a?b=1&c=2.\n\nΤέλος"))
    assert message.get_content_type() == "multipart/alternative"
    plain, html = body(message, "plain"), body(message, "html")
    assert plain.startswith(
        "Καλημέρα <b>,\nδείτε https://shop.example/a?b=1&c=2.\n\nΤέλος\n\n-- \n"
    )
    assert "&lt;b&gt;,<br>" in html
    assert '<a href="https://shop.example/a?b=1&amp;c=2">' in html
    assert 'class="stoa-answer"' in html


def test_is_the_same_to_the_last_byte_when_made_again() -> None:
    assert composed("Dzień dobry " * 500) == composed("Dzień dobry " * 500)


def test_answers_in_the_thread() -> None:
    message = parsed(composed(references=["<1@a>", "not a name", "<2@b>", "<1@a>"]))
    assert message["In-Reply-To"] == "<2@b>"
    assert message["References"].split() == ["<1@a>", "<2@b>"]


def test_keeps_the_first_and_the_newest_of_a_long_thread() -> None:
    names = [f"<{number}@a>" for number in range(100)]
    references = parsed(composed(references=names))["References"].split()
    assert len(references) == REFERENCES_MAX
    assert (references[0], references[-1]) == ("<0@a>", "<99@a>")


def test_a_notice_says_that_a_machine_sent_it() -> None:
    message = parsed(composed(is_automatic=True))
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Zespół" not in body(message, "plain")


def test_a_mailing_can_be_left_with_one_click() -> None:
    message = parsed(composed(unsubscribe_url="https://shop.example/u/abc?x=ą>\r\nBcc: a@b"))
    assert message["List-Unsubscribe"] == "<https://shop.example/u/abc?x=%C4%85%3E%20Bcc:%20a@b>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("answers_to", "sender", "reply_to"),
    [
        ("tagged", "sklep@shop.example", "sklep+t0k@shop.example"),
        ("tagged_from", "sklep+t0k@shop.example", None),
        ("plain", "sklep@shop.example", None),
    ],
)
def test_asks_for_answers_as_the_provider_allows(
    answers_to: str, sender: str, reply_to: str | None
) -> None:
    settings = EmailSettings.model_validate(SETTINGS.model_dump() | {"answers_to": answers_to})
    outgoing = outgoing_of("x", reply_token="t0k")
    content = compose(outgoing, settings=settings, shop_name="Ceramika", sent_at=AT).content
    message = parsed(content)
    assert message["From"].addresses[0].addr_spec == sender
    found = message["Reply-To"]
    assert (found.addresses[0].addr_spec if found else None) == reply_to


def test_carries_files_under_their_names() -> None:
    names = ["umowa ąę.pdf", 'a"b\\c.txt', "../../etc/passwd", "ψ" * 100 + ".pdf", "plain.csv"]
    kinds = ["application/pdf", "text/plain", "message/rfc822", "bad type", "text/csv"]
    files = [
        OutgoingFile(name, kind, Path("unused"), 3) for name, kind in zip(names, kinds, strict=True)
    ]
    contents = [bytes([number]) * 3_000 for number in range(5)]
    message = parsed(composed(files=files, contents=contents))
    found = list(message.iter_attachments())
    assert [part.get_content_type() for part in found] == [
        "application/pdf",
        "text/plain",
        "application/octet-stream",
        "application/octet-stream",
        "text/csv",
    ]
    assert [part.get_payload(decode=True) for part in found] == contents
    assert [part.get_filename() for part in found] == [
        "umowa ąę.pdf",
        'a"b_c.txt',
        ".._.._etc_passwd",
        "ψ" * 100 + ".pdf",
        "plain.csv",
    ]


def test_says_when_only_servers_with_smtputf8_can_take_it() -> None:
    outgoing = outgoing_of("x", to="jürgen@münchen.example")
    made = compose(outgoing, settings=SETTINGS, shop_name="", sent_at=AT)
    assert made.needs_utf8
    outgoing = outgoing_of("x", to="juergen@münchen.example")
    made = compose(outgoing, settings=SETTINGS, shop_name="", sent_at=AT)
    assert not made.needs_utf8
    assert b"juergen@xn--mnchen-3ya.example" in made.content


letters = st.text(
    st.characters(codec="utf-8", exclude_characters="\0")
    | st.sampled_from("\r\n\t,;:<>@\"'=?()\\"),
    max_size=120,
)


@given(subject=letters, name=letters, sender=letters, text=letters)
def test_no_text_makes_a_header_or_breaks_the_mail(
    subject: str, name: str, sender: str, text: str
) -> None:
    content = composed(text, subject=subject, to_name=name, sender_name=sender, reply_token="t")
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert names == [
        *(b"From", b"To", b"Reply-To", b"Subject", b"Date", b"Message-ID"),
        *(b"X-Stoa-Delivery", b"Content-Language", b"MIME-Version", b"Content-Type"),
    ]
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    message = parsed(content)
    assert message["To"].addresses[0].addr_spec == "anna@customer.example"
    said = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    assert " ".join(message["Subject"].split()) == said


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>", "&lt;script&gt;"),
        ("see https://a.example/x.", '<a href="https://a.example/x">https://a.example/x</a>.'),
        ("(https://a.example/(x))", '(<a href="https://a.example/(x)">https://a.example/(x)</a>)'),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("write to a.b@c.example!", '<a href="mailto:a.b@c.example">a.b@c.example</a>!'),
        ('https://a.example/"onclick=x', "&quot;onclick=x"),
        ("a\nb", "a<br>\nb"),
    ],
)
def test_links_can_be_clicked_and_nothing_else_becomes_markup(text: str, html: str) -> None:
    assert html in as_html(text)
