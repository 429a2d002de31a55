"""A shop that is not Stoa's, its pages full of personal things, and a customer who shows them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from playwright.async_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token, an_agent
from tests.servers.asgi import serving
from tests.servers.browser import DRAWN
from tests.servers.cobrowse import Watcher, Wire, watching

HEAD = (
    '<!doctype html><html lang="en"><head><title>{title}</title>'
    '<meta name="viewport" content="width=device-width">{head}</head><body>'
)

# Looked at within the page, where what goes by itself after a moment is not missed.
SAID = """(words) => document.querySelector("stoa-cobrowse")?.shadowRoot
  .querySelector(".ring .label")?.textContent === words"""
RINGED = """(selector) => {
  const ring = document.querySelector("stoa-cobrowse").shadowRoot.querySelector(".ring");
  const [around, field] = [ring, document.querySelector(selector)].map(
    (one) => one?.getBoundingClientRect());
  return around && around.width >= field.width
    && Math.abs(around.x + around.width / 2 - field.x - field.width / 2) < 2;
}"""


@dataclass(frozen=True, slots=True)
class House:
    """Stoa, served."""

    address: str
    shop: Shop
    database: Database


def foreign_shop(house: House, pages: dict[str, str], *, policy: str = "") -> Starlette:
    """Pages by path. Their policy allows Stoa's scripts and frames, and nothing else."""
    rules = policy or (
        f"default-src 'none'; script-src {house.address} 'nonce-own'; frame-src {house.address}"
        " 'self'; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )

    async def page(request: Request) -> Response:
        body = pages.get(request.url.path, "<h1>Nothing</h1>")
        tag = f'<script src="{house.address}/counter/loader.js" async></script>'
        head = HEAD.format(title=f"Shop {request.url.path}", head="")
        return Response(
            f"{head}{body}{tag}</body></html>",
            media_type="text/html",
            headers={"Content-Security-Policy": rules},
        )

    return Starlette(routes=[Route("/{path:path}", page)])


@dataclass(slots=True)
class Shown:
    """A customer on a page, what left their browser, and the agent who asked to see it."""

    context: BrowserContext
    page: Page
    wire: Wire
    agent: Watcher
    errors: list[str]
    address: str

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe[title='Talk to us']")

    @property
    def bar(self) -> Locator:
        return self.page.locator("stoa-cobrowse .bar")

    async def is_seen(self) -> None:
        """The agent has the page from the beginning."""
        await self.agent.until(lambda: self.agent.has_page)
        await expect(self.bar).to_be_visible()

    async def is_on_the_line(self, conversation_id: str) -> None:
        """The closed counter of this page has heard what the agent says now."""
        await self.agent.command(
            "message.send", conversation_id=conversation_id, client_id=uuid4().hex, body="Here"
        )
        heard = self.page.get_by_role("button", name="Ask us. 1 new message", exact=True)
        await expect(heard).to_be_visible()

    async def mistakes(self) -> list[str]:
        """The errors of the page and its frames until now."""
        await self.wire.caught_up()
        return self.errors

    async def told(self) -> str:
        """All that left the browser until now, as one text."""
        return (await self.wire.caught_up()).unpacked()

    async def signals(self, type_: str) -> int:
        """How many signals of one type have left until now."""
        return len((await self.wire.caught_up()).signals(type_))

    async def bytes_of_pages(self) -> int:
        """How much of the page itself has left until now."""
        return (await self.wire.caught_up()).bytes_of_pages


@asynccontextmanager
async def a_talk(
    house: House,
    browser: Browser,
    host: Starlette,
    *,
    path: str = "/",
    width: int = 1280,
    height: int = 800,
    is_mobile: bool = False,
) -> AsyncIterator[Shown]:
    """A customer has asked something on this page; the panel is closed again."""
    staff = await an_agent(house.database, name="Anna")
    assert staff.staff_id is not None
    token = await a_staff_token(house.database, staff_id=staff.staff_id)
    async with serving(host) as served, watching(house.address, staff_token=token) as agent:
        # Another name for the same machine is another site for the browser.
        address = served.replace("127.0.0.1", "localhost")
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale="en-GB",
            is_mobile=is_mobile,
            has_touch=is_mobile,
        )
        try:
            page = await context.new_page()
            shown = Shown(context, page, Wire(page), agent, [], address)
            page.on("pageerror", lambda error: shown.errors.append(str(error)))
            await page.goto(address + path)
            await page.get_by_role("button", name="Ask us").click()
            way = shown.chat.get_by_role("button", name="Chat")
            await expect(way).to_be_enabled()
            await way.evaluate(DRAWN)
            await way.click()
            field = shown.chat.get_by_role("textbox", name="Your message")
            await field.fill("I need help")
            await shown.chat.get_by_role("button", name="Send", exact=True).click()
            await expect(shown.chat.get_by_text("Sent", exact=True)).to_be_visible()
            await shown.chat.get_by_role("button", name="Close").click()
            yield shown
        finally:
            await context.close()


async def conversation_of(house: House) -> str:
    """The newest conversation."""
    async with house.database.read() as session:
        return str(
            await session.fetch_value(
                "SELECT id FROM conversation ORDER BY created_at DESC, id DESC LIMIT 1"
            )
        )


@asynccontextmanager
async def a_shown_page(
    house: House,
    browser: Browser,
    host: Starlette,
    *,
    width: int = 1280,
    height: int = 800,
    is_mobile: bool = False,
) -> AsyncIterator[Shown]:
    """The customer has let the agent in, who sees the page."""
    async with a_talk(
        house, browser, host, width=width, height=height, is_mobile=is_mobile
    ) as shown:
        await shown.agent.ask(await conversation_of(house))
        await shown.page.get_by_role("button", name="Show the page").click()
        await expect(shown.bar).to_be_visible()
        yield shown
