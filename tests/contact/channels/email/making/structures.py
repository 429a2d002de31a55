"""Cases: parts, alphabets, files, and what is broken."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from tests.contact.channels.email.making.mails import common, mail, multipart, part, whole, word
from tests.contact.channels.email.making.tnef import winmail
from tests.contact.channels.email.making.words import WORDS

Case = tuple[str, bytes, dict[str, Any]]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f"
    "00010501012718e3660000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def cases() -> Iterator[Case]:
    yield from _alphabets()
    yield from _files()
    yield from _calendars()
    yield from _broken()


def _message(**expected: Any) -> dict[str, Any]:
    return {"kind": "message", **expected}


def _alphabets() -> Iterator[Case]:
    polish, greek = "Zażółć gęślą jaźń, proszę.", "Καλημέρα, πόσο κάνει το μπλε;"
    named = {
        "cp1250-pl": (polish, "windows-1250", "windows-1250"),
        "latin2-pl": (polish, "iso-8859-2", "iso-8859-2"),
        "greek-el": (greek, "iso-8859-7", "iso-8859-7"),
        "cp1253-el": (greek, "windows-1253", "windows-1253"),
        "utf16-el": (greek, "utf-16", "utf-16"),
        "utf7-de": ("Größe über 40, bitte.", "utf-7", "utf-7"),
        "latin1-is-windows-it": ("Perché costa 10 €?", "windows-1252", "iso-8859-1"),
        "unknown-8bit-pl": (polish, "utf-8", "unknown-8bit"),
        "ascii-is-utf8-el": (greek, "utf-8", "us-ascii"),
        "none-utf8-pl": (polish, "utf-8", ""),
    }
    for name, (said, written, declared) in named.items():
        kind = f'text/plain; charset="{declared}"' if declared else "text/plain"
        content = part(kind, said.encode(written), charset=None, encoding="base64")
        yield f"alphabet-{name}", whole(common(), content), _message(text=said, notes=[])
    guessed = {
        "cp1250-undeclared-pl": (f"{polish} Chciałabym odesłać książkę.", "cp1250", ""),
        "cp1253-undeclared-el": (f"{greek} Θέλω να επιστρέψω το δέμα.", "cp1253", "x-nonsense"),
        "cp1250-says-utf8-pl": (f"{polish} Chciałabym odesłać książkę.", "cp1250", "utf-8"),
    }
    for name, (said, written, declared) in guessed.items():
        kind = f'text/plain; charset="{declared}"' if declared else "text/plain"
        content = part(kind, said.encode(written), charset=None, encoding="base64")
        yield (
            f"alphabet-{name}",
            whole(common(), content),
            _message(text=said, notes=["charset_guessed"]),
        )
    html = f'<html><head><meta charset="iso-8859-2"></head><body><p>{polish}</p></body></html>'
    content = part("text/html", html.encode("iso-8859-2"), charset=None, encoding="8bit")
    yield "alphabet-in-html-pl", whole(common(), content), _message(text=polish)
    headers = [
        ("From", "=?iso-8859-7?B?xN7s5/Tx4Q==?= <dimitra@pelatis.example>"),
        (
            "Subject",
            "=?utf-8?B?zqDPjA==?= =?utf-8?B?z4TOtQ==?= =?utf-8?Q?_=CF=86=CE=B5=CF=8D=CE=B3?=",
        ),
        ("Message-ID", "<2@pelatis.example>"),
    ]
    yield (
        "headers-encoded-el",
        mail(headers, "Γεια"),
        _message(subject="Πότε φεύγ", sender_name="Δήμητρα", text="Γεια"),
    )
    raw = b"From: Za\xbfaneta <a@b.example>\r\nSubject: "
    raw += b"Za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1 ja\xbc\xf1\r\n\r\nx"
    yield "headers-8bit-pl", raw, _message(text="x", sender="a@b.example")


def _files() -> Iterator[Case]:
    picture = part(
        "image/png",
        PNG,
        charset=None,
        encoding="base64",
        extra="Content-ID: <p1@x>\nContent-Disposition: inline; filename=kettle.png\n",
    )
    html = part("text/html", '<p>Like this:</p><img src="cid:p1@x"><p>Please.</p>')
    yield (
        "inline-picture-en",
        whole(common(), multipart("related", [html, picture])),
        _message(text="Like this:\n\nPlease.", files=["kettle.png"], content_ids=["p1@x"]),
    )
    names = {
        "rfc2231-el": ("filename*="
            "utf-8''%CE%A4%CE%B9%CE%BC%CE%BF%CE%BB%CF%8C%CE%B3%CE%B9%CE%BF.pdf",
                       "Τιμολόγιο.pdf"),
        "rfc2231-parts-pl": ("filename*0*=utf-8''Faktura%20;\n filename*1*=za%C5%BC%C3%B3%C5%82;\n"
                             " filename*2=.pdf", "Faktura zażół.pdf"),
        "encoded-word-de": ('filename="=?utf-8?Q?R=C3=BCckgabe.pdf?="', "Rückgabe.pdf"),
        "path-en": ('filename="../../etc/passwd.pdf"', "passwd.pdf"),
        "windows-path-en": ('filename="C:\\\\Users\\\\me\\\\a.pdf"', "a.pdf"),
        "torn-it": ('filename="ricevuta.pdf', "ricevuta.pdf"),
        "none-en": ("x=y", "1.pdf"),
        "turned-en": ('filename="=?utf-8?Q?invoice=E2=80=AEfdp.exe?="', "invoice fdp.exe"),
    }  # fmt: skip
    for name, (written, expected) in names.items():
        pdf = part(
            "application/pdf",
            PDF,
            charset=None,
            encoding="base64",
            extra=f"Content-Disposition: attachment; {written}\n",
        )
        content = multipart("mixed", [part("text/plain", "here"), pdf])
        yield f"file-name-{name}", whole(common(), content), _message(text="here", files=[expected])
    inner = (
        b"From: shop@stoa.example\nSubject: Your order\nMessage-ID: <7@stoa.example>\n\nOn its way."
    )
    forwarded = b"Content-Type: message/rfc822\nContent-Disposition: attachment\n\n" + inner
    yield (
        "forwarded-as-file-en",
        whole(common(), multipart("mixed", [part("text/plain", "See this."), forwarded])),
        _message(text="See this.", files=["Your order.eml"], is_forwarded=True),
    )
    packed = winmail(
        text="Dear shop, the form.",
        files=[("Formular größe.pdf", "application/pdf", PDF)],
    )
    tnef = part("application/ms-tnef", packed, charset=None, encoding="base64",
                extra='Content-Disposition: attachment; filename="winmail.dat"\n')  # fmt: skip
    yield (
        "winmail-de",
        whole(common(), multipart("mixed", [part("text/plain", "Anbei."), tnef])),
        _message(text="Anbei.", files=["Formular größe.pdf"], notes=[]),
    )
    yield (
        "winmail-text-de",
        whole(common(), tnef),
        _message(text="Dear shop, the form.", files=["Formular größe.pdf"]),
    )
    torn = part("application/ms-tnef", packed[:20], charset=None, encoding="base64",
                extra='Content-Disposition: attachment; filename="winmail.dat"\n')  # fmt: skip
    yield (
        "winmail-torn-de",
        whole(common(), multipart("mixed", [part("text/plain", "Anbei."), torn])),
        _message(text="Anbei.", files=["winmail.dat"], notes=["winmail_unreadable"]),
    )
    uuencoded = "begin 644 note.txt\n#0V%T\n`\nend\n"
    old = part("application/octet-stream", uuencoded, charset=None, encoding="7bit",
               extra="").replace(b"Encoding: 7bit", b"Encoding: x-uuencode")  # fmt: skip
    yield (
        "uuencoded-en",
        whole(common(), multipart("mixed", [part("text/plain", "old"), old])),
        _message(text="old", files=["1.bin"], contents=["Cat"]),
    )
    yield (
        "only-a-file-pl",
        whole(
            common(WORDS["pl"]),
            part("image/png", PNG, charset=None, encoding="base64",
                 extra='Content-Disposition: attachment; filename="czajnik.png"\n'),
        ),
        _message(text="", files=["czajnik.png"]),
    )  # fmt: skip
    encrypted = multipart(
        'encrypted; protocol="application/pgp-encrypted"',
        [
            part("application/pgp-encrypted", "Version: 1", charset=None, encoding="7bit"),
            part("application/octet-stream", "-----BEGIN PGP MESSAGE-----", charset=None,
                 encoding="7bit", extra='Content-Disposition: inline; filename="encrypted.asc"\n'),
        ],
    )  # fmt: skip
    yield "encrypted-de", whole(common(), encrypted), _message(text="", notes=["encrypted"])
    signed = multipart(
        'signed; protocol="application/pgp-signature"; micalg=pgp-sha256',
        [
            part("text/plain", "Signed."),
            part("application/pgp-signature", "-----BEGIN PGP SIGNATURE-----", charset=None,
                 encoding="7bit"),
        ],
    )  # fmt: skip
    yield "signed-de", whole(common(), signed), _message(text="Signed.", files=[], notes=[])


def calendar(method: str, title: str) -> str:
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//\r\nMETHOD:{method}\r\nBEGIN:VTIMEZONE\r\n"
        "TZID:Europe/Warsaw\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\n"
        "TZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1@x\r\n"
        "DTSTAMP:20261101T100000Z\r\nDTSTART;TZID=Europe/Warsaw:20261109T140000\r\n"
        f"DTEND;TZID=Europe/Warsaw:20261109T143000\r\nSUMMARY:{title}\r\nLOCATION:Kraków\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def _calendars() -> Iterator[Case]:
    ics = calendar("REQUEST", "Pomiar kuchni")
    shown = part("text/calendar; method=REQUEST", ics, encoding="base64")
    attached = (
        b'Content-Type: application/ics; name="invite.ics"\nContent-Transfer-Encoding: base64\n'
        b'Content-Disposition: attachment; filename="invite.ics"\n\n' + b64encode(ics.encode())
    )
    inner = multipart("alternative", [part("text/plain", "Zapraszam."), shown], "=_b2")
    yield (
        "invitation-pl",
        whole(common(WORDS["pl"]), multipart("mixed", [inner, attached])),
        _message(
            text="Zapraszam.",
            files=["1.ics"],
            invitation={
                "method": "request",
                "title": "Pomiar kuchni",
                "starts_at": "2026-11-09T13:00:00Z",
                "ends_at": "2026-11-09T13:30:00Z",
                "location": "Kraków",
            },
        ),
    )
    broken = part("text/calendar", "BEGIN:VCALENDAR\nnonsense", encoding="7bit")
    yield (
        "invitation-broken-it",
        whole(common(), multipart("mixed", [part("text/plain", "Invito"), broken])),
        _message(text="Invito", files=["1.ics"], notes=["calendar_unreadable"]),
    )


def _broken() -> Iterator[Case]:
    yield "empty-en", whole(common(), b"\n"), _message(text="", files=[])
    yield (
        "html-only-el",
        whole(
            common(WORDS["el"]), part("text/html", "<p>Καλημέρα&nbsp;σας</p><ul><li>μπλε</li></ul>")
        ),
        _message(text="Καλημέρα σας\n\n* μπλε", has_html=True),
    )
    torn = (
        b'Content-Type: multipart/mixed; boundary="=_x"\n\n--=_x\nContent-Type: text/plain\n\nhalf'
    )
    yield "no-closing-boundary-en", whole(common(), torn), _message(text="half")
    missing = b'Content-Type: multipart/mixed; boundary="=_x"\n\njust text'
    yield (
        "no-boundary-en",
        whole(common(), missing),
        _message(text="just text", notes=["malformed"]),
    )
    deep = b"".join(
        f'Content-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n'.encode() for at in range(60)
    )
    yield (
        "too-deep-en",
        whole(common(), deep + b"\nx"),
        {"kind": "unreadable", "reason": "too_deep"},
    )
    parts = [part("text/plain", "x", encoding="7bit")] * 1_100
    yield (
        "too-many-parts-en",
        whole(common(), multipart("mixed", parts)),
        {"kind": "unreadable", "reason": "too_many_parts"},
    )
    people = ",\n ".join(f"Person {at} <p{at}@example.org>" for at in range(1_000))
    headers = [(name, people if name == "To" else value) for name, value in common()]
    yield (
        "thousand-recipients-en",
        mail(headers, "hello"),
        _message(text="hello", recipient_count=1_000, to_count=50, notes=["recipients_left_out"]),
    )
    yield "garbage-en", bytes(range(256)) * 4, {"kind": "unreadable", "reason": "not_a_mail"}
    yield (
        "no-sender-en",
        mail([("To", "shop@stoa.example"), ("Subject", "x")], "x"),
        {"kind": "unreadable", "reason": "no_sender"},
    )
    nul = [("From", "a\x00@b.example"), ("Subject", "nul\x00 here")]
    yield (
        "nul-en",
        mail(nul, "te\x00xt"),
        _message(text="text", subject="nul here", sender="a@b.example"),
    )
    injected = [("From", "a@b.example"), ("Subject", "=?utf-8?Q?hi=0D=0ABcc:_x@y.example?=")]
    yield "injected-en", mail(injected, "x"), _message(subject="hi Bcc: x@y.example", text="x")
    yield (
        "no-message-id-en",
        whole(common(message_id=None), part("text/plain", "x")),
        _message(text="x", name_ends="@no-message-id.invalid>"),
    )
    flowed = "This is one long \nline.\n> quoted \n> line\n\n-- \nme\n"
    yield (
        "flowed-en",
        whole(common(), part("text/plain; format=flowed", flowed)),
        _message(text="This is one long line.\n> quoted line"),
    )
    long = "x" * 99 + "\n"
    yield (
        "very-long-en",
        whole(common(), part("text/plain", long * 2_000, encoding="7bit")),
        _message(notes=["text_cut"], text_length=100_000),
    )
    glued = (
        b64encode("Dzień dobry, proszę o fakturę.".encode() + b"!")
        + b"\n-- \nSent by a virus scanner"
    )
    yield (
        "base64-with-footer-pl",
        whole(
            common(),
            b"Content-Type: text/plain; charset=utf-8\n"
 b"Content-Transfer-Encoding: base64\n\n" + glued,
        ),
        _message(starts="Dzień dobry, proszę o fakturę.!"),
    )  # fmt: skip
    poor = multipart("alternative", [
        part("text/plain", "Your mail program does not support HTML."),
        part("text/html", "<p>Dov'è il mio pacco?</p>"),
    ])  # fmt: skip
    yield "poor-plain-it", whole(common(WORDS["it"]), poor), _message(text="Dov'è il mio pacco?")
    partial = (
        'Content-Type: message/partial; id="1@x"; number=1; total=2\n\nSubject: x\n\nbeginning'
    )
    yield "partial-en", whole(common(), partial.encode()), _message(notes=["partial"])
    link = '<p>Is <a href="https://shop.example/kettle-blue">this one</a> still there?</p>'
    yield (
        "link-en",
        whole(common(), part("text/html", link)),
        _message(text="Is this one <https://shop.example/kettle-blue> still there?"),
    )
    word_made = "".join(
        f'<p class="MsoNormal">{line}<o:p></o:p></p>'
        for line in ("Guten Tag,", "<o:p>&nbsp;</o:p>", "wo ist mein Paket?", "Grüße", "Jörg")
    )
    yield (
        "lines-of-outlook-de",
        whole(common(WORDS["de"]), part("text/html", f"<html><body>{word_made}</body></html>")),
        _message(text="Guten Tag,\n\nwo ist mein Paket?\nGrüße\nJörg"),
    )
    form = [
        ("From", "Stoa <shop@stoa.example>"),
        ("Reply-To", f"{word('Łucja')} <l@klient.example>"),
        ("To", "shop@stoa.example"),
        ("Subject", "Formularz"),
        ("Message-ID", "<f@stoa.example>"),
    ]
    yield (
        "contact-form-pl",
        mail(form, "Proszę o kontakt"),
        _message(sender="l@klient.example", sender_name="Łucja", is_verified=False),
    )
    yield (
        "reply-to-elsewhere-en",
        mail([*common(), ("Reply-To", "other@elsewhere.example")], "x"),
        _message(sender="grace@customer.example", notes=["reply_to_differs"]),
    )
