"""Cases: what a careless stranger's program writes, and what only looks like a machine's."""

from collections.abc import Iterator
from typing import Any

from tests.contact.channels.email.making.mails import common, mail, new_mail, part, whole, word
from tests.contact.channels.email.making.words import SHOP_ADDRESS, WORDS

Case = tuple[str, bytes, dict[str, Any]]
OURS = "<5f0c2f1e-9a52-4a4e-8f7e-000000000001@stoa.example>"
SAID = "Your parcel has left today and will arrive tomorrow."


def cases() -> Iterator[Case]:
    yield from _on_one_line()
    yield from _forms()
    yield from _people_who_look_like_machines()
    yield from _machines_that_look_like_people()
    yield from _armour()


def _on_one_line() -> Iterator[Case]:
    """Programs for phones that break no line between an introduction and what follows."""
    yahoo = {
        "en": ("Thanks", "On Mon, 2 Nov 2026 at 9:58, Stoa<shop@stoa.example> wrote:"),
        "pl": (
            "Dzięki",
            "W dniu pon., 2 lis 2026 o 9:58 Stoa<shop@stoa.example> napisał(a):",
        ),
        "de": ("Danke", "Am Mo., 2. Nov. 2026 um 9:58, Stoa<shop@stoa.example> schrieb:"),
        "it": ("Grazie", "Il lun, 2 nov 2026 alle 9:58, Stoa<shop@stoa.example> ha scritto:"),
        "el": (
            "Ευχαριστώ",
            "Στις Δευ, 2 Νοε 2026 στις 9:58, ο χρήστης Stoa<shop@stoa.example> έγραψε:",
        ),
    }
    for tag, (own, intro) in yahoo.items():
        yield from _answered(f"yahoo-phone-{tag}", tag, own, f"  {intro}   {SAID}\n\nStoa\n")
    samsung = {
        "en": ("Thanks", "Original message", "From", "Date", "To", "Subject"),
        "pl": ("Dzięki", "Oryginalna wiadomość", "Od", "Data", "Do", "Temat"),
        "de": ("Danke", "Ursprüngliche Nachricht", "Von", "Datum", "An", "Betreff"),
        "it": ("Grazie", "Messaggio originale", "Da", "Data", "A", "Oggetto"),
        "el": ("Ευχαριστώ", "Αρχικό μήνυμα", "Από", "Ημερομηνία", "Προς", "Θέμα"),
    }
    for tag, (own, title, sender, date, to, subject) in samsung.items():
        below = (
            f"-------- {title} --------{sender}: Stoa <shop@stoa.example> {date}: 02.11.26  09:58 "
            f"(GMT+01:00) {to}: {WORDS[tag].address} {subject}: 1001 \n{SAID}\n"
        )
        yield from _answered(f"samsung-phone-{tag}", tag, own, below)
    below = (
        "*Temat:* 1001\n*Data:* 2026-11-02 9:58\n*Nadawca:* Stoa <shop@stoa.example>\n"
        f"*Adresat:* {WORDS['pl'].address};\n\n> {SAID}\n"
    )
    yield from _answered("subject-first-pl", "pl", "Dzięki", below)
    below = f"Get BlueMail for Android\nOn 2 Nov 2026, Stoa <shop@stoa.example> wrote:\n> {SAID}\n"
    yield from _answered("bluemail-en", "en", "Thanks", below)


def _answered(name: str, tag: str, own: str, below: str) -> Iterator[Case]:
    headers = common(WORDS[tag], subject="Re: 1001", answers="<7@stoa.example>")
    content = whole(headers, part("text/plain", f"{own}\n\n{below}"))
    yield name, content, {"kind": "message", "text": own, "has_quote": True}


def _forms() -> Iterator[Case]:
    """A shop's own page writes for whoever filled in the form."""
    for name, sender in {
        "noreply": f"Sklep <noreply@{SHOP_ADDRESS.partition('@')[2]}>",
        "wordpress": f"WordPress <wordpress@www.{SHOP_ADDRESS.partition('@')[2]}>",
    }.items():
        headers = [
            ("From", sender),
            ("To", SHOP_ADDRESS),
            ("Reply-To", "Anna <anna@customer.example>"),
            ("Subject", "Formularz kontaktowy"),
            ("Message-ID", "<f1@www.stoa.example>"),
            ("Auto-Submitted", "auto-generated"),
        ]
        yield (
            f"form-{name}-pl",
            mail(headers, "Where is my parcel?"),
            {
                "kind": "message",
                "text": "Where is my parcel?",
                "sender": "anna@customer.example",
                "is_automatic": False,
                "is_verified": False,
            },
        )
    headers = [
        ("From", "noreply@elsewhere.example"),
        ("To", SHOP_ADDRESS),
        ("Reply-To", "Anna <anna@customer.example>"),
        ("Subject", "News"),
        ("Message-ID", "<n1@elsewhere.example>"),
    ]
    expected = {"kind": "message", "sender": "noreply@elsewhere.example", "is_automatic": True}
    yield "form-of-somebody-else-en", mail(headers, "News"), expected


def _people_who_look_like_machines() -> Iterator[Case]:
    """Somebody who writes of a delivery that failed is no bounce."""
    text = "My parcel did not come, please send it again."
    headers = [
        ("From", "Luca <postmaster@rossi.example>"),
        ("To", SHOP_ADDRESS),
        ("Subject", "Delivery problem"),
        ("Message-ID", "<p1@rossi.example>"),
    ]
    yield "person-at-postmaster-it", mail(headers, text), {"kind": "message", "text": text}
    content = mail(common(subject="Delivery failed", extra=[("X-Failed-Recipients", "x")]), text)
    yield "person-with-old-header-en", content, {"kind": "message", "text": text}


def _machines_that_look_like_people() -> Iterator[Case]:
    for tag, subject in {
        "pl": "Nieobecność: Re: Zamówienie 1001",
        "de": "Urlaubsabwesenheit",
        "en": "[Auto-Reply] Order 1001",
    }.items():
        content = new_mail(WORDS[tag], "I am away.", subject=word(subject))
        yield f"away-by-subject-{tag}", content, {"kind": "message", "is_automatic": True}
    text = (
        "This message was created automatically by mail delivery software.\n\n"
        "  grace@customer.example\n"
        "    host mx.customer.example [10.5.1.1]\n"
        "    refused to talk to 185.5.1.1 and gave up: connection timed out\n\n"
        f"------ This is a copy of the message. ------\n\nMessage-ID: {OURS}\n"
    )
    headers = [
        ("Return-Path", "<>"),
        ("From", "Mail Delivery System <Mailer-Daemon@mx.example>"),
        ("To", SHOP_ADDRESS),
        ("Subject", "Mail delivery failed: returning message to sender"),
        ("Date", "Mon, 2 Nov 2026 11:12:13 +0100"),
        ("X-Failed-Recipients", "grace@customer.example"),
    ]
    expected = {"kind": "report", "name": OURS, "code": "", "is_point_dead": False}
    yield "bounce-with-addresses-of-hosts-en", mail(headers, text), expected


def _armour() -> Iterator[Case]:
    """OpenPGP in the text itself."""
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nPlease cancel:\n- - order 1001\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----\n"
    )
    expected: dict[str, Any] = {"kind": "message", "text": "Please cancel:\n- order 1001"}
    yield "pgp-in-text-signed-en", new_mail(WORDS["en"], signed, subject="Order"), expected
    sealed = "-----BEGIN PGP MESSAGE-----\n\nhQEMA5\n=abcd\n-----END PGP MESSAGE-----\n"
    expected = {"kind": "message", "notes": ["encrypted"]}
    yield "pgp-in-text-sealed-en", new_mail(WORDS["en"], sealed, subject="Order"), expected
