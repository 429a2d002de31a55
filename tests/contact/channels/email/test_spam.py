"""What a real rspamd says of a mail, and what becomes of it."""

from collections.abc import Iterator

import pytest

from stoa.contact.channels.email.channel import CHANNEL
from stoa.contact.channels.email.spam import SPAM_PROOF, judged
from stoa.contact.channels.protocol import Envelope, Inbound, Raw, Report, Unreadable
from tests.contact.channels.email.conftest import account_of, mail_of
from tests.contact.channels.email.test_composing import SETTINGS
from tests.servers.spam_filter import GTUBE, running_rspamd

ACCOUNT = account_of(SETTINGS)


@pytest.fixture(scope="module")
def rspamd() -> Iterator[str]:
    with running_rspamd() as url:
        yield url


def marked(content: bytes, proof: str, *, is_wanted: bool = False) -> Raw:
    return Raw("1", content, Envelope(proofs={SPAM_PROOF: proof}, is_wanted=is_wanted))


async def test_asks_the_filter_what_it_thinks(rspamd: str) -> None:
    spam = await judged(Raw("1", mail_of(GTUBE)), url=rspamd)
    assert spam.envelope.proofs[SPAM_PROOF].startswith("set_aside ")
    ham = await judged(Raw("2", mail_of("Where is my parcel?")), url=rspamd)
    assert ham.envelope.proofs == {}


async def test_takes_the_mail_when_the_filter_is_away() -> None:
    raw = Raw("1", mail_of(GTUBE))
    assert await judged(raw, url="http://127.0.0.1:1") == raw
    assert await judged(raw, url="") == raw


def test_sets_aside_what_is_surely_spam_until_a_person_wants_it() -> None:
    with pytest.raises(Unreadable) as raised:
        CHANNEL.parse(ACCOUNT, marked(mail_of("Buy!"), "set_aside 17.3"))
    assert (raised.value.reason, raised.value.details) == ("spam", {"score": "17.3"})
    wanted = marked(mail_of("Buy!"), "set_aside 17.3", is_wanted=True)
    assert isinstance(CHANNEL.parse(ACCOUNT, wanted), Inbound)


def test_says_what_is_suspicious() -> None:
    parsed = CHANNEL.parse(ACCOUNT, marked(mail_of("Buy!"), "suspicious 7.1"))
    assert isinstance(parsed, Inbound)
    assert parsed.card
    assert "spam" in parsed.card.notes


def test_a_bounce_is_heard_whatever_the_filter_says() -> None:
    report = (
        b"From: mailer-daemon@x.example\r\nSubject: failed\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n"
        b"Original-Envelope-Id: 01a22b91-2a63-75b9-acfa-0c5ffa2a00be\r\n\r\n"
        b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: <01a22b91-2a63-75b9-acfa-0c5ffa2a00be@shop.example>\r\n"
        b"X-Stoa-Delivery: 01a22b91-2a63-75b9-acfa-0c5ffa2a00be\r\n\r\n--b--\r\n"
    )
    assert isinstance(CHANNEL.parse(ACCOUNT, marked(report, "set_aside 20.0")), Report)
