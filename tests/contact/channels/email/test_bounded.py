"""What a mail costs is decided by its size, whatever a stranger has put into it."""

import time

import pytest

from stoa.contact.channels.email.reading import parse_mail
from stoa.contact.channels.email.reading.rendering import CANVAS_MAX
from stoa.contact.channels.protocol import Inbound, Raw
from tests.contact.channels.email.accounts import account

SECONDS = 1.0  # unbounded, each of these takes many times that, or gigabytes
HEAD = (
    b"From: a@customer.example\r\nTo: shop@stoa.example\r\nSubject: Re: hello\r\n"
    b"Message-ID: <1@customer.example>\r\nIn-Reply-To: <2@stoa.example>\r\n"
)


def _plain(text: str) -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()


def _html(text: str) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + text.encode()


MAILS = {
    "space-after-forwarded": _plain("hello\n-- forwarded message" + " " * 40_000 + "x\n"),
    "space-after-original": _plain("hello\n--- original message" + " " * 40_000 + "x\n"),
    "empty-lines-in-html": _html("hello<blockquote>" + "\n" * 60_000 + "x</blockquote>"),
    "received-without-by": b"Received: from " + b"a" * 40_000 + b"\r\n" + _plain("hello"),
    "wide-and-long-table": _html(
        "<blockquote>x</blockquote><table><tr><td>hello</td><td>" + "w" * 50_000 + "</td></tr>"
        "<tr><td><pre>" + "\n" * 20_000 + "</pre></td></tr></table>"
    ),
    "wide-margin": _html(
        "<blockquote>x</blockquote><div style='padding-left:9999999em'>hello<br>" + "a<br>" * 5_000
    ),
    "coloured-at-each-depth": _html(
        "hello<blockquote type=cite>"
        + ("<span style='color:red'>" * 200 + "<a href='http://x/'>t</a>" + "</span>" * 200) * 40
    ),
}


@pytest.mark.parametrize("case", MAILS)
def test_a_mail_made_to_be_slow_is_read_in_a_moment(case: str) -> None:
    began = time.process_time()
    found = parse_mail(account(), Raw("1", MAILS[case]))
    assert time.process_time() - began < SECONDS
    assert isinstance(found, Inbound)
    assert "hello" in found.text
    assert len(found.text) < CANVAS_MAX


def test_a_table_too_large_to_be_laid_out_keeps_its_words_and_rows() -> None:
    rows = "".join(f"<tr><td>Row {n}</td><td>{n} EUR</td></tr>" for n in range(2_000))
    wide = "w" * 9_000
    found = parse_mail(account(), Raw("1", _html(f"<table><tr><td>{wide}</td></tr>{rows}</table>")))
    assert isinstance(found, Inbound)
    assert "Row 7  7 EUR\n" in found.text
    assert wide in found.text


def test_a_style_with_what_no_xml_holds_is_read() -> None:
    style = "color:\x01red;&#xfffe;&#x1f;\x0c&#0;"
    found = parse_mail(
        account(), Raw("1", _html(f"<blockquote style='{style}'>hello</blockquote>"))
    )
    assert isinstance(found, Inbound)
    assert "hello" in found.text


def test_an_answer_above_a_table_too_large_to_be_laid_out_loses_its_quote() -> None:
    table = "<table>" + "<tr><td>row</td></tr>" * 2_000 + f"<tr><td>{'w' * 9_000}</td></tr></table>"
    mail = _html(f"<p>The answer</p><blockquote type=cite>The question{table}</blockquote>")
    found = parse_mail(account(), Raw("1", mail))
    assert isinstance(found, Inbound)
    assert found.text == "The answer"
