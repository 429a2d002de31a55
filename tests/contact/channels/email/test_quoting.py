"""What many programs write around what they quote, in short; the corpus has whole mails."""

import pytest

from stoa.contact.channels.email.reading.html_text import html_lines
from stoa.contact.channels.email.reading.quoting import Setting, extract, plain_lines

REPLY = Setting(
    subject="Re: x",
    is_reply=True,
    houses=frozenset({"shop@stoa.example", "stoa.example", "k@x.de"}),
)
ANSWER = "My answer, please."
SAID = "Hello, we have it in blue.\nWhich one?\n\nAnna"
QUOTE = "\n".join(f"> {line}".rstrip() for line in SAID.split("\n"))
HEADERS = (
    "<b>Von:</b> Shop &lt;shop@stoa.example&gt;<br><b>Gesendet:</b> Montag<br>"
    "<b>An:</b> K<br><b>Betreff:</b> x"
)
OURS = (
    '<div class="m_-1stoa-answer" id="m_-1stoa-answer"><p>Hello, we have it.</p>'
    "<p>Which one?</p></div>"
)
# fmt: off
PLAIN = {
    "gm3":f"{ANSWER}\n\nOn Mon, Nov 2, 2026 at\n10:11 AM Very Long Shop Name That Wraps\n<shop@stoa.example> wrote:\n\n{QUOTE}",
    "and-de":f"{ANSWER}\n\nHolen Sie sich Outlook für Android<https://aka.ms/AAb9ysg>\n________________________________\nVon: Shop <shop@stoa.example>\nGesendet: Montag, 2. November 2026 10:11\nAn: K <k@x.de>\nBetreff: Re: x\n\n{SAID}",
    "samsung-de":f"{ANSWER}\n\n\nVon meinem/meiner Galaxy gesendet\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Shop <shop@stoa.example>\nDatum: 02.11.26 10:11 (GMT+01:00)\nAn: k@x.de\nBetreff: Re: x\n\n{SAID}",
    "samsung-pl":f"{ANSWER}\n\nWysłane z mojego Galaxy\n\n-------- Oryginalna wiadomość --------\nOd: Shop <shop@stoa.example>\nData: 02.11.2026 10:11 (GMT+01:00)\nDo: k@x.de\nTemat: x\n\n{SAID}",
    "samsung-el":f"{ANSWER}\n\nΕστάλη από το Galaxy\n\n-------- Αρχικό μήνυμα --------\nΑπό: Shop <shop@stoa.example>\nΗμερομηνία: 2/11/26 10:11 π.μ. (GMT+02:00)\nΠρος: k@x.de\nΘέμα: x\n\n{SAID}",
    "tonline":f"{ANSWER}\n\n-----Original-Nachricht-----\nBetreff: x\nDatum: 2026-11-02T10:11:00+0100\nVon: \"Shop\" <shop@stoa.example>\nAn: k@x.de\n\n{SAID}",
    "tim":f"{ANSWER}\n\n----Messaggio originale----\nDa: shop@stoa.example\nData: 02/11/2026 10.11\nA: <k@x.de>\nOgg: x\n\n{SAID}",
    "onet":f"{ANSWER}\n\nW dniu 2026-11-02 10:11:00 użytkownik Shop <shop@stoa.example> napisał:\n{QUOTE}",
    "wp":f"{ANSWER}\n\nDnia 02 listopada 2026 10:11 Shop <shop@stoa.example> napisał(a):\n\n{SAID}",
    "libero":f"{ANSWER}\n\nIl 2 novembre 2026 alle 10.11 Shop <shop@stoa.example> ha scritto: \n\n{SAID}",
    "yahoo-de":f"{ANSWER}\n\n    Shop <shop@stoa.example> schrieb am 10:11 Montag, 2.November 2026:\n \n\n {SAID}",
    "sig-then-quote":f"{ANSWER}\n\n-- \nJörg\nTel 123\n\nAm 02.11.26 um 10:11 schrieb Shop:\n{QUOTE}",
    "sig-after":f"{ANSWER}\n\nAm 02.11.26 um 10:11 schrieb Shop:\n{QUOTE}\n\n-- \nJörg\nTel 123",
    "disclaimer":f"{ANSWER}\n\nAm 02.11.26 um 10:11 schrieb Shop:\n{QUOTE}\n\nVirenfrei. www.avast.com",
    "apple-top":f"{ANSWER}\n\n> Am 02.11.2026 um 10:11 schrieb Shop <shop@stoa.example>:\n> \n{QUOTE}",
    "apple-it":f"{ANSWER}\n\nInviato da iPhone\n\n> Il giorno 2 nov 2026, alle ore 10:11, Shop <shop@stoa.example> ha scritto:\n> \n> {QUOTE[2:]}",
    "bottom":f"Am 02.11.26 um 10:11 schrieb Shop:\n{QUOTE}\n\n{ANSWER}",
    "quotefix":f"> -----Messaggio originale-----\n> Da: Shop <shop@stoa.example>\n> Inviato: lunedì\n> A: k@x.de\n> Oggetto: x\n>\n{QUOTE}\n\n{ANSWER}",
    "noangle":f"{ANSWER}\n\nFrom: Shop\nSent: Monday, 2 November 2026 10:11\nTo: K\nCc: A; B;\n C; D\nSubject: x\n\n{SAID}",
    "spaced":f"{ANSWER}\n\nVon : Shop <shop@stoa.example>\n\nGesendet : Montag\n\nAn : K\n\nBetreff : x\n\n{SAID}",
    "bold":f"{ANSWER}\n\n*Von:* Shop <shop@stoa.example>\n*Gesendet:* Montag\n*An:* K\n*Betreff:* x\n\n{SAID}",
    "fr":f"{ANSWER}\n\nLe lun. 2 nov. 2026 à 10:11, Shop <shop@stoa.example> a écrit :\n\n{QUOTE}",
    "es":f"{ANSWER}\n\nEl lun, 2 nov 2026 a las 10:11, Shop (<shop@stoa.example>) escribió:\n\n{QUOTE}",
    "nl":f"{ANSWER}\n\nOp ma 2 nov 2026 om 10:11 schreef Shop <shop@stoa.example>:\n\n{QUOTE}",
    "el-gm":f"{ANSWER}\n\nΣτις Δευ, 2 Νοε 2026 στις 10:11 π.μ., ο χρήστης Shop\n<shop@stoa.example> έγραψε:\n\n{QUOTE}",
    "el-tb":f"{ANSWER}\n\nΣτις 2/11/26 10:11, ο/η Shop έγραψε:\n{QUOTE}",
    "el-rc":f"{ANSWER}\n\nΣτις 2026-11-02 10:11, Shop έγραψε:\n{QUOTE}",
    "nestedfwd":f"{ANSWER}\n\nOn Mon, Nov 2, 2026 Shop <shop@stoa.example> wrote:\n\n> see\n>\n> ---------- Forwarded message ---------\n> From: z",
    "gmx-plain":f"{ANSWER}\n\nGesendet: Montag, 02. November 2026 um 10:11 Uhr\nVon: Shop <shop@stoa.example>\nAn: k@x.de\nBetreff: x\n\n{SAID}",
    "gmx-mobile":f"{ANSWER}\n--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.\nAm 02.11.26, 10:11 schrieb Shop <shop@stoa.example>:\n\n{QUOTE}",
    "gmx-mobile2":f"{ANSWER}\n-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.\n\nAm 02.11.26, 10:11 schrieb Shop <shop@stoa.example>:\n\n{SAID}",
    "protonpl":f"{ANSWER}\n\nWysłano z Proton Mail na Androida\n\n-------- Oryginalna wiadomość --------\nDnia 02.11.2026 10:11, Shop <shop@stoa.example> napisał:\n{QUOTE}",
    "stoafooter":f"{ANSWER}\n\nOn 2 Nov 2026, at 10:11, Shop <shop@stoa.example> wrote:\n\n{QUOTE}\n> \n> -- \n> Stoa",
    "outlook-de-wrap":f"{ANSWER}\n\nVon: Shop [mailto:shop@stoa.example] \nGesendet: Montag, 2. November 2026 10:11\nAn: K\nBetreff: x\n\n{SAID}",
    "exchange-el":f"{ANSWER}\n\nFrom: Shop <shop@stoa.example>\nDate: Δευτέρα, 2 Νοεμβρίου 2026 στις 10:11 π.μ.\nTo: K <k@x.de>\nSubject: x\n\n{SAID}",
    "mac-pl":f"{ANSWER}\n\nOd: Shop <shop@stoa.example>\nData: poniedziałek, 2 listopada 2026 10:11\nDo: K <k@x.de>\nTemat: x\n{SAID}",
}
HTML = {
    "samsung":f'<div dir="auto">{ANSWER}</div><div><br></div><div id="composer_signature"><div style="font-size:85%;color:#575757" dir="auto">Von meinem Galaxy gesendet</div></div><div dir="auto"><br></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Ursprüngliche Nachricht --------</div><div>Von: Shop &lt;shop@stoa.example&gt; </div><div>Datum: 02.11.26  10:11  (GMT+01:00) </div><div>An: k@x.de </div><div>Betreff: x </div><div><br></div></div>{OURS}',
    "mac-outlook":f'<div><p class=MsoNormal>{ANSWER}</p><p class=MsoNormal>&nbsp;</p><div id="mail-editor-reference-message-container"><div><div style="border-right:none;border-bottom:none;border-left:none;border-image:initial;border-top:1pt solid rgb(181,196,223);padding:3pt 0cm 0cm"><p>{HEADERS}</p></div>{OURS}</div></div></div>',
    "owa-nohdr":f'<div>{ANSWER}</div><hr tabindex="-1" style="display:inline-block; width:98%"><div id="divRplyFwdMsg"><font>{HEADERS}</font></div><div>{OURS}</div>',
    "gmail-mobile":f'<div dir="auto">{ANSWER}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Am Mo., 2. Nov. 2026, 10:11 hat Shop &lt;<a href="mailto:shop@stoa.example">shop@stoa.example</a>&gt; geschrieben:<br></div><blockquote class="gmail_quote" style="margin:0">{OURS}</blockquote></div>',
    "gmail-sig":f'<div dir="ltr">{ANSWER}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">Jörg<br>Tel</div></div><br><div class="gmail_quote"><div class="gmail_attr">Am x schrieb:<br></div><blockquote class="gmail_quote">{OURS}</blockquote></div>',
    "tb-sig":f'<p>{ANSWER}</p><pre class="moz-signature" cols="72">-- \nJörg\nTel</pre><div class="moz-cite-prefix">Am 02.11.26 um 10:11 schrieb Shop:<br></div><blockquote type="cite">{OURS}</blockquote>',
    "tb-bottom":f'<div class="moz-cite-prefix">Am 02.11.26 um 10:11 schrieb Shop:<br></div><blockquote type="cite">{OURS}</blockquote><p>{ANSWER}</p>',
    "apple-two":f'<html><body><div>{ANSWER}</div><br><div dir="ltr">Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 02.11.2026 um 10:11 schrieb Shop &lt;shop@stoa.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{OURS}</div></blockquote></body></html>',
    "nested":f'<div>{ANSWER}</div><blockquote type="cite"><div>On 2 Nov 2026, at 10:11, Shop wrote:</div>{OURS}<blockquote type="cite">older<blockquote type="cite">oldest</blockquote></blockquote></blockquote>',
    "table":f'<table width="100%"><tr><td><p>{ANSWER}</p></td></tr></table><br><blockquote type="cite">{OURS}</blockquote>',
    "yahoo-ios":f'{ANSWER}<br><br><a href="https://overview.mail.yahoo.com/?.src=iOS">Von Yahoo Mail auf iPhone gesendet</a><br><br><br><blockquote class="iosymail"><div>Am Montag, November 2, 2026, 10:11 schrieb Shop &lt;shop@stoa.example&gt;:</div>{OURS}</blockquote>',
    "zimbra":f'<div>{ANSWER}</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{HEADERS}</div>{OURS}',
    "only-stoa":f'<div>{ANSWER}</div><br>{OURS}',
    "word":f'<div class=WordSection1><p class=MsoNormal>{ANSWER}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style=\'border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm\'><p class=MsoNormal><b><span lang=DE>Von:</span></b><span lang=DE> Shop [mailto:shop@stoa.example] <br><b>Gesendet:</b> Montag, 2. November 2026 10:11<br><b>An:</b> K<br><b>Betreff:</b> x<o:p></o:p></span></p></div></div><p class=MsoNormal>Hello</p></div>',
    "spans":f'<p>M<span>y</span> an<b>sw</b>er, please.</p><blockquote type=cite>{OURS}</blockquote>',
    "proton":f'<div style="font-family: Arial;">{ANSWER}</div><div class="protonmail_signature_block protonmail_signature_block-empty"></div><div class="protonmail_quote">On Monday, 2 November 2026 at 10:11, Shop &lt;shop@stoa.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{OURS}</blockquote><br></div>',
    "onet":f'<div>{ANSWER}</div><div class="onet_signature"></div><br><div>W dniu 2026-11-02 10:11:00 użytkownik Shop &lt;shop@stoa.example&gt; napisał:</div><blockquote style="margin-right: 0px;margin-left:0px;border-left: 2px solid #ccc">{OURS}</blockquote>',
    "interia":f'<p>{ANSWER}</p><hr><p>Od: "Shop" &lt;shop@stoa.example&gt;<br>Do: k@x.de; <br>Wysłane: 10:11 Poniedziałek 2026-11-02<br>Temat: x<br></p>{OURS}',
    "comcast":f'<html><body>{ANSWER}<!--<blockquote>--><br/><blockquote>On 11/02/2026 10:11 AM Shop &lt;shop@stoa.example&gt; wrote: <br>{OURS}</blockquote></body></html>',
    "ox":f'<p>{ANSWER}</p><blockquote type="cite"><div>Shop &lt;shop@stoa.example&gt; hat am 02.11.2026 10:11 CET geschrieben:</div>{OURS}</blockquote>',
}
# fmt: on


@pytest.mark.parametrize("program", list(PLAIN))
def test_finds_what_is_new_in_plain_text(program: str) -> None:
    found = extract(plain_lines(PLAIN[program]), REPLY)
    assert (found.text, found.has_quote) == (ANSWER, True)


@pytest.mark.parametrize("program", list(HTML))
def test_finds_what_is_new_in_html(program: str) -> None:
    found = extract(html_lines(HTML[program]), REPLY)
    assert (found.text, found.has_quote) == (ANSWER, True)


@pytest.mark.parametrize(
    "text",
    [
        f"Hallo,\n\nAm 02.11.26 um 10:11 schrieb Shop:\n{QUOTE}\n\n{ANSWER}",
        f"Hi\n\n> Which one?\n{ANSWER}\n\n> in blue\nok",
        f"{ANSWER} See below.\n\nFrom: Shop\nDate: x\nTo: y\nSubject: z\n\n{SAID} YES",
        "I wrote on 2.11.2026 at 10:11, and nobody wrote:\nwhy?",
        "Il corriere il 2.11.2026 ha scritto:\nnon c'era nessuno",
        "From Berlin to Warsaw: 2 parcels\nFrom: Berlin\nTo: Warsaw",
    ],
)
def test_keeps_what_could_be_the_writers(text: str) -> None:
    found = extract(plain_lines(text), REPLY)
    assert (found.text, found.has_quote) == (text, False)
