"""The counter on another origin's page: a strict policy, hostile styles and names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

import pytest
from playwright.async_api import Browser, BrowserContext, Frame, FrameLocator, Page, expect
from playwright.async_api import Error as PlaywrightError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.embed.conftest import Served, an_agent_at_the_desk
from tests.servers.asgi import serving
from tests.servers.browser import DRAWN, chromium

pytestmark = pytest.mark.journey

HOSTILE_STYLE = """
* { all: unset !important; }
:root { font-size: 3px; }
stoa-counter, html > *:not(head, body), iframe, aside, button {
  display: none !important; opacity: 0 !important; visibility: hidden !important;
  pointer-events: none !important; transform: scale(0) !important; position: static !important;
}
body { display: block !important; transform: rotate(90deg); }
"""

# Names that stand in front of the document's and the window's own (DOM clobbering).
CLOBBERING = """
<form id="Stoa"></form>
<img name="createElement" alt=""><img name="createElementNS" alt=""><img name="title" alt="">
<img name="documentElement" alt=""><img name="currentScript" alt="">
<img name="activeElement" alt="">
"""

HOSTILE_SCRIPT = """
Object.prototype.polluted = "everywhere";
Array.prototype.polluted = () => "everywhere";
Array.prototype.toJSON = () => "broken";
JSON.stringify = () => { throw new Error("broken"); };
window.alert = window.open = () => { throw new Error("broken"); };
"""

# Reads what happened to the page without being part of it.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.violatedDirective + " " + event.blockedURI);
});
"""

STORED = """async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  cookies: document.cookie,
  databases: (await indexedDB.databases()).length,
  caches: window.caches ? (await caches.keys()).length : 0,
})"""
# A field at the top and one where the button is, on a page that scrolls.
TWO_FIELDS = """() => {
  document.body.style.height = "2000px";
  for (const [name, top] of [["Above", 200], ["Below", 590]]) {
    const field = document.createElement("input");
    field.ariaLabel = name;
    field.style.cssText = `position: absolute; left: 10px; width: 340px; top: ${top}px`;
    field.style.height = "40px";
    document.body.append(field);
  }
}"""
NOTHING = {"local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0}


@dataclass(slots=True)
class Visit:
    """A page in a fresh browser profile, and everything it asked for."""

    context: BrowserContext
    page: Page
    requests: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def chat(self) -> Frame:
        return next(frame for frame in self.page.frames if "/counter/frame" in frame.url)


def host_page(served: Served, *, attributes: str = "", hostile: bool = False) -> Starlette:
    """A shop that is not Stoa's. Its policy allows Stoa's scripts and frames, and nothing else."""
    own = "'self'" if hostile else "'none'"
    policy = (
        f"default-src 'none'; script-src {served.address} {own if hostile else ''};"
        f" frame-src {served.address}; style-src {own};"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )
    head = '<link rel="stylesheet" href="/hostile.css"><script src="/hostile.js"></script>'

    async def page(_request: Request) -> Response:
        tag = f'<script src="{served.address}/counter/loader.js" async {attributes}></script>'
        return Response(
            f'<!doctype html><html lang="en"><head><title>{escape("A shop & more")}</title>'
            f"{head if hostile else ''}</head><body>{CLOBBERING if hostile else ''}"
            f'<h1>Shop</h1><a href="#" id="link">Link</a>{tag}</body></html>',
            media_type="text/html",
            headers={"Content-Security-Policy": policy},
        )

    async def style(_request: Request) -> Response:
        return Response(HOSTILE_STYLE, media_type="text/css")

    async def script(_request: Request) -> Response:
        return Response(HOSTILE_SCRIPT, media_type="text/javascript")

    return Starlette(
        routes=[Route("/", page), Route("/hostile.css", style), Route("/hostile.js", script)]
    )


@asynccontextmanager
async def visiting(
    browser: Browser, host: Starlette, *, width: int = 1280, height: int = 800
) -> AsyncIterator[Visit]:
    async with serving(host) as address:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB"
        )
        try:
            page = await context.new_page()
            visit = Visit(context, page)
            page.on("request", lambda request: visit.requests.append(request.url))
            page.on("websocket", lambda socket: visit.sockets.append(socket.url))
            page.on("pageerror", lambda error: visit.errors.append(str(error)))
            await page.add_init_script(WATCH)
            # Another name for the same machine is another site for the browser.
            await page.goto(address.replace("127.0.0.1", "localhost"))
            yield visit
        finally:
            await context.close()


async def violations(visit: Visit) -> list[str]:
    found: list[str] = await visit.page.evaluate("window.violations")
    return found


async def test_stores_and_connects_nothing_before_the_first_click(
    served: Served, browser: Browser
) -> None:
    async with visiting(browser, host_page(served)) as visit:
        await expect(visit.page.get_by_role("button", name="Ask us")).to_be_visible()
        assert await visit.page.evaluate(STORED) == NOTHING
        assert await visit.context.cookies() == []
        assert visit.sockets == []
        paths = [url for url in visit.requests if url.startswith(served.address)]
        assert paths == [f"{served.address}/counter/loader.js"]
        assert len(visit.page.frames) == 1
        assert await violations(visit) == []
        assert visit.errors == []


async def test_opens_under_a_strict_policy_without_a_violation(
    served: Served, browser: Browser
) -> None:
    async with visiting(browser, host_page(served)) as visit:
        await visit.page.get_by_role("button", name="Ask us").click()
        panel = visit.page.get_by_role("dialog", name="Talk to us")
        await expect(panel).to_be_visible()
        chat = visit.page.frame_locator("iframe")
        await expect(chat.get_by_role("heading", name="How can we help?")).to_be_visible()
        assert await violations(visit) == []
        assert visit.errors == []
        # Looking at the chooser is not talking: nobody is known yet, and no line is open.
        assert visit.sockets == []
        assert await visit.chat.evaluate(STORED) == NOTHING
        assert await visit.context.cookies() == []


async def test_hostile_styles_and_names_do_no_harm(served: Served, browser: Browser) -> None:
    async with visiting(browser, host_page(served, hostile=True)) as visit:
        button = visit.page.get_by_role("button", name="Ask us")
        await expect(button).to_be_visible()
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44, "the page's styles squeezed the button"
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800
        await button.click()
        chat = visit.page.frame_locator("iframe")
        await expect(chat.get_by_role("heading", name="How can we help?")).to_be_visible()
        await visit.chat.evaluate(DRAWN)
        await chat.get_by_role("button", name="Close").click()
        await expect(button).to_be_visible()
        assert visit.errors == []


async def test_leaves_one_frozen_name_on_the_page(served: Served, browser: Browser) -> None:
    host = host_page(served)
    async with visiting(browser, host) as visit:
        await expect(visit.page.get_by_role("button", name="Ask us")).to_be_visible()
        described = await visit.page.evaluate(
            """() => {
              const { writable, configurable } = Object.getOwnPropertyDescriptor(window, "Stoa");
              const plain = document.createElement("iframe");
              document.body.append(plain);
              const known = new Set(Object.getOwnPropertyNames(plain.contentWindow));
              plain.remove();
              const added = Object.getOwnPropertyNames(window).filter((name) => !known.has(name));
              return { writable, configurable, frozen: Object.isFrozen(window.Stoa), added,
                       names: Object.keys(window.Stoa) };
            }"""
        )
        assert described["frozen"]
        assert not described["writable"]
        assert not described["configurable"]
        assert sorted(described["names"]) == ["close", "open"]
        added = {name for name in described["added"] if not name.isdigit()}
        assert added - {"violations"} == {"Stoa"}


async def test_the_page_opens_and_closes_it_by_name(served: Served, browser: Browser) -> None:
    async with visiting(browser, host_page(served)) as visit:
        await visit.page.wait_for_function("() => 'Stoa' in window && window.Stoa.open")
        await visit.page.evaluate("window.Stoa.open()")
        panel = visit.page.get_by_role("dialog", name="Talk to us")
        await expect(panel).to_be_visible()
        await visit.page.evaluate("window.Stoa.close()")
        await expect(panel).to_be_hidden()


async def test_the_keyboard_opens_it_and_escape_gives_the_focus_back(
    served: Served, browser: Browser
) -> None:
    async with visiting(browser, host_page(served)) as visit:
        page = visit.page
        await expect(page.get_by_role("button", name="Ask us")).to_be_visible()
        await page.locator("#link").focus()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Ask us")).to_be_focused()
        await page.keyboard.press("Enter")
        chat = page.frame_locator("iframe")
        await expect(chat.locator(":focus")).to_have_count(1)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog", name="Talk to us")).to_be_hidden()
        await expect(page.get_by_role("button", name="Ask us")).to_be_focused()


async def test_fills_a_phone_and_keeps_the_page_behind_out_of_reach(
    served: Served, browser: Browser
) -> None:
    async with visiting(browser, host_page(served), width=360, height=640) as visit:
        await visit.page.get_by_role("button", name="Ask us").click()
        panel = visit.page.get_by_role("dialog", name="Talk to us")
        await expect(panel).to_be_visible()
        assert await panel.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
        assert await visit.page.evaluate("document.body.inert") is True
        shut = visit.page.frame_locator("iframe").get_by_role("button", name="Close")
        await expect(shut).to_be_visible()
        await visit.chat.evaluate(DRAWN)
        await shut.click()
        await expect(panel).to_be_hidden()
        assert await visit.page.evaluate("document.body.inert") is False
        assert await visit.page.evaluate("document.documentElement.style.overflow") == ""


async def test_steps_aside_for_the_field_that_is_typed_in(served: Served, browser: Browser) -> None:
    async with visiting(browser, host_page(served), width=360, height=640) as visit:
        button = visit.page.locator("stoa-counter .open")
        await visit.page.evaluate(TWO_FIELDS)
        above, below = visit.page.get_by_label("Above"), visit.page.get_by_label("Below")
        await below.focus()
        await expect(button).to_have_css("opacity", "0")
        await expect(button).to_have_css("pointer-events", "none")
        await above.focus()
        await expect(button).to_have_css("opacity", "1")
        await below.focus()
        await expect(button).to_have_css("opacity", "0")
        # Scrolled away from under the button, the field leaves it where it was.
        await visit.page.mouse.wheel(0, 300)
        await expect(button).to_have_css("opacity", "1")
        await below.evaluate("(field) => { field.scrollIntoView({ block: 'end' }); field.blur(); }")
        await expect(button).to_have_css("opacity", "1")
        await button.click()
        await expect(visit.page.locator("stoa-counter .panel")).to_be_visible()


async def test_takes_its_language_place_and_words_from_the_tag(
    served: Served, browser: Browser
) -> None:
    attributes = (
        f'data-locale="el" data-position="left" data-label="Βοήθεια" data-shop="{served.shop.id}"'
    )
    async with visiting(browser, host_page(served, attributes=attributes)) as visit:
        button = visit.page.get_by_role("button", name="Βοήθεια")
        await expect(button).to_be_visible()
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] < 100
        await button.click()
        chat = visit.page.frame_locator("iframe")
        await expect(
            chat.get_by_role("heading", name="Πώς μπορούμε να βοηθήσουμε;")
        ).to_be_visible()
        assert f"shop={served.shop.id}" in visit.chat.url


async def test_says_when_the_chat_cannot_be_reached(served: Served, browser: Browser) -> None:
    async with visiting(browser, host_page(served)) as visit:
        await visit.page.clock.install()
        await visit.context.route("**/counter/frame*", lambda route: route.abort())
        await visit.page.get_by_role("button", name="Ask us").click()
        await visit.page.clock.run_for(11_000)
        await expect(visit.page.get_by_text("could not be opened")).to_be_visible()
        await visit.context.unroute("**/counter/frame*")
        await visit.page.get_by_role("button", name="Try again").click()
        chat = visit.page.frame_locator("iframe")
        await expect(chat.get_by_role("heading", name="How can we help?")).to_be_visible()


async def talk(visit: Visit, text: str) -> FrameLocator:
    """The panel is open, and `text` is stored."""
    await visit.page.get_by_role("button", name="Ask us").click()
    chat = visit.page.frame_locator("iframe")
    way = chat.get_by_role("button", name="Chat")
    await expect(way).to_be_visible()
    await visit.chat.evaluate(DRAWN)
    await way.click()
    field = chat.get_by_role("textbox", name="Your message")
    await expect(field).to_be_visible()
    await field.fill(text)
    await field.press("Enter")
    await expect(chat.get_by_text("Sent", exact=True)).to_be_visible()
    return chat


async def test_a_conversation_goes_on_without_cookies(served: Served, browser: Browser) -> None:
    async with (
        an_agent_at_the_desk(served),
        visiting(browser, host_page(served)) as visit,
    ):
        chat = await talk(visit, "Asked in a foreign shop")
        await visit.page.reload()
        messages = chat.get_by_role("region", name="Messages")
        await expect(messages.get_by_text("Asked in a foreign shop")).to_be_visible()
        assert await visit.context.cookies() == []
        assert await violations(visit) == []


async def test_talks_where_the_browser_forbids_frames_their_storage(served: Served) -> None:
    async with (
        an_agent_at_the_desk(served),
        chromium(forbids_frames_storage=True) as strict,
        visiting(strict, host_page(served)) as visit,
    ):
        await visit.page.get_by_role("button", name="Ask us").click()
        chat = visit.page.frame_locator("iframe").get_by_role("button", name="Chat")
        await expect(chat).to_be_enabled()
        with pytest.raises(PlaywrightError, match="denied"):
            await visit.chat.evaluate("localStorage.length")
        await visit.page.get_by_role("dialog").press("Escape")
        await talk(visit, "Without any storage")
        assert visit.errors == []
