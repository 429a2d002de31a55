"""What we sign is verified by dkimpy, which is not ours."""

import dkim
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.contact.channels.email.keys import make_key, read_key
from stoa.contact.channels.email.signing import sign

KEY = read_key(make_key())

lines = st.lists(st.text(st.sampled_from("ab \t.:;=\N{NO-BREAK SPACE}"), max_size=30), max_size=8)


def verifies(content: bytes) -> bool:
    return bool(dkim.verify(content, dnsfunc=lambda name, timeout=5: KEY.record.encode()))


@settings(max_examples=60)
@given(subject=st.text(st.sampled_from("ab \t:;="), max_size=40), body=lines)
def test_verifies_whatever_blanks_there_are(subject: str, body: list[str]) -> None:
    head = f"From: a@shop.example\r\nSubject: {subject}\r\n x\r\nMessage-ID:<1@a>\r\n"
    content = (head + "\r\n" + "".join(f"{line}\r\n" for line in body)).encode()
    assert verifies(sign(content, key=KEY, domain="shop.example", selector="s1") + content)


def test_does_not_verify_when_something_was_changed_or_added() -> None:
    content = b"From: a@shop.example\r\nSubject: x\r\n\r\nPay to A\r\n"
    signed = sign(content, key=KEY, domain="shop.example", selector="s1") + content
    assert verifies(signed)
    assert not verifies(signed.replace(b"to A", b"to B"))
    assert not verifies(signed.replace(b"Subject: x", b"Subject: y"))
    assert not verifies(signed.replace(b"Subject: x", b"Reply-To: b@c\r\nSubject: x"))
