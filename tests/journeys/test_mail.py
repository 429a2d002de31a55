"""A mailbox is connected, a mail comes in, is answered, and the customer's reply joins."""

import asyncio
import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.conftest import at_the_api
from tests.journeys.people import DESK, Staff, a_customer, an_agent
from tests.servers.mail import PASSWORD, MailServers, running_mail
from tests.servers.ports import HOST
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
IS_ALONE = True

CHANNELS = translator("en", "channels")


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServers]:
    with running_mail() as servers:
        yield servers


def field(dialog: Locator, name: str) -> Locator:
    return dialog.get_by_label(CHANNELS(f"channel.email.field.{name}"), exact=True)


async def connect_mailbox(page: Page, url: str, mail: MailServers) -> None:
    """As an administrator does, in the form that is drawn from the channel's settings."""
    await page.goto(f"{url}/desk/channels")
    name = CHANNELS("channel.email.name")
    await page.get_by_role("button", name=DESK("channels.connect", name=name)).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label(DESK("channels.name"), exact=True).fill("Orders")
    await field(dialog, "address").fill("shop@shop.example")
    await field(dialog, "sender_name").fill("Meltemi")
    for line, port in (("imap", mail.imaps_port), ("smtp", mail.smtps_port)):
        group = dialog.get_by_role("group", name=CHANNELS(f"channel.email.group.{line}"))
        await field(group, f"{line}_host").fill(HOST)
        await field(group, f"{line}_port").fill(str(port))
        await field(group, f"{line}_tls").select_option("implicit")
        await field(group, f"{line}_username").fill("shop@shop.example")
        await field(group, f"{line}_password").fill(PASSWORD)
    await field(dialog, "ca_certificate").fill(mail.certificate_text)
    await dialog.get_by_role("button", name=DESK("action.save")).click()
    await expect(dialog).to_have_count(0)
    row = page.get_by_role("listitem").filter(has_text="shop@shop.example")
    await expect(row.get_by_text(DESK("channels.up"), exact=True)).to_be_visible()


def a_mail(text: str, *, subject: str, sender: str, answers: EmailMessage | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = f"Zofia Nowicka <{sender}>"
    message["To"] = "shop@shop.example" if answers is None else str(answers["Reply-To"])
    message["Subject"] = subject
    message["Message-ID"] = f"<{abs(hash((text, sender)))}@customer.example>"
    if answers is not None:
        message["In-Reply-To"] = str(answers["Message-ID"])
        message["References"] = str(answers["Message-ID"])
    message.set_content(text)
    return message.as_bytes()


async def next_mail(mail: MailServers, person: str, *, after: int) -> EmailMessage:
    async with asyncio.timeout(30):
        while len(found := mail.mails_of(person)) <= after:
            await asyncio.sleep(0.05)
    message = email.message_from_bytes(found[after], policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


async def test_a_mail_comes_in_is_answered_and_the_reply_joins(
    stoa: StoaProcess, browser: Browser, anna: Staff, mail: MailServers
) -> None:
    customer = "anna@customer.example"
    question = "Dzień dobry, gdzie jest moja paczka z niebieskim dzbankiem?"
    async with an_agent(browser, stoa.url, anna) as agent:
        await connect_mailbox(agent.page, stoa.url, mail)
        await agent.page.goto(f"{stoa.url}/desk/inbox/all")
        first = a_mail(question, subject="Moja paczka", sender=customer)
        mail.deliver(first, to="shop@shop.example", sender=customer)
        await agent.open_conversation(question)
        main = agent.page.get_by_role("main")
        await expect(main.get_by_text("Moja paczka").first).to_be_visible()
        way = main.get_by_label(DESK("way.label"))
        await expect(way.locator("option:checked")).to_contain_text(customer)

        await agent.say("Wyszła wczoraj i będzie jutro.")
        sent = main.get_by_role("article").filter(has_text="Wyszła wczoraj")
        await expect(sent.get_by_label(DESK("delivery.sent"))).to_be_visible(timeout=30_000)
        answer = await next_mail(mail, customer, after=0)
        assert answer["Subject"] == "Re: Moja paczka"
        body = answer.get_body(("plain",))
        assert body is not None
        assert "Wyszła wczoraj i będzie jutro." in body.get_content()

        quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
        reply = f"Dziękuję, świetnie!\n\nW dniu 30.11.2026 o 10:02, Meltemi napisał(a):\n{quoted}\n"
        mail.deliver(
            a_mail(reply, subject="Re: Moja paczka", sender=customer, answers=answer),
            to="shop@shop.example",
            sender=customer,
        )
        joined = main.get_by_role("article").filter(has_text="Dziękuję, świetnie!")
        await expect(joined).to_be_visible(timeout=30_000)
        await expect(joined).not_to_contain_text("Wyszła wczoraj")
        await joined.get_by_role("button", name=DESK("mail.originalQuoted")).click()
        original = agent.page.get_by_role("dialog", name=DESK("mail.original"))
        shown = original.frame_locator("iframe").locator("body")
        await expect(shown).to_contain_text("Wyszła wczoraj")
        await agent.page.keyboard.press("Escape")

        # Somebody else who got hold of it does not join.
        mail.deliver(
            a_mail(
                "Me too, please", subject="Re: Moja paczka", sender="eve@x.example", answers=answer
            ),
            to="shop@shop.example",
            sender="eve@x.example",
        )
        note = main.get_by_text(re.compile("eve@x.example"))
        await expect(note).to_be_visible(timeout=30_000)
        await expect(main.get_by_text("Me too, please")).to_have_count(0)


async def test_a_mail_comes_to_the_one_of_two_who_reads_its_language(
    stoa: StoaProcess, browser: Browser, polish_anna: Staff, ben: Staff, mail: MailServers
) -> None:
    """In the mailbox that the story before has connected, or a new one."""
    question = (
        "Dzień dobry, czy ten czajnik można postawić na kuchence gazowej? Proszę o odpowiedź."
    )
    async with (
        an_agent(browser, stoa.url, polish_anna) as anna,
        an_agent(browser, stoa.url, ben) as other,
    ):
        page = anna.page
        await page.goto(f"{stoa.url}/desk/channels")
        await expect(page.get_by_role("heading", name=DESK("channels.title"))).to_be_visible()
        async with at_the_api(stoa, polish_anna) as client:
            inboxes = (await (await client.get("/api/desk/teams")).json())["inboxes"]
        if not inboxes:
            await connect_mailbox(page, stoa.url, mail)
        await page.goto(f"{stoa.url}/desk/teams")
        await page.get_by_role("button", name=DESK("teams.new")).click()
        dialog = page.get_by_role("dialog", name=DESK("teams.new"))
        await dialog.get_by_label(DESK("teams.name"), exact=True).fill("Letters")
        for member in (polish_anna, ben):
            await dialog.get_by_label(member.name).check()
        await dialog.get_by_label(DESK("teams.queueName")).fill("Mail")
        await dialog.get_by_label("Orders (shop@shop.example)").check()
        await dialog.get_by_role("button", name=DESK("action.save")).click()
        await expect(dialog).to_be_hidden()

        sender = "greta@customer.example"
        mail.deliver(
            a_mail(question, subject="Czajnik", sender=sender),
            to="shop@shop.example",
            sender=sender,
        )
        await page.goto(f"{stoa.url}/desk/inbox/mine")
        mine = page.get_by_role("option").filter(has_text=question)
        await expect(mine).to_be_visible(timeout=30_000)
        await mine.click()
        given = DESK("fact.routed", name=polish_anna.name)
        await expect(page.get_by_role("main").get_by_text(given)).to_be_visible()
        await other.show("all")
        row = other.page.get_by_role("option").filter(has_text=question)
        await expect(row).to_contain_text(polish_anna.name)  # it is known whose it is
        await other.show("mine")
        await expect(row).to_have_count(0)
        await anna.say("Tak, ale na małym ogniu.")
        answer = await next_mail(mail, sender, after=0)
        assert answer["Subject"] == "Re: Czajnik"


async def test_a_chat_goes_on_by_mail_when_the_customer_has_gone(
    stoa: StoaProcess, browser: Browser, anna: Staff, mail: MailServers
) -> None:
    address = "jorgos@customer.example"
    async with an_agent(browser, stoa.url, anna) as agent:
        async with at_the_api(stoa, anna) as client:
            inboxes = (await (await client.get("/api/desk/channels")).json())["inboxes"]
        if not inboxes:
            await connect_mailbox(agent.page, stoa.url, mail)
        async with a_customer(browser, stoa.url) as customer:
            await customer.enter()
            await customer.ask("Is the olive bowl safe for food?")
            # Everybody is away for a while, so the counter asks where an answer may go.
            menu = agent.page.get_by_role("button", name=re.compile(DESK("nav.menu")))
            await menu.click()
            await agent.page.get_by_role("menuitem", name=DESK("presence.beAway")).click()
            leave = customer.chat.get_by_role("button", name=customer.counter("chat.awayAction"))
            await leave.click(timeout=30_000)
            form = customer.chat.get_by_role("dialog", name=customer.counter("contact.title"))
            await form.get_by_label(customer.counter("leave.email")).fill(address)
            await form.get_by_role("button", name=customer.counter("contact.submit")).click()
            await expect(form).to_have_count(0)
        # The page is closed; the agent sees the address, and answers there.
        await agent.page.goto(f"{stoa.url}/desk/inbox/all")
        await agent.open_conversation("Is the olive bowl safe for food?", view="all")
        way = agent.page.get_by_role("main").get_by_label(DESK("way.label"))
        await way.select_option(label=f"{CHANNELS('channel.email.name')}: {address}")
        await agent.say("Yes, all our glazes are.")
        answer = await next_mail(mail, address, after=0)
        body = answer.get_body(("plain",))
        assert body is not None
        assert "Yes, all our glazes are." in body.get_content()
        assert "/consent/" in body.get_content()
        mail.deliver(
            a_mail("Then I take two.", subject="Re: bowl", sender=address, answers=answer),
            to="shop@shop.example",
            sender=address,
        )
        main = agent.page.get_by_role("main")
        await expect(main.get_by_text("Then I take two.").last).to_be_visible(timeout=30_000)
        await expect(main.get_by_text("Is the olive bowl safe for food?").last).to_be_visible()


async def test_an_agent_writes_first_and_the_reply_joins(
    stoa: StoaProcess, browser: Browser, anna: Staff, mail: MailServers
) -> None:
    words = translator("en", "customers")
    address, text = "maria@customer.example", "Your blue vase has come back from the kiln."
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        async with at_the_api(stoa, anna) as client:
            inboxes = (await (await client.get("/api/desk/channels")).json())["inboxes"]
        if not inboxes:
            await connect_mailbox(page, stoa.url, mail)
        first = a_mail("Please call it Ariadne", subject="A name", sender=address)
        mail.deliver(first, to="shop@shop.example", sender=address)
        await page.goto(f"{stoa.url}/desk/inbox/all")
        await agent.open_conversation("Please call it Ariadne", view="all")
        await agent.side.get_by_role("link", name=DESK("side.customer")).click()

        await page.get_by_role("button", name=words("write")).click()
        dialog = page.get_by_role("dialog", name=words("write"))
        await dialog.get_by_label(words("write.subject")).fill("Your blue vase")
        await dialog.get_by_role("button", name=words("write.do")).dblclick()
        # The new conversation; beside it stands what was said before.
        await expect(page).to_have_url(re.compile("/desk/inbox/mine/"))
        await expect(agent.side.get_by_text("Please call it Ariadne")).to_be_visible()
        await agent.say(text)
        answer = await next_mail(mail, address, after=0)
        assert answer["Subject"] == "Your blue vase"
        mail.deliver(
            a_mail("I am coming today!", subject="Re: x", sender=address, answers=answer),
            to="shop@shop.example",
            sender=address,
        )
        main = page.get_by_role("main")
        joined = main.get_by_role("article").filter(has_text="I am coming today!")
        await expect(joined).to_be_visible(timeout=30_000)
        await expect(main.get_by_text(text).first).to_be_visible()
