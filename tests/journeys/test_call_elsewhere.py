"""A call in another shop: another origin, strict policies, and pages that are really left."""

import pytest
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.journeys.callers import AS_IT_IS, TONE, Caller
from tests.journeys.people import Customer, Staff
from tests.servers.asgi import serving
from tests.servers.stoa import StoaProcess
from tests.servers.tone_agent import a_tone_agent
from tests.servers.tones import HEARING

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


def foreign_shop(stoa_url: str) -> Starlette:
    """Its policies allow Stoa what the guide asks for, and nothing else."""
    policy = (
        f"default-src 'none'; script-src {stoa_url}; frame-src {stoa_url};"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )
    allowed = f'(self "{stoa_url}")'

    async def page(_request: Request) -> Response:
        return Response(
            '<!doctype html><html lang="en"><head><title>Lamps</title></head><body><h1>Lamps</h1>'
            f'<script src="{stoa_url}/counter/loader.js" async></script></body></html>',
            media_type="text/html",
            headers={
                "Content-Security-Policy": policy,
                "Permissions-Policy": f"microphone={allowed}, autoplay={allowed}",
            },
        )

    return Starlette(routes=[Route("/{path:path}", page)])


async def test_a_call_goes_on_from_page_to_page_of_another_shop(
    stoa: StoaProcess, speaking: Browser, anna: Staff
) -> None:
    async with (
        serving(foreign_shop(stoa.url)) as address,
        a_tone_agent(stoa.url, anna) as agent,
    ):
        # Another name for the same machine is another site for the browser.
        url = address.replace("127.0.0.1", "localhost")
        context = await speaking.new_context(locale="en-GB")
        for script in (AS_IT_IS, HEARING):
            await context.add_init_script(script)
        page = await context.new_page()
        await page.goto(url)
        caller = Caller(Customer(context, page, url, "en"))
        await caller.begin()
        voice = await agent.answers()
        await voice.hears(TONE)
        await caller.hears()
        shut = caller.customer.counter("frame.close")
        await caller.customer.chat.get_by_role("button", name=shut, exact=True).click()
        await expect(caller.on_page("bar.mute")).to_be_visible()
        await caller.turns_pages_within(
            3.0, lambda: page.goto(f"{url}/another", wait_until="commit")
        )
        await voice.hears(TONE)
        await expect(caller.on_page("bar.mute")).to_be_visible()
        await caller.on_page("bar.end").click()
        await agent.sees(state="ended", end_reason="completed")
        await context.close()
