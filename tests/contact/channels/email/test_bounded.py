"""What a mail costs is decided by its size, whatever a stranger has put into it."""

import time

import pytest

from stoa.contact.channels.email.reading import parse_mail, show_original
from stoa.contact.channels.email.reading.crowding import is_crowded
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

_MANY = "".join(f"a{n}=1 " for n in range(100_000))
CROWDED = {
    "in-one-tag": f"hello<blockquote type=cite>x</blockquote><p {_MANY}>there</p>",
    "behind-an-open-quote": f'hello<!-- <p a=" --><blockquote type=cite {_MANY}>x</blockquote>',
    "with-signs-in-values": "hello<blockquote>x</blockquote><p "
    + "".join(f"a{n}='<>\"' " for n in range(60_000))
    + ">there</p>",
    "in-many-bodies": "hello<blockquote>x</blockquote>"
    + "".join(f"<body a{n}=1>" for n in range(60_000)),
    "only-names": f"hello<blockquote>x</blockquote><p {_MANY.replace('=1', '')}>there</p>",
    "without-spaces": "hello<blockquote>x</blockquote><p "
    + "".join(f'a{n}="1"' for n in range(90_000))
    + ">there</p>",
}


@pytest.mark.parametrize("case", CROWDED)
def test_a_tag_with_countless_attributes_is_read_and_shown_in_a_moment(case: str) -> None:
    mail = _html(CROWDED[case])
    began = time.process_time()
    found = parse_mail(account(), Raw("1", mail))
    shown = show_original(mail, with_pictures=False)
    assert time.process_time() - began < SECONDS
    assert isinstance(found, Inbound)
    assert "hello" in found.text
    assert "hello" in shown.html


@pytest.mark.parametrize(
    "markup",
    [
        "<a " * 300_000,
        "<a" * 400_000,
        ("<a " * 99 + 'c="' + "x" * 5_000 + '" >') * 100,
        ("<a" + " " * 20_000) * 40,
        "<p style='a: b' class=x>hello there</p>\n" * 20_000,
        ("<a " + "b=<c " * 49 + ">") * 3_000,
        "<a " * 99 + "c='" + "x" * 900_000,
    ],
)
def test_crowds_are_looked_for_in_a_moment(markup: str) -> None:
    began = time.process_time()
    is_crowded(markup)
    assert time.process_time() - began < SECONDS


def test_usual_markup_is_no_crowd() -> None:
    cell = "<td " + " ".join(f'data-{n}="a > b"' for n in range(60)) + ">a < b, 'c' and \"d\"</td>"
    assert not is_crowded(f"<html><body><table>{cell * 300}</table>{'<br/>' * 500}words " * 3)


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
