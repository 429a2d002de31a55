"""Whatever bytes come in: they are read, or refused in words; nothing else happens."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.contact.channels.email.reading import parse_mail, trim
from stoa.contact.channels.protocol import Inbound, Nothing, Raw, Report, Unreadable
from stoa.platform.i18n.locale import LOCALES
from stoa.platform.i18n.messages import has_message
from tests.contact.channels.email.accounts import account

CORPUS = Path(__file__).parent / "corpus"
MAILS = [
    path.read_bytes() for path in sorted(CORPUS.glob("*/mail.eml")) if path.stat().st_size < 20_000
]
PIECES = [
    b"\r\n", b"\n\n", b"--=_b1", b"--=_b1--", b"Content-Type: ", b"multipart/mixed; boundary=",
    b"Content-Transfer-Encoding: base64\n", b"=?utf-8?B?", b"?=", b"\x00", b"\xff\xfe", b"<", b">",
    b"<blockquote type=cite>", b"</div>", b"&#0;", b"From: ", b"Subject:", b"+ADw-", b"(",
    b'"', b";",
    b"message/rfc822", b"text/html; charset=utf-7", b"text/calendar", b"application/ms-tnef",
    b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", b"\x78\x9f\x3e\x22", b"filename*0*=", b"\xe2\x80\xae",
]  # fmt: skip


def check(content: bytes) -> None:
    try:
        parsed = parse_mail(account(), Raw("1", content))
    except Unreadable as refused:
        check_words(f"channel.problem.{refused.reason}")
        return
    if isinstance(parsed, Nothing):
        check_words(f"channel.ignored.{parsed.reason}")
    elif isinstance(parsed, Inbound):
        _check_inbound(parsed)
    else:
        assert isinstance(parsed, Report)
        assert parsed.name


def check_words(key: str) -> None:
    assert all(has_message(locale, "channels", key) for locale in LOCALES)


def _check_inbound(inbound: Inbound) -> None:
    assert "@" in inbound.point.value
    assert inbound.name.startswith("<")
    assert inbound.card is not None
    for code in inbound.card.notes:
        check_words(f"mail.note.{code}")
    assert len(inbound.files) <= 100
    for text in (inbound.text, inbound.subject, inbound.sender_name, *names(inbound)):
        # What the database and the wire can hold.
        assert "\x00" not in text
        text.encode("utf-8")
    for line in (inbound.subject, inbound.sender_name, inbound.point.value, *names(inbound)):
        assert "\n" not in line
        assert "\r" not in line
    assert all("/" not in name and "\\" not in name for name in names(inbound))
    inbound.card.model_dump_json()
    assert trim(inbound, sent=[inbound.text]).point == inbound.point


def names(inbound: Inbound) -> Iterator[str]:
    return (file.file_name for file in inbound.files)


@given(st.binary(max_size=600))
def test_survives_any_bytes(content: bytes) -> None:
    check(content)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=60))
def test_survives_pieces_of_mails(pieces: list[bytes]) -> None:
    check(b"From: a@b.example\n" + b"".join(pieces))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(MAILS), st.randoms(use_true_random=False))
def test_survives_a_mail_that_was_damaged(content: bytes, chance: random.Random) -> None:
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(damaged))
        kind = chance.randrange(4)
        if kind == 0:
            damaged[at] = chance.randrange(256)
        elif kind == 1:
            damaged[at:at] = chance.choice(PIECES)
        elif kind == 2:
            del damaged[at : at + chance.randint(1, 200)]
        else:
            damaged[at:at] = damaged[max(0, at - 300) : at]
        if not damaged:
            break
    check(bytes(damaged))


@given(st.text(max_size=400))
def test_survives_any_text_and_html(text: str) -> None:
    head = b"From: a@b.example\nContent-Type: text/%s; charset=utf-8\n\n"
    data = text.encode("utf-8", "replace")
    check(head % b"plain" + data)
    check(head % b"html" + b'<div class="gmail_quote">' + data)


def test_refuses_what_is_larger_than_50_mb() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_mail(account(), Raw("1", b"From: a@b.example\n\n" + bytes(50 * 1024 * 1024)))
    assert refused.value.reason == "too_large"


HOSTILE = {
    "stars": b"*" * 1_000_000,
    "introductions": b"On 1.1.2020 a@b.example wrote\n" * 30_000,
    "header blocks": b"From: a@b\nTo: x\n" * 60_000,
    "answers and quotes": b"a\n> b\n" * 150_000,
    "soft breaks": b"a \n" * 300_000,
    "brackets": b"<" * 1_000_000,
    "open quotes": b"<blockquote type=cite>" * 40_000,
    "styles": b"<blockquote style='" + b"border:" * 140_000 + b"'>",
    "near boundaries": b"--ab\n" * 1_000_000,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", list(HOSTILE))
@pytest.mark.parametrize(
    "kind", ["text/plain; format=flowed", "text/html", 'multipart/mixed; boundary="a"']
)
def test_is_not_kept_busy_by_whoever_tries(name: str, kind: str) -> None:
    begin = time.process_time()
    check(
        b"From: a@b.example\nSubject: x\nContent-Type: " + kind.encode() + b"\n\n" + HOSTILE[name]
    )
    # What took time that grows with the square of its size took minutes.
    assert time.process_time() - begin < 10
