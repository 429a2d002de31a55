"""Cases: what programs quote, in five languages."""

from collections.abc import Iterator
from typing import Any

from tests.contact.channels.email.making.mails import new_mail, reply
from tests.contact.channels.email.making.shapes import (
    FORWARDED,
    INTERLEAVED,
    REPLIES,
    header_lines,
    linked,
    ours_html,
    quoted,
    text,
)
from tests.contact.channels.email.making.words import SHOP, SHOP_ADDRESS, WORDS, Words

Case = tuple[str, bytes, dict[str, Any]]


def cases() -> Iterator[Case]:
    yield from _replies()
    yield from _interleaved()
    yield from _forwarded()
    yield from _webmail()
    yield from _careful()


def _replies() -> Iterator[Case]:
    for shape, make in REPLIES.items():
        for tag, words in WORDS.items():
            plain, html = make(words)
            subject = f"{words.reply_prefix}: {words.subject}"
            flowed = shape == "thunderbird"
            content = reply(words, plain, html, subject=subject, flowed=flowed)
            expected = {
                "kind": "message",
                "text": text(words.answer),
                "subject": subject,
                "sender": words.address,
                "sender_name": words.name,
                "answers": ["<7@stoa.example>", "<0@stoa.example>"],
                "has_quote": True,
                "is_forwarded": False,
                "is_automatic": False,
                "files": [],
                "notes": [],
            }
            yield f"reply-{shape}-{tag}", content, expected


def _interleaved() -> Iterator[Case]:
    for shape, make in INTERLEAVED.items():
        for tag, words in WORDS.items():
            content = reply(words, *make(words), subject=f"Re: {words.subject}")
            keeps = [words.answer[1], words.answer[2], f"> {words.ours[1]}"]
            yield f"{shape}-{tag}", content, {"kind": "message", "keeps": keeps}


def _forwarded() -> Iterator[Case]:
    for shape, make in FORWARDED.items():
        for tag, words in WORDS.items():
            subject = f"{words.forward_prefix}: {words.subject}"
            content = reply(words, *make(words), subject=subject)
            expected = {
                "kind": "message",
                "is_forwarded": True,
                "has_quote": False,
                "keeps": [words.answer[0].split("\n")[0], words.ours[1]],
            }
            yield f"{shape}-{tag}", content, expected


def _webmail() -> Iterator[Case]:
    pl, de, it, el = WORDS["pl"], WORDS["de"], WORDS["it"], WORDS["el"]
    made = {
        "roundcube-pl": (pl, *_roundcube(pl, f"W dniu 2026-11-02 10:11, {SHOP} napisał(a):")),
        "roundcube-de": (de, *_roundcube(de, f"Am 02.11.2026 10:11, schrieb {SHOP}:")),
        "roundcube-el": (el, *_roundcube(el, f"Στις 2026-11-02 10:11, {SHOP} έγραψε:")),
        "wp-pl": (pl, *_wp(pl)),
        "onet-pl": (pl, *_onet(pl)),
        "interia-pl": (pl, *_header_block(pl, "Od", "Do", "Wysłane", "Temat")),
        "gmx-de": (de, *_gmx(de)),
        "web-de-plain": (de, *_header_block(de, "Von", "An", "Gesendet", "Betreff")),
        "libero-it": (it, *_libero(it)),
        "tim-it": (it, *_header_block(it, "Da", "A", "Data", "Oggetto")),
        "proton-en": (WORDS["en"], *_proton(WORDS["en"])),
    }
    for name, (words, plain, html) in made.items():
        content = reply(words, plain, html, subject=f"Re: {words.subject}")
        expected = {"kind": "message", "text": text(words.answer), "has_quote": True}
        yield f"webmail-{name}", content, expected


def _roundcube(words: Words, intro: str) -> tuple[str, str]:
    plain = f"{text(words.answer)}\n\n{intro}\n{quoted(words.ours)}\n"
    html = (
        '<html><body style="font-size: 10pt">'
        + "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in words.answer)
        + f'<p id="reply-intro">{intro}</p><blockquote type="cite" style="padding: 0 0.4em; '
        f'border-left: #1010ff 2px solid; margin: 0">{ours_html(words)}</blockquote></body></html>'
    )
    return plain, html


def _wp(words: Words) -> tuple[str, str]:
    intro = f"Dnia 2 listopada 2026 10:11 {SHOP} <{SHOP_ADDRESS}> napisał(a):"
    return "", (
        "".join(f"<div>{part}</div><div>&nbsp;</div>" for part in words.answer)
        + f'<div>{linked(intro)}</div><blockquote style="margin:0 0 0 5px;padding:0 0 0 5px;'
        f'border-left:2px solid #1010ff">{ours_html(words)}</blockquote>'
    )


def _onet(words: Words) -> tuple[str, str]:
    intro = f"W dniu 2026-11-02 10:11:00 użytkownik {SHOP} <{SHOP_ADDRESS}> napisał:"
    return "", (
        "".join(f"<p>{part}</p>" for part in words.answer)
        + f"<p>{linked(intro)}</p><blockquote>{ours_html(words)}</blockquote>"
    )


def _gmx(words: Words) -> tuple[str, str]:
    return "", (
        '<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">'
        + "<div>&nbsp;</div>".join(
            f"<div>{part.replace(chr(10), '<br/>')}</div>" for part in words.answer
        )
        + '<div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px;'
        ' border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;'
        f"Montag, 02. November 2026 um 10:11 Uhr<br/><b>Von:</b>&nbsp;{SHOP} &lt;{SHOP_ADDRESS}&gt;"
        f"<br/><b>An:</b>&nbsp;{words.address}<br/><b>Betreff:</b>&nbsp;{words.subject}</div>"
        f'<div name="quoted-content">{ours_html(words)}</div></div></div></div></body></html>'
    )


def _libero(words: Words) -> tuple[str, str]:
    intro = f"Il 2 novembre 2026 alle 10.11 {SHOP} <{SHOP_ADDRESS}> ha scritto:"
    return "", (
        "<!DOCTYPE html><html><body>"
        + "".join(f"<p>{part}</p>" for part in words.answer)
        + f'<blockquote type="cite">{linked(intro)}<br>{ours_html(words)}</blockquote>'
        "</body></html>"
    )


def _proton(words: Words) -> tuple[str, str]:
    intro = f"On Monday, November 2nd, 2026 at 10:11, {SHOP} <{SHOP_ADDRESS}> wrote:"
    return "", (
        "".join(f"<div>{part}</div><div><br></div>" for part in words.answer)
        + f'<div class="protonmail_quote">{linked(intro)}<br><br>'
        f'<blockquote class="protonmail_quote" type="cite">{ours_html(words)}</blockquote></div>'
    )


def _header_block(words: Words, sender: str, to: str, sent: str, subject: str) -> tuple[str, str]:
    block = (
        f"{sender}: {SHOP} <{SHOP_ADDRESS}>\n{to}: {words.address}\n"
        f"{sent}: 2026-11-02 10:11\n{subject}: {words.subject}"
    )
    return f"{text(words.answer)}\n\n{block}\n\n{text(words.ours)}\n", ""


def _careful() -> Iterator[Case]:
    """Where a quote has to stay, or was never one."""
    en, pl, de, it, el = (WORDS[tag] for tag in ("en", "pl", "de", "it", "el"))
    parcel = "Von: Berlin\nAn: Warschau\nDatum: 2.11.2026\n\nWas kostet das?"
    yield "kept-parcel-de", reply(de, parcel, "", subject="Paket"), _whole(parcel)
    said = "W dniu 2.11.2026 o 10:11 kurier napisał:\nnikogo nie ma w domu.\nA ja byłam!"
    yield "kept-told-pl", reply(pl, said, "", subject="Paczka"), _whole(said)
    below = f"Siehe unten in rot.\n\n{header_lines(de)}\n\n{de.ours[1]} DEN BLAUEN!\n"
    yield "kept-see-below-de", reply(de, below, "", subject="AW: x"), _whole(below.strip())
    inside = f"{header_lines(en)}\n\n{en.ours[1]}\nThe blue one.\n"
    yield "kept-nothing-above-en", reply(en, inside, "", subject="Re: x"), _whole(inside.strip())
    dashes = "Il prezzo -- se ho capito --\nè 10 euro?\n--\nbasta così"
    yield (
        "kept-dashes-it",
        reply(it, dashes, "", subject="Prezzo"),
        _whole(dashes),
    )
    footer = "Καλημέρα,\nθέλω το μπλε.\n\n-- \nΔήμητρα Πελάτη\nτηλ. 210 0000000\n"
    yield (
        "signature-el",
        reply(el, footer, "", subject="Μπλε"),
        {"kind": "message", "text": "Καλημέρα,\nθέλω το μπλε."},
    )
    indented = (
        "<p>I copy from your site:</p><blockquote>Free returns within 30 days</blockquote>"
        "<p>Is that so?</p>"
    )
    yield (
        "kept-indented-en",
        reply(en, "", indented, subject="Returns"),
        {
            "kind": "message",
            "keeps": ["I copy from your site:", "Free returns within 30 days", "Is that so?"],
            "has_quote": False,
        },
    )
    broken = (
        f"{pl.answer[1]}\n\nW dniu 2.11.2026 o 10:11, {SHOP} pisze:\n"
        "> Dzień dobry, mamy czajnik w kolorze niebieskim, a także w kolorze\n"
        "czerwonym.\n> Który mamy wysłać?\n"
    )
    yield (
        "broken-lines-pl",
        reply(pl, broken, "", subject="Odp: x"),
        {"kind": "message", "text": pl.answer[1], "has_quote": True},
    )
    nested = (
        f"{de.answer[1]}\n\n{de.thunderbird}\n> Ja.\n>\n> Am 01.11.26 um 9:00 schrieb Jörg:\n"
        ">> Gibt es den in Blau?\n>>\n>>> Hallo\n"
    )
    yield (
        "nested-quotes-de",
        reply(de, nested, "", subject="Re: x"),
        {"kind": "message", "text": de.answer[1], "has_quote": True},
    )
    yield (
        "only-a-sign-en",
        reply(en, f"👍\n\n{en.thunderbird}\n{quoted(en.ours)}\n", "", subject="Re: x"),
        {"kind": "message", "text": "👍", "has_quote": True},
    )
    ruled = f"---\n...\n{en.answer[1]}\n\n{en.thunderbird}\n{quoted(en.ours)}\n"
    yield (
        "begins-with-dashes-en",
        reply(en, ruled, "", subject="Re: x"),
        {"kind": "message", "text": f"---\n...\n{en.answer[1]}", "has_quote": True},
    )
    yield (
        "only-quote-en",
        reply(en, f"{en.thunderbird}\n{quoted(en.ours)}\n", "", subject="Re: x"),
        {"kind": "message", "keeps": [f"> {en.ours[1][:40]}"], "has_quote": False},
    )
    yield from _chosen_by_hand()
    yield from _coloured()


def _coloured() -> Iterator[Case]:
    """Answers that are written into what they answer."""
    de, en = WORDS["de"], WORDS["en"]
    red = '<span style="color:red">Den blauen!</span>'
    outlook = (
        f"<p>Hallo Anna, vielen Dank.</p>"
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        f"<p>{header_lines(de, html=True)}</p></div><p>{de.ours[1]} {red}</p><p>{de.ours[2]}</p>"
    )
    yield (
        "coloured-outlook-de",
        reply(de, "", outlook, subject="AW: x"),
        {"kind": "message", "keeps": ["vielen Dank", f"{de.ours[1]} Den blauen!"]},
    )
    older = (
        f'<p style="color:blue">{de.answer[1]}</p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        f"<p>{header_lines(de, html=True)}</p></div><p>{de.ours[1]}</p>"
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        f"<p>{header_lines(de, html=True)}</p></div><p style='color:blue'>Haben Sie Kessel?</p>"
    )
    yield (
        "coloured-older-de",
        reply(de, "", older, subject="AW: x"),
        {"kind": "message", "text": de.answer[1], "has_quote": True},
    )
    gmail = (
        f"<div>Thanks!</div><div class=gmail_quote><div class=gmail_attr>{linked(en.gmail)}<br>"
        f'</div><blockquote class="gmail_quote"><p>{en.ours[1]}</p>'
        '<p><font color="#0000ff">The blue one.</font></p></blockquote></div>'
    )
    yield (
        "coloured-gmail-en",
        reply(en, "", gmail, subject="Re: x"),
        {
            "kind": "message",
            "keeps": ["Thanks!", f"> {en.ours[1]}", "\nThe blue one."],
        },
    )


def _chosen_by_hand() -> Iterator[Case]:
    """What somebody quotes of their own is theirs, and so is what they forward."""
    en, pl, it = WORDS["en"], WORDS["pl"], WORDS["it"]
    page = "Na stronie piszecie:\n> darmowa dostawa od 100 zł\n> w całej Polsce"
    yield "kept-page-pl", new_mail(pl, page, subject="Dostawa"), _whole(page)
    courier = "Kurier napisał:\n> Nikogo nie ma w domu"
    yield "kept-courier-pl", new_mail(pl, courier, subject="Kurier"), _whole(courier)
    both = f"{page}\n\n{pl.thunderbird}\n{quoted(pl.ours)}\n"
    yield (
        "kept-page-in-reply-pl",
        reply(pl, both, "", subject="Odp: x"),
        {"kind": "message", "text": page, "has_quote": True},
    )
    theirs = (
        f"Che ne dite?\n\nDa: Corriere <info@corriere.example>\nInviato: {it.day}\n"
        f"A: {it.address}\nOggetto: Consegna\n\nNon abbiamo trovato nessuno."
    )
    forwarded = {"kind": "message", "is_forwarded": True, "text": theirs}
    yield "forwarded-renamed-it", new_mail(it, theirs, subject="Problema"), forwarded
    yield "forwarded-of-others-it", reply(it, theirs, "", subject="R: Consegna"), forwarded
    undated = f"{pl.answer[1]}\n\nAnna Nowak napisał(a):\n{quoted(pl.ours)}\n"
    yield (
        "reply-undated-pl",
        reply(pl, undated, "", subject="Re: x"),
        {"kind": "message", "text": pl.answer[1], "has_quote": True},
    )
    zoho = (
        f"{en.answer[1]}\n\n---- On Mon, 02 Nov 2026 10:11:00 +0100 {SHOP} <{SHOP_ADDRESS}> "
        f"wrote ----\n\n{text(en.ours)}\n"
    )
    yield (
        "reply-zoho-en",
        reply(en, zoho, "", subject="Re: x"),
        {"kind": "message", "text": en.answer[1], "has_quote": True},
    )
    zimbra = (
        f"{pl.answer[1]}\n\n----- 2 lis 2026 o 10:11, {SHOP} {SHOP_ADDRESS} napisał(a):\n\n"
        f"{quoted(pl.ours)}\n"
    )
    yield (
        "reply-zimbra-pl",
        reply(pl, zimbra, "", subject="Re: x"),
        {"kind": "message", "text": pl.answer[1], "has_quote": True},
    )


def _whole(said: str) -> dict[str, Any]:
    return {"kind": "message", "text": said, "has_quote": False}
