"""A text as the HTML of a mail: nothing in it becomes markup, and its links can be clicked."""

import re
from html import escape

# Around what we wrote, so that an answer which quotes it can be cut there, by every program.
MARK = "stoa-answer"
_STYLE = "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#1c1b19"
_LINK = re.compile(r"https?://[^\s<>\"']+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# What ends a sentence ends no link.
_TRAILING = ".,;:!?»”’…"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def html_of(text: str, *, html: str | None, signature: str, locale: str) -> str:
    """A whole page: `html` if it is one already, else made of it or of the text."""
    if html is not None and "<html" in html[:1000].lower():
        return html
    body = html if html is not None else as_html(text)
    below = f'\n<div style="margin-top:24px;color:#5f5b54">{as_html(signature)}</div>'
    return (
        f'<!doctype html>\n<html lang="{escape(locale)}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"></head>\n<body>\n'
        f'<div class="{MARK}" id="{MARK}" style="{_STYLE}">\n{body}{below if signature else ""}\n'
        "</div>\n</body>\n</html>\n"
    )


def with_way_out(page: str, *, words: str, url: str) -> str:
    """The page with a quiet link at its end, by which its reader wants no more of it."""
    link = (
        '<p style="margin:24px 0 0;font:12px/1.5 system-ui,sans-serif;text-align:center">'
        f'<a href="{escape(url)}" style="color:#5f5b54">{escape(words)}</a></p>\n'
    )
    head, end, tail = page.rpartition("</body>")
    return f"{head}{link}{end}{tail}" if end else page + link


def as_html(text: str) -> str:
    """Paragraphs where the text has empty lines, breaks where it has others."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", text.strip("\n").replace("\r\n", "\n"))
    return "\n".join(f'<p style="margin:0 0 16px">{_lines(part)}</p>' for part in paragraphs)


def _lines(paragraph: str) -> str:
    return "<br>\n".join(_linked(line) for line in paragraph.split("\n"))


def _linked(line: str) -> str:
    made, at = [], 0
    for found in _LINK.finditer(line):
        link = _without_trailing(found[0])
        made.append(_spaced(line[at : found.start()]))
        target = link if "://" in link else f"mailto:{link}"
        made.append(f'<a href="{escape(target)}">{escape(link)}</a>')
        at = found.start() + len(link)
    made.append(_spaced(line[at:]))
    return "".join(made)


def _without_trailing(link: str) -> str:
    while link:
        last = link[-1]
        if last in _TRAILING or (last in _PAIRS and link.count(last) > link.count(_PAIRS[last])):
            link = link[:-1]
        else:
            break
    return link


def _spaced(text: str) -> str:
    """Escaped; what was indented stays so."""
    return escape(text).replace("  ", " \N{NO-BREAK SPACE}")
