"""Nothing of a mail runs, loads or hides where it leads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.email.reading import show_original
from stoa.contact.channels.email.reading.links import shown_target
from tests.contact.channels.email.making.mails import common, multipart, part, whole
from tests.contact.channels.email.making.structures import PNG


def mail_of(html: str) -> bytes:
    return whole(common(), part("text/html", html))


def shown(html: str, *, with_pictures: bool = False) -> str:
    page = show_original(mail_of(html), with_pictures=with_pictures).html
    return page.partition("<body>")[2]


ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href=javascript:alert(1)>x</a></svg>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='//evil.example/x'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='x'>",
    "<form action='https://evil.example'><input name=password><button>Go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import url(https://evil.example/x.css);</style>",
    "<div style='background:url(https://evil.example/p.png)'>x</div>",
    "<div style='background-image:u\\72l(https://evil.example)'>x</div>",
    "<div style='width:expression(alert(1))'>x</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%;z-index:9'>x</div>",
    "<table background='https://evil.example/p.png'><tr><td background='//evil.example'>x</table>",
    "<img src='https://evil.example/p.png' srcset='https://evil.example/2.png 2x'>",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    "<img src='data:text/html;base64,PHNjcmlwdD4='>",
    "<img src='//evil.example/p.png'>",
    "<video src='https://evil.example/v' poster='https://evil.example/p'></video>",
    "<audio src='https://evil.example/a'></audio>",
    "<input type=image src='https://evil.example/p.png'>",
    "<body onload=alert(1) background='https://evil.example/p.png'>x",
    "<p id=x class=y onclick=alert(1)>x</p>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<template><script>alert(1)</script></template>",
    "<plaintext><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</body></html><script>alert(1)</script>",
    "<span class='to-0000000000000000'>[https://bank.example]</span>",
]
RUNS = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|input|button|meta|base|link|svg|math|video|audio"
    r"|template|textarea|noscript)\b|\son\w+\s*=|javascript:|vbscript:|srcset|srcdoc"
    r"|style=\"[^\"]*(?:url|position|expression|z-index)|\sbackground=|@import",
    re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "around", ["{}", "<table><tr><td>{}</td></tr></table>", "<a href=https://a.b>{}"]
)
def test_leaves_nothing_that_runs_or_loads(attack: str, around: str) -> None:
    body = shown(around.replace("{}", attack))
    without_text = re.sub(r">[^<]*<", "><", re.sub(r"<style>\.to-[^<]*</style>", "", body))
    assert not RUNS.search(without_text), body
    assert not re.search(r"src=\"(?!data:image/(?:png|jpeg|gif|webp);)", without_text), body


@given(st.text(alphabet="<>/\"'= abcdehilnoprstx:;&#!-\n", max_size=120))
def test_leaves_nothing_that_runs_of_any_markup(markup: str) -> None:
    body = shown(f"<p>{markup}<img src=x onerror=alert(1)><script>alert(1)</script>")
    assert "<script" not in body
    assert not re.search(r"<[^>]*\sonerror=", body)


def test_blocks_pictures_from_elsewhere_until_they_are_asked_for() -> None:
    html = '<img src="https://shop.example/a.png" alt="Kettle"><p><img src="//x.example/b.gif"></p>'
    blocked = show_original(mail_of(html), with_pictures=False)
    assert blocked.blocked_picture_count == 2
    assert "src=" not in blocked.html.partition("<body>")[2]
    assert 'alt="Kettle"' in blocked.html
    assert "img-src data:;" in blocked.html
    asked = show_original(mail_of(html), with_pictures=True)
    assert asked.blocked_picture_count == 0
    assert 'src="https://shop.example/a.png"' in asked.html
    assert "img-src data: https: http:;" in asked.html


def test_shows_the_pictures_that_came_with_it() -> None:
    picture = part("image/png", PNG, charset=None, encoding="base64", extra="Content-ID: <p1@x>\n")
    html = part("text/html", '<p>This one:<img src="cid:p1@x"><img src="cid:missing"></p>')
    original = show_original(
        whole(common(), multipart("related", [html, picture])), with_pictures=False
    )
    assert original.html.count('src="data:image/png;base64,iVBOR') == 1
    assert original.blocked_picture_count == 0
    assert original.files == ("1.png",)


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        ("https://shop.example/a", "https://shop.example/a", None),
        ("https://www.shop.example/", "shop.example", None),
        ("https://shop.example/track?id=1", "shop.example", None),
        ("https://evil.example/login", "https://bank.example", "https://evil.example/login"),
        ("https://bank.example@evil.example/", "bank.example", "https://evil.example"),
        ("https://bank.example.evil.example/", "bank.example", "https://bank.example.evil.example"),
        ("https://xn--bcher-kva.example/", "click", "https://xn--bcher-kva.example"),
        ("https://bücher.example/", "click", "https://xn--bcher-kva.example"),
        ("http://shop.example:8080/a", "here", "http://shop.example:8080/a"),
        ("mailto:a@b.example?subject=x", "a@b.example", None),
        ("mailto:eve@evil.example", "a@b.example", "mailto:eve@evil.example"),
        ("tel:+48123456789", "12 345 67 89", None),
        ("https://[bad", "x", "https://[bad"),
    ],
)
def test_tells_where_a_link_leads(target: str, text: str, expected: str | None) -> None:
    assert shown_target(target, text) == expected


def test_writes_the_target_after_a_link_that_misleads() -> None:
    body = shown('<p>Go to <a href="https://evil.example/x">https://bank.example</a> now</p>')
    assert re.search(r'</a> <span class="to-\w{16}">\[https://evil.example/x\]</span> now', body)
    assert 'rel="noopener noreferrer nofollow"' in body
    assert 'target="_blank"' in body


def test_a_mail_cannot_write_a_target_of_its_own() -> None:
    body = shown(
        '<a href="https://evil.example">x</a><span class="to-1">[https://bank.example]</span>'
    )
    assert body.count("<span class=") == 1


def test_shows_plain_text_with_its_links() -> None:
    content = whole(common(), part("text/plain", "1 < 2, see https://shop.example/a?b=1&c=2."))
    original = show_original(content, with_pictures=True)
    assert '1 &lt; 2, see <a href="https://shop.example/a?b=1&amp;c=2" ' in original.html
    assert "img-src data:;" in original.html


def test_shows_what_is_no_mail_as_text() -> None:
    original = show_original(
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 2_000, with_pictures=True
    )
    assert "<pre>" in original.html
    assert original.headers == ()


def test_shows_markup_that_is_too_deep_as_text() -> None:
    original = show_original(mail_of("<div>" * 100_000 + "hello"), with_pictures=False)
    assert "<pre>" in original.html
    assert "hello" in original.html


def test_lists_the_headers_readably() -> None:
    original = show_original(mail_of("x"), with_pictures=False)
    assert ("From", "Grace Customer <grace@customer.example>") in original.headers
    assert ("Message-ID", "<1@customer.example>") in original.headers
