"""Replies as each program writes them. Plain text and HTML; an empty one is left out."""

import textwrap
from collections.abc import Callable, Sequence
from html import escape

from tests.contact.channels.email.making.words import SHOP, SHOP_ADDRESS, Words

Shape = Callable[[Words], tuple[str, str]]


def text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def quoted(paragraphs: Sequence[str], sign: str = "> ") -> str:
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += [*(line for part in paragraph.split("\n") for line in wrapped(part)), ""]
    return "\n".join(f"{sign}{line}".rstrip() for line in lines[:-1])


def wrapped(line: str, width: int = 74) -> list[str]:
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def paragraphs_html(paragraphs: Sequence[str], tag: str = "p") -> str:
    return "".join(f"<{tag}>{lines_html(each)}</{tag}>\n" for each in paragraphs)


def lines_html(value: str) -> str:
    return escape(value, quote=False).replace("\n", "<br>")


def divs_html(paragraphs: Sequence[str]) -> str:
    return "<div><br></div>".join(f"<div>{lines_html(each)}</div>" for each in paragraphs)


def ours_html(words: Words) -> str:
    """As we send it, inside whatever quotes it."""
    return f'<div class="stoa-answer">{paragraphs_html(words.ours)}</div>'


def linked(intro: str) -> str:
    """The introduction with its address as a link, as programs make it."""
    link = f'&lt;<a href="mailto:{SHOP_ADDRESS}">{SHOP_ADDRESS}</a>&gt;'
    return escape(intro, quote=False).replace(f"&lt;{SHOP_ADDRESS}&gt;", link)


def header_lines(words: Words, html: bool = False) -> str:
    names = words.fields
    values = (
        f"{SHOP} <{SHOP_ADDRESS}>",
        words.day,
        f"{words.name} <{words.address}>",
        words.subject,
    )
    if html:
        return "<br>\n".join(
            f"<b>{name}:</b> {escape(value)}" for name, value in zip(names, values, strict=True)
        )
    return "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))


def gmail(words: Words) -> tuple[str, str]:
    intro = "\n".join(wrapped(words.gmail, 70))
    plain = f"{text(words.answer)}\n\n{intro}\n\n{quoted(words.ours)}\n"
    html = (
        f'<div dir="ltr">{divs_html(words.answer)}</div><br>'
        '<div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{linked(words.gmail)}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
        f'rgb(204,204,204);padding-left:1ex">{ours_html(words)}</blockquote></div>\n'
    )
    return plain, html


def gmail_plain(words: Words) -> tuple[str, str]:
    return gmail(words)[0], ""


def outlook(words: Words) -> tuple[str, str]:
    plain = f"{text(words.answer)}\n\n{header_lines(words)}\n\n{text(words.ours)}\n"
    html = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--\n'
        "p.MsoNormal {margin:0cm; font-size:11.0pt;}\n--></style><!--[if gte mso 9]><xml>"
        "<o:shapedefaults/></xml><![endif]--></head><body lang=PL link=blue>"
        '<div class="WordSection1">'
        + "".join(
            f'<p class="MsoNormal">{lines_html(part)}<o:p></o:p></p>'
            '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
            for part in words.answer
        )
        + '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{header_lines(words, html=True)}<o:p></o:p></p></div></div>'
        '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        + "".join(f'<p class="MsoNormal">{lines_html(part)}<o:p></o:p></p>' for part in words.ours)
        + "</div></body></html>"
    )
    return plain, html


def outlook_plain(words: Words) -> tuple[str, str]:
    return (
        f"{text(words.answer)}\n\n{words.original}\n{header_lines(words)}\n\n{text(words.ours)}\n",
        "",
    )


def outlook_web(words: Words) -> tuple[str, str]:
    rule = "________________________________"
    plain = f"{text(words.answer)}\n{rule}\n{header_lines(words)}\n\n{text(words.ours)}\n"
    html = (
        "<html><head><style> P {margin-top:0;margin-bottom:0;} </style></head><body dir=ltr>"
        + "".join(
            f'<div class="elementToProof" style="font-family: Aptos">{lines_html(part)}</div>'
            '<div class="elementToProof"><br></div>'
            for part in words.answer
        )
        + '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri" style="font-size:11pt">'
        f"{header_lines(words, html=True)}</font><div>&nbsp;</div></div>"
        f"<div>{ours_html(words)}</div></body></html>"
    )
    return plain, html


def outlook_mobile(words: Words) -> tuple[str, str]:
    html = (
        '<html><body><div dir="ltr">'
        + "".join(f"<div>{lines_html(part)}</div><div><br></div>" for part in words.answer)
        + '</div><div id="ms-outlook-mobile-signature" dir="ltr">'
        f'<a href="https://aka.ms/o0ukef">{words.outlook_mobile}</a></div>'
        '<div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-'
        'reference-message skipProofing" style="padding: 3pt 0in 0in; border-width: 1pt medium '
        'medium; border-style: solid none none; border-color: rgb(181, 196, 223)">'
        f"{header_lines(words, html=True)}</div>{ours_html(words)}</div></body></html>"
    )
    return "", html


def apple(words: Words) -> tuple[str, str]:
    intro = "> " + words.apple
    plain = f"{text(words.answer)}\n\n{intro}\n> \n{quoted(words.ours)}\n"
    html = (
        '<html><head></head><body style="overflow-wrap: break-word;">'
        f'{divs_html(words.answer)}<div><br></div><div><br><blockquote type="cite">'
        f'<div>{linked(words.apple)}</div><br class="Apple-interchange-newline">'
        f"<div>{ours_html(words)}</div></blockquote></div><br></body></html>"
    )
    return plain, html


def iphone(words: Words) -> tuple[str, str]:
    return (
        f"{text(words.answer)}\n\n{words.iphone}\n\n> {words.apple}\n> \n"
        f"> \ufeff{quoted(words.ours)[2:]}\n",
        "",
    )


def thunderbird(words: Words) -> tuple[str, str]:
    """Answered above, format=flowed is put on by who builds the mail."""
    plain = f"{text(words.answer)}\n\n{words.thunderbird}\n{quoted(words.ours)}\n"
    html = (
        '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; '
        f'charset=UTF-8"></head><body>{paragraphs_html(words.answer)}'
        f'<div class="moz-cite-prefix">{escape(words.thunderbird)}<br></div>'
        f'<blockquote type="cite" cite="mid:1@stoa.example">{ours_html(words)}</blockquote>'
        "</body></html>"
    )
    return plain, html


def thunderbird_below(words: Words) -> tuple[str, str]:
    """As it does without being told: the answer below the quote."""
    return (
        f"{words.thunderbird}\n{quoted(words.ours)}\n\n{text(words.answer)}\n\n"
        f"-- \n{words.name}\n{words.address}\n",
        "",
    )


def yahoo(words: Words) -> tuple[str, str]:
    plain = f"{text(words.answer)}\n\n    {words.yahoo}  \n \n {text(words.ours)}\n"
    html = (
        '<html><head></head><body><div class="ydp1a2b3cyahoo-style-wrap">'
        + "".join(
            f'<div dir="ltr">{lines_html(part)}</div><div><br></div>' for part in words.answer
        )
        + '</div><div id="yahoo_quoted_5512345678" class="yahoo_quoted"><div>'
        f"<div>{escape(words.yahoo, quote=False)}</div><div><br></div><div><br></div>"
        f'<div dir="ltr">{ours_html(words)}</div></div></div></body></html>'
    )
    return plain, html


def interleaved(words: Words) -> tuple[str, str]:
    """Each sentence answered below itself."""
    return (
        f"{words.thunderbird}\n> {words.ours[0]}\n>\n> {words.ours[1]}\n\n{words.answer[1]}\n\n"
        f"> {words.ours[2]}\n\n{words.answer[2]}\n",
        "",
    )


def interleaved_gmail(words: Words) -> tuple[str, str]:
    style = 'class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid"'
    return "", (
        f'<div dir="ltr"><div>{lines_html(words.answer[0])}</div><div class="gmail_quote">'
        f'<div dir="ltr" class="gmail_attr">{linked(words.gmail)}<br></div>'
        f"<blockquote {style}><div>{words.ours[1]}</div></blockquote>"
        f"<div><br></div><div>{words.answer[1]}</div><div><br></div>"
        f"<blockquote {style}><div>{words.ours[2]}</div></blockquote>"
        f"<div>{lines_html(words.answer[2])}</div></div></div>"
    )


def forwarded_gmail(words: Words) -> tuple[str, str]:
    block = header_lines(words)
    plain = f"{words.answer[0]}\n\n{words.forwarded_gmail}\n{block}\n\n\n{text(words.ours)}\n"
    html = (
        f'<div dir="ltr">{lines_html(words.answer[0])}<br><br><div class="gmail_quote">'
        f'<div dir="ltr" class="gmail_attr">{words.forwarded_gmail}<br>'
        f"{lines_html(block)}<br></div><br><br>{paragraphs_html(words.ours)}</div></div>"
    )
    return plain, html


def forwarded_apple(words: Words) -> tuple[str, str]:
    return (
        f"{words.answer[0]}\n\n{words.forwarded_apple}\n\n"
        f"> {header_lines(words).replace(chr(10), chr(10) + '> ')}\n> \n{quoted(words.ours)}\n",
        "",
    )


def forwarded_outlook(words: Words) -> tuple[str, str]:
    return outlook(words)


REPLIES: dict[str, Shape] = {
    "gmail": gmail,
    "gmail-plain": gmail_plain,
    "outlook": outlook,
    "outlook-plain": outlook_plain,
    "outlook-web": outlook_web,
    "outlook-mobile": outlook_mobile,
    "apple": apple,
    "iphone": iphone,
    "thunderbird": thunderbird,
    "thunderbird-below": thunderbird_below,
    "yahoo": yahoo,
}
INTERLEAVED: dict[str, Shape] = {"interleaved": interleaved, "interleaved-gmail": interleaved_gmail}
FORWARDED: dict[str, Shape] = {
    "forwarded-gmail": forwarded_gmail,
    "forwarded-apple": forwarded_apple,
    "forwarded-outlook": forwarded_outlook,
}
