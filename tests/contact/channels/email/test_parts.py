"""Parts, against what the standard library writes and reads."""

import email
import email.policy
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.contact.channels.email.reading import parse_mail
from stoa.contact.channels.email.reading.parts import read_parts
from stoa.contact.channels.protocol import Inbound, Raw, Unreadable
from tests.contact.channels.email.accounts import account

CORPUS = Path(__file__).parent / "corpus"
# Read otherwise on purpose: what is broken.
OTHERWISE = {"garbage-en", "too-deep-en", "too-many-parts-en", "uuencoded-en", "no-boundary-en"}

letters = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=40
)
words = letters.map(lambda text: " ".join(text.split())).filter(bool)


def leaves(message: Message) -> list[tuple[str, bytes]]:
    if message.get_content_type() == "message/rfc822":
        return [("message/rfc822", b"")]
    if message.is_multipart():
        # The parts of a multipart are messages, which its type does not say.
        return [leaf for part in message.get_payload() for leaf in leaves(part)]  # type: ignore[arg-type]
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return [(message.get_content_type(), payload)]


@pytest.mark.parametrize(
    "case", sorted(path.name for path in CORPUS.iterdir() if path.name not in OTHERWISE)
)
def test_finds_the_parts_that_the_standard_library_finds(case: str) -> None:
    content = (CORPUS / case / "mail.eml").read_bytes()
    try:
        root = read_parts(content)
    except Unreadable:
        return
    found = [
        (part.media_type, b"" if part.media_type == "message/rfc822" else part.content)
        for part in root.walk()
        if not part.children
    ]
    expected = leaves(email.message_from_bytes(content, policy=email.policy.compat32))
    if any(kind.startswith("message/") for kind, _ in [*found, *expected]):
        return  # it opens those itself
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    for (_, ours), (_, theirs) in zip(found, expected, strict=True):
        assert ours.rstrip() == theirs.rstrip()


@settings(max_examples=150, deadline=None)
@given(
    subject=words,
    name=words,
    text=words,
    html=st.none() | words,
    files=st.lists(st.tuples(words, st.binary(max_size=200)), max_size=3),
    encoding=st.sampled_from(["base64", "quoted-printable", "8bit"]),
)
def test_reads_what_the_standard_library_writes(
    subject: str,
    name: str,
    text: str,
    html: str | None,
    files: list[tuple[str, bytes]],
    encoding: str,
) -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    # The package is imported by the policy; its type does not know.
    message["From"] = email.headerregistry.Address(name, "a", "b.example")  # type: ignore[attr-defined]
    message["Subject"] = subject
    message.set_content(f"x {text}", cte=encoding)
    if html is not None:
        message.add_alternative(f"<p>x {html.replace('<', '')}</p>", subtype="html")
    for file_name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=file_name
        )
    parsed = parse_mail(account(), Raw("1", message.as_bytes()))
    assert isinstance(parsed, Inbound)
    assert parsed.subject == " ".join(subject.split())
    assert parsed.text == f"x {text}"
    assert [file.content for file in parsed.files] == [content for _, content in files]
