"""A hostile mail at the desk: it is looked at, and can do nothing else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.protocol import Raw
from stoa.contact.channels.receive import take
from stoa.main import create_app
from stoa.people.identity.guards import STAFF_COOKIE
from stoa.platform.config import Settings
from tests.contact.channels.email.making.mails import common, multipart, part, whole
from tests.contact.channels.email.making.structures import PNG
from tests.factories.people import a_staff_token, an_agent
from tests.factories.shops import make_shop
from tests.journeys.people import DESK
from tests.servers.asgi import serving

pytestmark = pytest.mark.journey

TEXT = "Γεια σας, ποιο είναι αυτό;"
# Whatever a page asks for by itself, it has asked for then.
LOADED = ("ownerDocument.readyState", "complete")


@dataclass
class Desk:
    url: str
    token: str
    elsewhere: str
    asked: list[str]


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[str]]]:
    """A server of the sender's, and what it was asked for."""
    asked: list[str] = []

    async def answer(request: Request) -> Response:
        asked.append(request.url.path)
        return Response(PNG, media_type="image/png")

    async with serving(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        yield url, asked


@pytest.fixture
async def desk(
    own_database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    elsewhere: tuple[str, list[str]],
) -> AsyncIterator[Desk]:
    """A desk to which the mail has come."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("desk"), database_url=own_database_url, demo=False
    )
    app = create_app(settings)
    async with serving(app) as url:
        node = app.state.node
        shop = await make_shop(node.database)
        person = await an_agent(node.database)
        assert person.staff_id is not None
        token = await a_staff_token(node.database, staff_id=person.staff_id)
        form = {"address": "shop@stoa.example", "reception": "forward", "smtp_host": "localhost"}
        async with node.database.begin() as session:
            inbox = await add_inbox(
                session,
                shop_id=shop.id,
                channel="email",
                name="Mail",
                settings=form,
                staff_id=None,
                key=settings.secret_key,
            )
        content = hostile_mail(elsewhere[0])
        assert await take(node, inbox_id=inbox.id, raw=Raw("1", content))
        yield Desk(url, token, *elsewhere)


def hostile_mail(address: str) -> bytes:
    html = (
        f'<style>@import url({address}/style.css)</style><p style="color:#b4532a">{TEXT}</p>'
        '<img src="cid:p1@x" alt="mine" width="40" height="40">'
        f'<img src="{address}/seen.png" alt="theirs" width="40" height="40">'
        f'<div style="background:url({address}/background.png)">x</div>'
        "<script>parent.document.title = 'taken'; top.location = 'about:blank'</script>"
        "<img src=x onerror=\"parent.document.title = 'taken'\">"
        f'<p><a href="{address}/login">https://bank.example</a></p>'
        f'<form action="{address}/form"><button>Go</button></form>'
        f'<iframe src="{address}/frame"></iframe>'
    )
    picture = part("image/png", PNG, charset=None, encoding="base64", extra="Content-ID: <p1@x>\n")
    return whole(common(), multipart("related", [part("text/html", html), picture]))


async def test_a_hostile_mail_is_only_looked_at(desk: Desk, browser: Browser) -> None:
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    try:
        await context.add_cookies([{"name": STAFF_COOKIE, "value": desk.token, "url": desk.url}])
        page = await context.new_page()
        await page.goto(f"{desk.url}/desk/inbox/unassigned")
        await page.get_by_role("option").filter(has_text=TEXT).click()
        await page.get_by_role("button", name=DESK("mail.original")).click()
        dialog = page.get_by_role("dialog", name=DESK("mail.original"))
        mail = dialog.frame_locator("iframe")
        await expect(mail.get_by_text(TEXT)).to_have_css("color", "rgb(180, 83, 42)")
        await expect(mail.get_by_alt_text("mine")).to_have_js_property("naturalWidth", 1)
        await expect(mail.get_by_text(f"[{desk.elsewhere}/login]")).to_be_visible()
        await expect(mail.get_by_role("button")).to_have_count(0)
        await expect(mail.locator("iframe")).to_have_count(0)
        await expect(dialog.get_by_text(DESK("mail.pictures", count=1))).to_be_visible()
        await expect(mail.locator("body")).to_have_js_property(*LOADED)
        assert desk.asked == []

        await dialog.get_by_role("button", name=DESK("mail.showPictures")).click()
        await expect(mail.get_by_alt_text("theirs")).to_have_js_property("naturalWidth", 1)
        await expect(mail.locator("body")).to_have_js_property(*LOADED)
        assert desk.asked == ["/seen.png"]
        assert await page.title() != "taken"

        async with context.expect_page() as opened:
            await mail.get_by_role("link", name="https://bank.example").click()
        link = await opened.value
        await expect(link).to_have_url(f"{desk.elsewhere}/login")
    finally:
        await context.close()
