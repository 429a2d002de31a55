"""Cases: what servers and programs say by themselves, and who a mail is from."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.contact.channels.email.making.mails import common, mail, multipart, part, whole, word
from tests.contact.channels.email.making.words import SHOP_ADDRESS, WORDS

Case = tuple[str, bytes, dict[str, Any]]
OURS = "<5f0c2f1e-9a52-4a4e-8f7e-000000000001@stoa.example>"
DELIVERY = "5f0c2f1e-9a52-4a4e-8f7e-000000000001"


def cases() -> Iterator[Case]:
    yield from _reports()
    yield from _bounces()
    yield from _certified()
    yield from _automatic()
    yield from _proofs()


def _report(**expected: Any) -> dict[str, Any]:
    return {"kind": "report", **expected}


def _dsn(
    action: str,
    status: str,
    *,
    diagnosis: str = "",
    returned: str | None = OURS,
    envelope_id: str = "",
    subject: str = "Undelivered Mail Returned to Sender",
    said: str = "This is the mail system at host mx.customer.example.",
    sender: str = "MAILER-DAEMON@mx.customer.example",
    returned_type: str = "message/rfc822",
) -> bytes:
    about = f"Reporting-MTA: dns; mx.customer.example\n{envelope_id}"
    recipient = (
        f"Final-Recipient: rfc822; grace@customer.example\nAction: {action}\nStatus: {status}\n"
        + (f"Diagnostic-Code: smtp; {diagnosis}\n" if diagnosis else "")
    )
    parts = [
        part("text/plain", said),
        f"Content-Type: message/delivery-status\n\n{about}\n{recipient}".encode(),
    ]
    if returned:
        copy = f"From: Stoa <{SHOP_ADDRESS}>\nSubject: x\nMessage-ID: {returned}\n\nHello\n"
        parts.append(f"Content-Type: {returned_type}\n\n{copy}".encode())
    headers = [
        ("Return-Path", "<>"),
        ("From", f"Mail Delivery System <{sender}>"),
        ("To", SHOP_ADDRESS),
        ("Subject", word(subject)),
        ("Date", "Mon, 2 Nov 2026 11:12:13 +0100"),
        ("Message-ID", "<dsn@mx.customer.example>"),
        ("Auto-Submitted", "auto-replied"),
    ]
    return whole(headers, multipart("report; report-type=delivery-status", parts))


def _reports() -> Iterator[Case]:
    dead = _report(name=OURS, state="failed", is_permanent=True, code="5.1.1", is_point_dead=True)
    yield "dsn-postfix-en", _dsn("failed", "5.1.1", diagnosis="550 5.1.1 User unknown"), dead
    yield (
        "dsn-headers-only-en",
        _dsn("failed", "5.1.1", returned_type="text/rfc822-headers"),
        dead,
    )
    yield (
        "dsn-full-mailbox-de",
        _dsn("failed", "5.2.2", diagnosis="552 5.2.2 Mailbox voll", subject="Unzustellbar: x"),
        _report(
            code="5.2.2", is_point_dead=False, is_permanent=True, text="552 5.2.2 Mailbox voll"
        ),
    )
    yield (
        "dsn-given-up-en",
        _dsn("failed", "4.4.1", diagnosis="connect: Connection timed out"),
        _report(state="failed", code="4.4.1", is_permanent=True, is_point_dead=False),
    )
    yield (
        "dsn-better-code-it",
        _dsn("failed", "5.0.0", diagnosis="550 5.1.1 sconosciuto", subject="Mancata consegna"),
        dead,
    )
    yield (
        "dsn-delivered-en",
        _dsn("delivered", "2.0.0", subject="Successful Mail Delivery Report"),
        _report(name=OURS, state="delivered", code="2.0.0"),
    )
    yield (
        "dsn-relayed-by-envelope-en",
        _dsn("relayed", "2.0.0", returned=None, envelope_id=f"Original-Envelope-Id: {DELIVERY}\n"),
        _report(name=DELIVERY, state="delivered"),
    )
    yield (
        "dsn-delayed-en",
        _dsn("delayed", "4.4.1", subject="Delayed Mail (still being retried)"),
        {"kind": "nothing", "reason": "delay_notice"},
    )
    yield (
        "dsn-foreign-en",
        _dsn("failed", "5.1.1", returned=None),
        {"kind": "nothing", "reason": "foreign_report"},
    )
    receipt = multipart("report; report-type=disposition-notification", [
        part("text/plain", "Your message was displayed."),
        b"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; g@c.example\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\n",
    ])  # fmt: skip
    yield "mdn-en", whole(common(), receipt), {"kind": "nothing", "reason": "read_receipt"}
    yield (
        "dsn-exchange-el",
        _dsn("failed", "5.1.10", diagnosis="550 5.1.10 RESOLVER.ADR.RecipientNotFound",
             subject="Αδύνατη η παράδοση: x", sender="postmaster@customer.example",
             said="Δεν ήταν δυνατή η παράδοση του μηνύματός σας."),
        _report(name=OURS, code="5.1.10", is_point_dead=True),
    )  # fmt: skip


def _bounce(headers: Sequence[tuple[str, str]], said: str) -> bytes:
    return mail([("Return-Path", "<>"), *headers, ("To", SHOP_ADDRESS)], said)


def _bounces() -> Iterator[Case]:
    copy = (
        f"Return-Path: <{SHOP_ADDRESS}>\nMessage-ID: {OURS}\nFrom: Stoa <{SHOP_ADDRESS}>\n\nHello\n"
    )
    yield (
        "bounce-qmail-en",
        _bounce(
            [("From", "MAILER-DAEMON@old.example"), ("Subject", "failure notice")],
            "Hi. This is the qmail-send program at old.example.\nI'm afraid I wasn't able to "
            "deliver your message.\n\n<grace@customer.example>:\nSorry, no mailbox here by that "
            f"name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{copy}",
        ),
        _report(name=OURS, state="failed", code="5.1.1", is_point_dead=True),
    )
    yield (
        "bounce-exim-en",
        _bounce(
            [
                ("X-Failed-Recipients", "grace@customer.example"),
                ("From", "Mail Delivery System <Mailer-Daemon@exim.example>"),
                ("Subject", "Mail delivery failed: returning message to sender"),
            ],
            "A message that you sent could not be delivered.\n\n  grace@customer.example\n"
            "    all relevant MX records point to non-existent hosts: Unrouteable address\n\n"
            f"------ This is a copy of the message, including all the headers. ------\n\n{copy}",
        ),
        _report(name=OURS, code="5.1.1", is_point_dead=True),
    )
    yield (
        "bounce-gmail-pl",
        _bounce(
            [
                ("From", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"),
                ("Subject", "Delivery Status Notification (Failure)"),
                ("In-Reply-To", OURS),
                ("References", OURS),
            ],
            "** Nie znaleziono adresu **\n\nTwoja wiadomość nie została dostarczona na adres "
            "zaneta@klient.example.\n\n550 5.1.1 The email account that you tried to reach does "
            "not exist.\n",
        ),
        _report(name=OURS, code="5.1.1", is_point_dead=True),
    )
    yield (
        "bounce-quota-de",
        _bounce(
            [("From", "Mail Administrator <postmaster@old.example>"),
             ("Subject", "Mail System Error - Returned Mail")],
            f"The recipient's mailbox is full.\n\n{copy}",
        ),
        _report(name=OURS, code="5.2.2", is_point_dead=False),
    )  # fmt: skip
    yield (
        "bounce-warning-en",
        _bounce(
            [("From", "MAILER-DAEMON@old.example"),
             ("Subject", "Warning: could not send message for past 4 hours")],
            f"The message will be retried.\n\n{copy}",
        ),
        {"kind": "nothing", "reason": "delay_notice"},
    )  # fmt: skip
    yield (
        "asks-about-delivery-en",
        mail(common(subject="Delivery failed again?"), "Nobody rang."),
        {"kind": "message", "text": "Nobody rang.", "is_automatic": False},
    )


def _certified() -> Iterator[Case]:
    """As a provider of Italian certified mail (PEC) writes."""
    words = WORDS["it"]
    inner = b"".join(f"{name}: {value}\n".encode() for name, value in common(words))
    inner += part("text/plain", "Chiedo il recesso.")
    wrapped = (
        b"Content-Type: message/rfc822; name=postacert.eml\n"
        b'Content-Disposition: inline; filename="postacert.eml"\n\n' + inner
    )
    said = part("text/plain", "Il messaggio originale è incluso in allegato.")
    outer = [
        ("X-Trasporto", "posta-certificata"),
        ("From", f'"Per conto di: {words.address}" <posta-certificata@pec.provider.example>'),
        ("Reply-To", words.address),
        ("To", SHOP_ADDRESS),
        ("Subject", "POSTA CERTIFICATA: recesso"),
        ("Message-ID", "<opec1@pec.provider.example>"),
    ]
    yield (
        "certified-it",
        whole(outer, multipart("mixed", [said, wrapped])),
        {
            "kind": "message",
            "text": "Chiedo il recesso.",
            "sender": words.address,
            "sender_name": words.name,
            "subject": words.subject,
            "name": "<1@customer.example>",
            "is_verified": False,
            "is_automatic": False,
            "notes": [],
        },
    )
    kinds: dict[str, dict[str, Any]] = {
        "avvenuta-consegna": _report(name=OURS, state="delivered"),
        "errore-consegna": _report(name=OURS, state="failed", is_point_dead=False),
        "accettazione": {"kind": "nothing", "reason": "under_way"},
    }
    for kind, expected in kinds.items():
        headers = [
            ("X-Ricevuta", kind),
            ("X-Riferimento-Message-ID", OURS),
            ("From", "posta-certificata@pec.provider.example"),
            ("Subject", f"{kind.upper()}: x"),
        ]
        yield f"certified-{kind}-it", mail(headers, "Ricevuta"), expected


def _automatic() -> Iterator[Case]:
    subjects = {
        "en": "Automatic reply: Your order 1042",
        "pl": "Automatyczna odpowiedź: Twoje zamówienie 1042",
        "de": "Abwesenheitsnotiz: Ihre Bestellung 1042",
        "it": "Risposta automatica: Il tuo ordine 1042",
        "el": "Αυτόματη απάντηση: Η παραγγελία σας 1042",
    }
    for tag, subject in subjects.items():
        headers = common(WORDS[tag], subject=subject)
        yield f"automatic-subject-{tag}", mail(headers, "..."), _automatic_is(True)
    marks = {
        "submitted": ("Auto-Submitted", "auto-replied (vacation)"),
        "precedence": ("Precedence", "bulk"),
        "list": ("List-Id", "News <news.example.org>"),
        "autoreply": ("X-Autoreply", "yes"),
        "null-sender": ("Return-Path", "<>"),
    }
    for name, mark in marks.items():
        content = mail(common(extra=[mark]), "I am away.")
        yield f"automatic-{name}-en", content, _automatic_is(True)
    not_marks = {
        "submitted-no": ("Auto-Submitted", "no"),
        "suppress": ("X-Auto-Response-Suppress", "DR, OOF, AutoReply"),
    }
    for name, mark in not_marks.items():
        yield f"written-{name}-en", mail(common(extra=[mark]), "Me."), _automatic_is(False)
    group = [
        ("Precedence", "list"),
        ("List-Id", "<shop.stoa.example>"),
        ("List-Unsubscribe", "<mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>"),
    ]
    yield "written-to-own-group-en", mail(common(extra=group), "Me."), _automatic_is(False)
    rewritten = [
        ("From", "'Grace Customer' via Shop <shop@stoa.example>"),
        ("Reply-To", "Grace Customer <grace@customer.example>"),
        *group,
        *common()[1:],
    ]
    yield (
        "written-by-own-group-en",
        mail(rewritten, "Me."),
        {**_automatic_is(False), "sender": "grace@customer.example", "is_verified": False},
    )
    own = [
        ("From", f"Stoa <{SHOP_ADDRESS}>"),
        ("To", "news@list.example"),
        ("Subject", "x"),
        ("Message-ID", OURS),
        ("X-Stoa-Delivery", DELIVERY),
    ]
    yield "own-mail-en", mail(own, "Hello"), {"kind": "nothing", "reason": "own_mail"}
    relabelled = [("From", "list@list.example"), *own[1:]]
    yield "own-mail-by-list-en", mail(relabelled, "x"), {"kind": "nothing", "reason": "own_mail"}
    theirs = common(extra=[("X-Stoa-Delivery", DELIVERY)])
    yield "other-shop-en", mail(theirs, "We are a shop, too."), _automatic_is(False)


def _automatic_is(value: bool) -> dict[str, Any]:
    return {"kind": "message", "is_automatic": value}


def _proofs() -> Iterator[Case]:
    good = "mx.stoa.example; dmarc=pass (p=reject) header.from=customer.example"
    received = (
        "from mail.customer.example by mx.stoa.example with ESMTPS; Mon, 2 Nov 2026 10:12:14 +0000"
    )
    outside = "from pc by mail.customer.example; Mon, 2 Nov 2026 10:12:13 +0000"
    ar = "Authentication-Results"
    made: dict[str, tuple[bool, list[tuple[str, str]]]] = {
        "dmarc": (True, [(ar, good), ("Received", received)]),
        "below-own-received": (True, [("Received", received), (ar, good), ("Received", outside)]),
        "dkim-aligned": (
            True,
            [(ar, "mx.stoa.example; dkim=pass header.d=customer.example header.s=a; spf=none")],
        ),
        "spf-aligned": (
            True,
            [(ar, "mx.stoa.example 1; spf=pass smtp.mailfrom=bounce@customer.example")],
        ),
        "dkim-other-domain": (False, [(ar, "mx.stoa.example; dkim=pass header.d=mailer.example")]),
        "dmarc-fails": (
            False,
            [(ar, "mx.stoa.example; dkim=pass header.d=customer.example; dmarc=fail")],
        ),
        "other-server": (False, [(ar, good.replace("mx.stoa", "mx.evil"))]),
        "in-comment": (
            False,
            [(ar, "mx.stoa.example; spf=fail (x; dmarc=pass header.from=customer.example)")],
        ),
        "came-with-it": (False, [("Received", received), ("Received", outside), (ar, good)]),
        "below-a-true-one": (
            False,
            [(ar, "mx.stoa.example; dkim=none"), ("Received", received), (ar, good)],
        ),
        "look-alike-id": (False, [(ar, good.replace("mx.stoa", "mx.stoa.example.evil"))]),
        "in-quotes": (
            False,
            [(ar, 'mx.stoa.example; spf=fail reason="; dkim=pass header.d=customer.example"')],
        ),
    }
    for name, (is_verified, extra) in made.items():
        content = mail(common(extra=extra), "It is me.")
        expected = {"kind": "message", "is_verified": is_verified}
        yield f"proof-{name}-en", content, expected
    senders = {
        "two-senders": ("grace@customer.example, eve@evil.example", ["several_senders"]),
        "name-is-address": (
            '"boss@bank.example" <grace@customer.example>',
            ["sender_in_name"],
        ),
        "cyrillic": ("<gr\u0430ce@customer.example>", ["sender_lookalike"]),
        "two-brackets": ("<grace@customer.example> <eve@evil.example>", []),
        "comment": ("grace@customer.example (x) <eve@evil.example>", ["sender_in_name"]),
    }
    for name, (sender, notes) in senders.items():
        headers = [
            (key, sender if key == "From" else value) for key, value in common(extra=[(ar, good)])
        ]
        expected = {"kind": "message", "is_verified": False, "notes": notes}
        yield f"sender-{name}-en", mail(headers, "It is me."), expected
