"""Which conversation a mail belongs to, and whose it is."""

from uuid import uuid4

import pytest

from stoa.contact.channels.email.reading import make_reply_token, parse_mail, read_reply_token
from stoa.contact.channels.protocol import Envelope, Inbound, Raw
from tests.contact.channels.email.accounts import KEY, account
from tests.contact.channels.email.making.mails import common, mail

CONVERSATION = uuid4()
TOKEN = make_reply_token(KEY, CONVERSATION)
TAGGED = f"shop+{TOKEN}@stoa.example"


def read(content: bytes, envelope: Envelope | None = None) -> Inbound:
    parsed = parse_mail(account(), Raw("1", content, envelope or Envelope()))
    assert isinstance(parsed, Inbound)
    return parsed


@pytest.mark.parametrize(
    "header",
    [
        ("To", TAGGED),
        ("To", f"Anna <anna@elsewhere.example>, =?utf-8?Q?St=C3=B6a?= <{TAGGED}>"),
        ("To", TAGGED.upper()),
        ("Cc", f"Stoa <{TAGGED}>"),
        ("Delivered-To", TAGGED),
        ("X-Original-To", TAGGED),
        ("Envelope-To", TAGGED),
    ],
)
def test_finds_the_reply_token_where_mail_servers_put_it(header: tuple[str, str]) -> None:
    headers = [(name, value) for name, value in common() if name != "To"]
    found = read(mail([header, *headers], "x")).reply_token
    assert found is not None
    assert read_reply_token(KEY, found) == CONVERSATION


def test_finds_the_reply_token_of_a_hidden_recipient() -> None:
    found = read(mail(common(), "x"), Envelope(recipients=["other@stoa.example", TAGGED]))
    assert found.reply_token == TOKEN


def test_prefers_the_token_that_we_signed() -> None:
    foreign = make_reply_token(b"x" * 32, uuid4())
    headers = [("To", f"shop+{foreign}@stoa.example, {TAGGED}"), *common()[:1]]
    assert read(mail(headers, "x")).reply_token == TOKEN


def test_takes_no_token_from_what_only_looks_like_one() -> None:
    headers = [("To", "shop+news@stoa.example, a@b.example"), *common()[:1]]
    assert read(mail(headers, "shop+" + TOKEN)).reply_token is None


def test_names_what_it_answers_the_nearest_first() -> None:
    headers = [
        *common(),
        ("In-Reply-To", "Your mail of Monday <3@stoa.example>"),
        ("References", "<1@stoa.example> <2@x>\r\n <1@stoa.example> broken <3@stoa.example>"),
    ]
    expected = ("<3@stoa.example>", "<2@x>", "<1@stoa.example>")
    assert read(mail(headers, "x")).answers == expected


def test_names_no_more_than_it_needs() -> None:
    many = " ".join(f"<{at}@stoa.example>" for at in range(5_000))
    answers = read(mail([*common(), ("References", many)], "x")).answers
    assert len(answers) == 50
    assert answers[0] == "<4999@stoa.example>"


@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        ({"dkim": "customer.example"}, True),
        ({"spf": "customer.example"}, True),
        ({"dkim": "CUSTOMER.example."}, True),
        ({"dkim": "mailer.example"}, False),
        ({"dkim": "example"}, False),
        ({"dkim": "evil-customer.example"}, False),
        ({"dkim": "sub.customer.example"}, False),
        ({"dkim": ""}, False),
        ({}, False),
    ],
)
def test_believes_checks_of_our_own(proofs: dict[str, str], expected: bool) -> None:
    assert read(mail(common(), "x"), Envelope(proofs=proofs)).is_verified is expected


def test_believes_who_owns_the_domain_above() -> None:
    headers = [("From", "a@mail.customer.example"), *common()[1:]]
    assert read(mail(headers, "x"), Envelope(proofs={"dkim": "customer.example"})).is_verified
    headers = [("From", "a@customer.com.pl"), *common()[1:]]
    assert not read(mail(headers, "x"), Envelope(proofs={"dkim": "com.pl"})).is_verified


def test_never_believes_a_proof_for_a_sender_that_could_be_another() -> None:
    for sender in (
        "grace@customer.example, eve@evil.example",
        '"eve@evil.example" <grace@customer.example>',
        "<eve@evil.example> grace@customer.example",
        "grace@customer.example <grace@customer.example> <eve@evil.example>",
    ):
        headers = [("From", sender), *common()[1:]]
        found = read(mail(headers, "x"), Envelope(proofs={"dkim": "customer.example"}))
        assert not found.is_verified, sender
    twice = [("From", "grace@customer.example"), ("From", "eve@evil.example"), *common()[1:]]
    assert not read(mail(twice, "x"), Envelope(proofs={"dkim": "customer.example"})).is_verified


OURS = "mx.stoa.example"
FAILED = f"{OURS}; spf=fail smtp.mailfrom=customer.example; dmarc=fail header.from=customer.example"


@pytest.mark.parametrize(
    ("said", "proofs", "expected"),
    [
        (FAILED, {}, True),
        (f"{OURS}; dkim=pass header.d=evil.example; dmarc=fail (p=REJECT)", {}, True),
        # A forwarder breaks SPF; the signature of the author's domain is whole.
        (f"{FAILED}; dkim=pass header.d=customer.example", {}, False),
        (FAILED, {"dkim": "customer.example"}, False),
        (FAILED, {"dkim": "evil.example"}, True),
        # Without a word of DMARC nothing is refuted.
        (f"{OURS}; spf=fail smtp.mailfrom=customer.example; dkim=fail", {}, False),
        (f"{OURS}; dmarc=none", {}, False),
        (f"{OURS}; dmarc=temperror", {}, False),
        # Anybody can write what another server's word would be.
        (FAILED.replace(OURS, "mx.evil.example"), {}, False),
    ],
)
def test_a_sender_is_refuted_by_a_check_that_is_believed(
    said: str, proofs: dict[str, str], expected: bool
) -> None:
    headers = [("Authentication-Results", said), *common()]
    found = read(mail(headers, "x"), Envelope(proofs=proofs))
    assert found.is_refuted is expected
    assert found.card is not None
    assert ("sender_refuted" in found.card.notes) is expected
    assert not (found.is_refuted and found.is_verified)


def test_gives_a_name_that_fits_to_a_mail_whose_own_does_not() -> None:
    letters = "".join(chr(0x3B1 + at % 24) + chr(0x4E00 + at * 7) for at in range(440))
    headers = [(key, value) for key, value in common() if key != "Message-ID"]
    found = read(mail([*headers, ("Message-ID", f"<{letters}@x>")], "hello")).name
    assert len(found.encode()) < 1_000
    assert found.endswith("@no-message-id.invalid>")
