"""A mailbox is connected by signing in at its provider, and mail comes in and is answered by it."""

import os
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.people import DESK, Staff, an_agent
from tests.journeys.test_mail import CHANNELS, a_mail, field, next_mail
from tests.servers.mail import MailServers, running_mail
from tests.servers.oauth import SCOPES, OAuthServer, running_oauth, secret_of
from tests.servers.ports import HOST
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
IS_ALONE = True

SHOP = "shop@shop.example"


@pytest.fixture(scope="module")
def provider(stoa: StoaProcess) -> Iterator[OAuthServer]:
    with running_oauth([f"{stoa.url}/desk/channels/sign-in"]) as server:
        yield server


@pytest.fixture(scope="module")
def mail(provider: OAuthServer) -> Iterator[MailServers]:
    with running_mail(introspection_url=provider.introspection_url) as servers:
        yield servers


async def fill_in(page: Page, url: str, mail: MailServers, provider: OAuthServer) -> None:
    """The form, as the guide says."""
    await page.goto(f"{url}/desk/channels")
    name = CHANNELS("channel.email.name")
    await page.get_by_role("button", name=DESK("channels.connect", name=name)).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label(DESK("channels.name"), exact=True).fill("Orders")
    await field(dialog, "address").fill(SHOP)
    await field(dialog, "sign_in").select_option("oauth")
    redirect = dialog.get_by_label(DESK("channels.redirectLabel"), exact=True)
    await expect(redirect).to_have_value(f"{url}/desk/channels/sign-in")
    await field(dialog, "sign_in.authorization_url").fill(f"{provider.url}/auth")
    await field(dialog, "sign_in.token_url").fill(f"{provider.url}/token")
    await field(dialog, "sign_in.scopes").fill(SCOPES)
    await field(dialog, "sign_in.client_id").fill("stoa")
    await field(dialog, "sign_in.client_secret").fill(secret_of("stoa"))
    for line, port in (("imap", mail.imaps_port), ("smtp", mail.smtps_port)):
        group = dialog.get_by_role("group", name=CHANNELS(f"channel.email.group.{line}"))
        await field(group, f"{line}_host").fill(HOST)
        await field(group, f"{line}_port").fill(str(port))
        await field(group, f"{line}_tls").select_option("implicit")
        await expect(field(group, f"{line}_password")).to_have_count(0)
    await field(dialog, "ca_certificate").fill(mail.certificate_text)
    if folder := os.environ.get("STOA_TEST_SCREENSHOTS"):
        await field(dialog, "sign_in").scroll_into_view_if_needed()
        await page.screenshot(path=Path(folder) / "form.png")
    await dialog.get_by_role("button", name=DESK("action.save")).click()
    await expect(dialog).to_have_count(0)


async def sign_in_there(page: Page, person: str) -> None:
    """At the provider: who one is, and that one agrees."""
    await page.locator("input[name=login]").fill(person)
    await page.locator("input[name=password]").fill("anything")
    await page.locator("button[type=submit]").click()
    await page.get_by_role("button", name="Continue").click()


async def test_a_merchant_signs_in_at_the_provider_and_a_mail_is_answered(
    stoa: StoaProcess, browser: Browser, anna: Staff, mail: MailServers, provider: OAuthServer
) -> None:
    customer = "anna@customer.example"
    question = "Dzień dobry, czy ten dzbanek jest jeszcze dostępny?"
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await fill_in(page, stoa.url, mail, provider)
        row = page.get_by_role("listitem").filter(has_text=SHOP)
        problem = CHANNELS("channel.problem.oauth_not_connected", provider=HOST)
        await expect(row.get_by_text(problem)).to_be_visible()

        await row.get_by_role("button", name=DESK("channels.signIn", provider=HOST)).click()
        await sign_in_there(page, SHOP)
        await expect(page.get_by_text(DESK("channels.signedIn", name="Orders"))).to_be_visible()
        # The code does not stay in the address.
        await expect(page).to_have_url(f"{stoa.url}/desk/channels")
        await expect(row.get_by_text(DESK("channels.up"), exact=True)).to_be_visible()
        await expect(row.get_by_text(f"Connected as {SHOP}")).to_be_visible()
        if folder := os.environ.get("STOA_TEST_SCREENSHOTS"):
            await page.screenshot(path=Path(folder) / "connected.png")

        mail.deliver(a_mail(question, subject="Dzbanek", sender=customer), to=SHOP, sender=customer)
        await page.goto(f"{stoa.url}/desk/inbox/all")
        await agent.open_conversation(question)
        await agent.say("Tak, mamy jeszcze trzy.")
        answer = await next_mail(mail, customer, after=0)
        assert answer["Subject"] == "Re: Dzbanek"

        provider.revoke()
        connection = await asyncpg.connect(stoa.database_url)
        await connection.execute("UPDATE inbox_grant SET renew_at = now(), ends_at = now()")
        await connection.close()
        mail.cut_imap()
        await page.goto(f"{stoa.url}/desk/channels")
        again = row.get_by_role("button", name=DESK("channels.signInAgain"))
        await expect(again).to_be_visible(timeout=20_000)
        ended = CHANNELS("channel.problem.oauth_ended", provider=HOST)
        await expect(row.get_by_text(ended)).to_be_visible()
        if folder := os.environ.get("STOA_TEST_SCREENSHOTS"):
            await page.screenshot(path=Path(folder) / "ended.png")
        await again.click()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text(DESK("channels.signedIn", name="Orders"))).to_be_visible()
        await expect(row.get_by_text(DESK("channels.up"), exact=True)).to_be_visible()


async def test_the_form_names_what_is_wrong_and_knows_microsofts_servers(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await page.goto(f"{stoa.url}/desk/channels")
        name = CHANNELS("channel.email.name")
        await page.get_by_role("button", name=DESK("channels.connect", name=name)).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label(DESK("channels.name"), exact=True).fill("Office")
        await field(dialog, "address").fill("office@shop.example")
        await expect(field(dialog, "imap_password")).to_have_count(2)
        await field(dialog, "sign_in").select_option("microsoft")
        await expect(field(dialog, "imap_password")).to_have_count(0)
        await field(dialog, "sign_in.tenant").fill("no tenant")
        await field(dialog, "sign_in.client_id").fill("an application")
        await dialog.get_by_role("button", name=DESK("action.save")).click()
        await expect(field(dialog, "sign_in.tenant")).to_have_attribute("aria-invalid", "true")
        await field(dialog, "sign_in.tenant").fill("shop.example")
        await dialog.get_by_role("button", name=DESK("action.save")).click()
        await expect(dialog).to_have_count(0)
        row = page.get_by_role("listitem").filter(has_text="office@shop.example")
        there = row.get_by_role("button", name=DESK("channels.signIn", provider="Microsoft 365"))
        await expect(there).to_be_visible()
        async with page.expect_request("https://login.microsoftonline.com/**") as asked:
            await there.click()
        request = await asked.value
        assert request.url.startswith(
            "https://login.microsoftonline.com/shop.example/oauth2/v2.0/authorize?"
        )
