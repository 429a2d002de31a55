"""A call between a customer and an agent, as both reach it by what is written on their pages."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, expect

from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator
from tests.journeys.people import DESK, Agent, Customer, Staff, a_customer, an_agent

PATIENCE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Call:
    customer: Customer
    agent: Agent


@asynccontextmanager
async def a_call(
    browser: Browser,
    url: str,
    staff: Staff,
    *,
    permissions: Sequence[str] = ("microphone", "camera"),
    locale: Locale = "en",
    width: int = 1280,
    height: int = 800,
    script: str = "",
) -> AsyncIterator[Call]:
    """The customer asked in the chat, the agent rang the page, and both talk.

    `script` runs in every document that is opened from then on, before its own.
    """
    question = "Can you show me the glaze?"
    async with (
        an_agent(browser, url, staff, scripts=[script] if script else []) as agent,
        a_customer(browser, url, locale=locale, width=width, height=height) as customer,
    ):
        await agent.page.context.grant_permissions(["microphone", "camera"])
        await customer.context.grant_permissions(list(permissions))
        if script:
            await customer.context.add_init_script(script)
        await customer.enter()
        await customer.ask(question)
        await agent.open_conversation(question)
        call = Call(customer, agent)
        await ring(call)
        yield call


async def ring(call: Call) -> None:
    """The agent rings the customer's page, and the customer answers there."""
    words = translator(call.customer.locale, "call")
    act = call.agent.page.get_by_role("button", name=DESK("callCustomer.act"), exact=True)
    await act.click(timeout=PATIENCE_MS)
    accept = call.customer.chat.get_by_role("button", name=words("incoming.accept"))
    await accept.click(timeout=PATIENCE_MS)
    bar = call.agent.page.get_by_role("region", name=DESK("callBar.label"))
    await expect(bar.get_by_text(DESK("callBar.talking"))).to_be_visible(timeout=PATIENCE_MS)
