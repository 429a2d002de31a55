"""The chat in a real browser against the real application, with an agent on the line."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    FilePayload,
    FrameLocator,
    Locator,
    Page,
    WebSocketRoute,
    expect,
)

from tests.embed.conftest import ATTACHMENT_MAX_BYTES, Served, an_agent_at_the_desk
from tests.servers.people import Person

pytestmark = pytest.mark.journey

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@asynccontextmanager
async def a_profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser that has never been here."""
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    try:
        yield context
    finally:
        await context.close()


async def at_the_shop(context: BrowserContext, served: Served, name: str = "home") -> Page:
    page = await context.new_page()
    await page.goto(f"{served.address}/page/{name}")
    return page


async def open_counter(page: Page) -> FrameLocator:
    await page.get_by_role("button", name="Ask us").click()
    return page.frame_locator("iframe")


def composer(chat: FrameLocator) -> Locator:
    return chat.get_by_role("textbox", name="Your message")


def log(chat: FrameLocator) -> Locator:
    return chat.get_by_role("region", name="Messages")


async def begin(page: Page, text: str) -> FrameLocator:
    """The counter is open and its first message is stored."""
    chat = await open_counter(page)
    await chat.get_by_role("button", name="Chat").click()
    await say(chat, text)
    await expect(chat.get_by_text("Sent", exact=True)).to_be_visible()
    return chat


async def say(chat: FrameLocator, text: str) -> None:
    await composer(chat).fill(text)
    await composer(chat).press("Enter")
    await expect(log(chat).get_by_text(text, exact=True)).to_be_visible()


async def conversation_of(agent: Person, text: str) -> str:
    """The conversation whose newest message reads `text`, as the desk's list shows it."""
    while True:
        row = (await agent.hear("conversation.listed"))["data"]["conversation"]
        if row["last_message_preview"] == text:
            await agent.subscribe(f"conversation:{row['id']}", after=0)
            await agent.subscribe(f"notes:{row['id']}", after=0)
            conversation_id: str = row["id"]
            return conversation_id


async def answer(agent: Person, conversation_id: str, text: str) -> None:
    await agent.ask(
        "message.send",
        conversation_id=conversation_id,
        client_id=uuid4().hex,
        body=text,
    )


async def test_a_question_is_sent_read_and_answered(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served) as agent, a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "Is the amphora in stock?")
        id_ = await conversation_of(agent, "Is the amphora in stock?")
        await agent.ask("message.read", conversation_id=id_, seq=1)
        await expect(chat.get_by_text("Read", exact=True)).to_be_visible()

        await agent.signal("typing", conversation_id=id_, is_typing=True)
        await expect(chat.get_by_text("Anna is typing")).to_be_visible()
        await answer(agent, id_, "Yes, see https://shop.example/amphora.")
        link = log(chat).get_by_role("link", name="https://shop.example/amphora")
        await expect(link).to_have_attribute("href", "https://shop.example/amphora")
        assert "noopener" in (await link.get_attribute("rel") or "")
        await expect(chat.get_by_text("Anna is typing")).to_be_hidden()


async def test_the_agent_sees_what_is_being_typed(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served) as agent, a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "A first message")
        await expect(chat.get_by_text("Whoever answers you sees what you type.")).to_be_visible()
        id_ = await conversation_of(agent, "A first message")
        await composer(chat).press_sequentially("and the rest", delay=30)
        signal = await agent.hear("typing", draft="and the rest")
        assert signal["topic"] == f"notes:{id_}"
        await composer(chat).fill("")
        await agent.hear("typing", is_typing=False)


async def test_a_closed_counter_counts_what_came_in(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served) as agent, a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "I am looking around meanwhile")
        id_ = await conversation_of(agent, "I am looking around meanwhile")
        await chat.get_by_role("button", name="Close").click()
        await answer(agent, id_, "One")
        await answer(agent, id_, "Two")
        button = page.get_by_role("button", name="Ask us. 2 new messages")
        await expect(button).to_be_visible()
        # On the next page the answers are still heard, though nobody opened the counter there.
        await page.get_by_role("link", name="Other").click()
        await expect(page.get_by_role("heading", name="other")).to_be_visible()
        await expect(button).to_be_visible()
        await button.click()
        await expect(log(chat).get_by_text("Two", exact=True)).to_be_visible()
        await agent.hear("message.read", reader="customer")
        await chat.get_by_role("button", name="Close").click()
        await expect(page.get_by_role("button", name="Ask us", exact=True)).to_be_visible()


async def test_goes_on_across_pages_reloads_and_the_next_day(
    served: Served, browser: Browser
) -> None:
    async with an_agent_at_the_desk(served), a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "I will come back")
        await composer(chat).fill("half a sent")
        await page.get_by_role("link", name="Other").click()
        await expect(page.get_by_role("heading", name="other")).to_be_visible()
        await expect(log(chat).get_by_text("I will come back")).to_be_visible()
        await expect(composer(chat)).to_have_value("half a sent")
        await page.reload()
        await expect(composer(chat)).to_have_value("half a sent")
        await page.close()
        # The next day is a new tab: it remembers no open panel, but the visitor is the same.
        page = await at_the_shop(context, served)
        chat = await open_counter(page)
        await expect(log(chat).get_by_text("I will come back")).to_be_visible()
        await expect(composer(chat)).to_have_value("half a sent")


async def test_two_tabs_are_in_step(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served) as agent, a_profile(browser) as context:
        first, second = await at_the_shop(context, served), await at_the_shop(context, served)
        other = await open_counter(second)
        await other.get_by_role("button", name="Chat").click()
        await expect(composer(other)).to_be_visible()
        chat = await begin(first, "Said in the first tab")
        await expect(log(other).get_by_text("Said in the first tab")).to_be_visible()
        await say(other, "Said in the second tab")
        await expect(log(chat).get_by_text("Said in the second tab")).to_be_visible()
        id_ = await conversation_of(agent, "Said in the second tab")
        await answer(agent, id_, "Heard in both")
        for tab in (chat, other):
            await expect(log(tab).get_by_text("Heard in both")).to_have_count(1)
            await expect(log(tab).get_by_text("Said in the first tab")).to_have_count(1)


async def test_what_was_written_without_a_line_is_sent_once(
    served: Served, browser: Browser
) -> None:
    async with an_agent_at_the_desk(served) as agent, a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "Before the break")
        id_ = await conversation_of(agent, "Before the break")
        await context.set_offline(True)
        await expect(chat.get_by_text("No connection.", exact=False)).to_be_visible(timeout=60_000)
        await say(chat, "During the break")
        await expect(chat.get_by_text("Sending", exact=True)).to_be_visible()
        await context.set_offline(False)
        await expect(chat.get_by_text("Sent", exact=True)).to_be_visible(timeout=60_000)
        await expect(log(chat).get_by_text("During the break")).to_have_count(1)
        while True:
            message = (await agent.hear("message.added"))["data"]["message"]
            if message["body"] == "During the break":
                break
        assert message["conversation_id"] == id_


async def test_an_unsent_message_survives_a_reload(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served), a_profile(browser) as context:
        is_cut = False

        def between(socket: WebSocketRoute) -> None:
            """The line swallows what the page sends while it is cut, and nobody notices."""
            server = socket.connect_to_server()
            socket.on_message(lambda frame: None if is_cut else server.send(frame))

        await context.route_web_socket("**/realtime", between)
        page = await at_the_shop(context, served)
        chat = await begin(page, "Stored")
        is_cut = True
        await say(chat, "Not stored yet")
        await expect(chat.get_by_text("Sending", exact=True)).to_be_visible()
        is_cut = False
        await page.reload()
        await expect(log(chat).get_by_text("Not stored yet", exact=True)).to_be_visible()
        await expect(chat.get_by_text("Sent", exact=True)).to_be_visible()
        await expect(log(chat).get_by_text("Not stored yet", exact=True)).to_have_count(1)


async def test_falls_back_to_polling_where_sockets_are_blocked(
    served: Served, browser: Browser
) -> None:
    async with an_agent_at_the_desk(served) as agent, a_profile(browser) as context:
        await context.route_web_socket("**/realtime", lambda socket: socket.close())
        page = await at_the_shop(context, served)
        async with page.expect_request("**/realtime/poll", timeout=60_000):
            chat = await begin(page, "Through a strict proxy")
        id_ = await conversation_of(agent, "Through a strict proxy")
        await answer(agent, id_, "And back")
        await expect(log(chat).get_by_text("And back")).to_be_visible()


async def test_sends_files_with_progress_and_refuses_what_does_not_fit(
    served: Served, browser: Browser
) -> None:
    async with an_agent_at_the_desk(served) as agent, a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "Here is a picture")
        await conversation_of(agent, "Here is a picture")
        files = chat.locator("input[type=file]")
        too_large = b"x" * (ATTACHMENT_MAX_BYTES + 1)
        chosen: list[FilePayload] = [
            {"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL},
            {"name": "huge.txt", "mimeType": "text/plain", "buffer": too_large},
            {"name": "tool.exe", "mimeType": "image/png", "buffer": b"MZ\x90\x00" * 100},
        ]
        await files.set_input_files(chosen)
        await expect(chat.get_by_text("huge.txt is too large", exact=False)).to_be_visible()
        remove = chat.get_by_role("button", name="Remove tool.exe")
        await expect(remove).to_be_visible()
        await expect(chat.get_by_role("alert").filter(has_text="kind")).to_be_visible()
        # It would be refused again.
        await expect(chat.get_by_role("button", name="Send tool.exe again")).to_have_count(0)
        await remove.click()
        await expect(chat.get_by_role("button", name="Remove pixel.png")).to_be_visible()
        await composer(chat).press("Enter")
        picture = log(chat).get_by_role("link", name="Open pixel.png").locator("img")
        await expect(picture).to_be_visible()
        await expect(picture).to_have_js_property("complete", True)
        await expect(picture).not_to_have_js_property("naturalWidth", 0)


async def test_a_message_left_when_nobody_is_there(served: Served, browser: Browser) -> None:
    async with a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await open_counter(page)
        closed = chat.get_by_role("button", name="Chat")
        # Whoever leaves the desk counts as there for a few seconds more: it may be a reload.
        await expect(closed).to_be_disabled(timeout=40_000)
        await expect(closed).to_contain_text("Nobody is here right now")
        await chat.get_by_role("button", name="Leave a message").click()
        await chat.get_by_role("button", name="Send message").click()
        email = chat.get_by_role("textbox", name="E-mail address")
        await expect(email).to_be_focused()
        await expect(email).to_have_attribute("aria-invalid", "true")
        await expect(chat.get_by_text("We need your consent", exact=False)).to_be_visible()
        await email.fill("visitor@example.com")
        await chat.get_by_role("textbox", name="Message", exact=True).fill("Do you ship to Crete?")
        await chat.get_by_role("checkbox").check()
        await chat.get_by_role("button", name="Send message").click()
        await expect(
            chat.get_by_text("we will reply to visitor@example.com", exact=False)
        ).to_be_visible()
        async with served.database.read() as session:
            row = await session.fetch_one(
                "SELECT contact_email, is_offline, message_count FROM conversation"
                " WHERE last_message_preview = 'Do you ship to Crete?'"
            )
        assert row is not None
        assert row["contact_email"] == "visitor@example.com"
        assert row["is_offline"]
        assert row["message_count"] == 1


async def test_speaks_another_language_at_once(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served), a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await open_counter(page)
        await chat.get_by_role("button", name="More").click()
        await chat.get_by_role("menuitem", name="Language").click()
        await chat.get_by_role("button", name="Polski").click()
        await expect(chat.get_by_role("heading", name="W czym możemy pomóc?")).to_be_visible()
        await chat.get_by_role("button", name="Zamknij").click()
        await expect(page.get_by_role("button", name="Zapytaj nas")).to_be_visible()


async def test_ends_and_goes_on(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served), a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "That was all")
        await chat.get_by_role("button", name="More").click()
        await chat.get_by_role("menuitem", name="End conversation").click()
        await chat.get_by_role("dialog").get_by_role("button", name="End conversation").click()
        await expect(chat.get_by_text("This conversation has ended.", exact=False)).to_be_visible()
        await say(chat, "One more thing")
        await expect(chat.get_by_text("This conversation has ended.", exact=False)).to_be_hidden()


async def test_sends_the_transcript_to_an_address(served: Served, browser: Browser) -> None:
    async with an_agent_at_the_desk(served), a_profile(browser) as context:
        page = await at_the_shop(context, served)
        chat = await begin(page, "Please send me this")
        await chat.get_by_role("button", name="More").click()
        await chat.get_by_role("menuitem", name="Transcript by e-mail").click()
        dialog = chat.get_by_role("dialog", name="Transcript by e-mail")
        await dialog.get_by_role("button", name="Send transcript").click()
        await expect(dialog.get_by_text("Please give an address", exact=False)).to_be_visible()
        await dialog.get_by_role("textbox").fill("visitor@example.com")
        await dialog.get_by_role("button", name="Send transcript").click()
        await expect(dialog).to_be_hidden()
        await expect(chat.get_by_text("The transcript is on its way").first).to_be_visible()
