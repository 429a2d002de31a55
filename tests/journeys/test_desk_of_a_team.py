"""Many conversations and two agents: marked, tagged, kept in a view, put aside, found again."""

import re
from uuid import UUID

import pytest
from playwright.async_api import Browser, Locator, expect

from stoa.commerce.shops.queries import list_shops
from stoa.contact.conversations.batch import write_messages
from stoa.platform.database.session import open_database
from tests.factories.contact import a_conversation, a_draft
from tests.journeys.axe import grave_violations
from tests.journeys.people import DESK, Agent, Staff, an_agent
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

WORDS = ("Is the türkis glaze safe?", "My Türkis bowl broke", "More türkis plates, please")

# A held key comes again before the page is drawn.
HOLD = """key => {
  for (let i = 0; i < 2; i++) document.body.dispatchEvent(new KeyboardEvent("keydown", key));
}"""


async def ask_all(stoa: StoaProcess) -> list[UUID]:
    """Customers asked while nobody was looking."""
    database = await open_database(stoa.database_url, size=1)
    try:
        async with database.read() as session:
            [shop] = await list_shops(session)
        ids = []
        for words in WORDS:
            id_, customer = await a_conversation(database, shop_id=shop.id)
            async with database.begin() as session:
                await write_messages(session, [a_draft(id_, customer, words)])
            ids.append(id_)
        return ids
    finally:
        await database.close()


def rows(agent: Agent) -> Locator:
    return agent.page.get_by_role("option").filter(has_text=re.compile("türkis", re.IGNORECASE))


def row_of(agent: Agent, id_: UUID) -> Locator:
    return agent.page.locator(f"[role=option][id$='{id_}']")


async def tag_all(agent: Agent, newest: UUID, name: str) -> None:
    """From the newest on by the keyboard, with a tag that is made on the way."""
    page = agent.page
    await agent.show("all")
    await row_of(agent, newest).click()
    await page.keyboard.press("x")
    await page.evaluate(HOLD, {"key": "J", "code": "KeyJ", "shiftKey": True, "bubbles": True})
    bar = page.get_by_role("toolbar", name=DESK("bulk.label"))
    await expect(bar.get_by_text(DESK("bulk.count", count=3))).to_be_visible()
    await bar.get_by_role("button", name=DESK("bulk.tag")).click()
    dialog = page.get_by_role("dialog", name=DESK("tags.edit"))
    await dialog.get_by_label(DESK("tags.find")).fill(name)
    await dialog.get_by_label(DESK("tags.find")).press("Enter")
    await expect(dialog.get_by_role("checkbox", name=name)).to_be_checked()
    await dialog.get_by_role("button", name=DESK("action.save")).click()
    await expect(bar).to_be_hidden()
    await expect(page.get_by_text(DESK("bulk.done", count=3))).to_be_visible()


async def keep_a_view(agent: Agent, *, tag: str, name: str) -> None:
    page = agent.page
    await page.get_by_role("button", name=DESK("views.edit")).click()
    dialog = page.get_by_role("dialog", name=DESK("views.new"))
    await dialog.get_by_label(DESK("views.name")).fill(name)
    await dialog.get_by_label(DESK("filter.tag")).select_option(tag)
    await dialog.get_by_role("button", name=DESK("action.save")).click()
    views = page.get_by_role("navigation", name=DESK("views.label"))
    here = views.get_by_role("link", name=name)
    await expect(here).to_have_attribute("aria-current", "page")
    await expect(page.get_by_role("option")).to_have_count(3)


async def test_a_team_keeps_many_conversations_in_order(
    stoa: StoaProcess, browser: Browser, anna: Staff, ben: Staff
) -> None:
    *_, newest = await ask_all(stoa)
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        an_agent(browser, stoa.url, ben) as colleague,
    ):
        page = agent.page
        await colleague.show("all")
        await tag_all(agent, newest, "Glazes")
        await expect(rows(colleague).get_by_text("Glazes")).to_have_count(3)
        await keep_a_view(agent, tag="Glazes", name="About glazes")

        # Put aside, it has left the view; and taken back, it is there again.
        await page.get_by_role("option").nth(0).click()
        await page.keyboard.press("z")
        dialog = page.get_by_role("dialog", name=DESK("snooze.title"))
        await dialog.get_by_role("button", name=DESK("snooze.tomorrow")).click()
        await expect(page.get_by_role("option")).to_have_count(2)
        # What else was done can be taken back as well: its notice may still be there.
        aside = page.get_by_role("region", name=DESK("toasts.label")).locator(".ui-toast")
        aside = aside.filter(has_text=DESK("snooze.done", count=1))
        await aside.get_by_role("button", name=DESK("action.undo")).click()
        await expect(page.get_by_role("option")).to_have_count(3)

        # Found by the spelling of who has no umlauts.
        await page.keyboard.press("/")
        await page.get_by_label(DESK("search.label")).fill("tuerkis bowl")
        hit = page.get_by_role("region", name=DESK("nav.inbox")).get_by_role("link")
        await expect(hit).to_have_count(1)
        await expect(hit.locator("mark").first).to_have_text("Türkis")
        assert await grave_violations(page) == []
        await hit.click()
        await expect(page.get_by_role("main").get_by_text(WORDS[1]).last).to_be_visible()


async def test_a_double_click_changes_many_once_and_is_taken_back_whole(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    *_, newest = await ask_all(stoa)
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        bar = page.get_by_role("toolbar", name=DESK("bulk.label"))
        await agent.show("unassigned")
        await row_of(agent, newest).click()
        await page.keyboard.press("x")
        await expect(bar).to_be_visible()
        await agent.show("all")
        await expect(bar).to_be_hidden()  # what is not seen any more is not selected

        await row_of(agent, newest).click()
        await page.keyboard.press("x")
        one = bar.get_by_text(DESK("bulk.count", count=1), exact=True)
        await expect(one).to_be_visible()
        await bar.get_by_role("button", name=DESK("action.more")).click()
        await page.get_by_role("menuitem", name=DESK("bulk.all", count=200)).click()
        await expect(one).to_be_hidden()
        await page.keyboard.press("Escape")
        await expect(bar).to_be_hidden()

        await row_of(agent, newest).click()
        await page.keyboard.press("x")
        await page.evaluate(HOLD, {"key": "J", "code": "KeyJ", "shiftKey": True, "bubbles": True})
        await expect(bar.get_by_text(DESK("bulk.count", count=3))).to_be_visible()
        left = await rows(agent).count() - 3
        await bar.get_by_role("button", name=DESK("conversation.close")).dblclick()
        await expect(bar).to_be_hidden()
        await expect(rows(agent)).to_have_count(left)
        await expect(page.get_by_text(DESK("bulk.done", count=3))).to_have_count(1)
        await page.keyboard.press("u")
        await expect(rows(agent)).to_have_count(left + 3)


async def test_two_agents_see_each_other_and_do_not_answer_twice(
    stoa: StoaProcess, browser: Browser, anna: Staff, ben: Staff
) -> None:
    *_, newest = await ask_all(stoa)
    async with (
        an_agent(browser, stoa.url, anna) as agent,
        an_agent(browser, stoa.url, ben) as colleague,
    ):
        for one in (agent, colleague):
            await one.show("all")
            await row_of(one, newest).click()
        looking = DESK("look.looking", name=anna.name)
        await expect(colleague.page.get_by_text(looking)).to_be_visible()
        await colleague.composer.fill("They are all {{colour}}.")
        writing = DESK("look.writing", name=ben.name)
        await expect(agent.page.get_by_text(writing)).to_be_visible()
        await colleague.composer.press("Enter")
        unfilled = DESK("composer.unfilled", list="{{colour}}")
        await expect(colleague.page.get_by_text(unfilled)).to_be_visible()

        await agent.say("We have blue ones.")
        # The list may know of it before the conversation does, and only there can it be read.
        read = colleague.page.get_by_role("main").get_by_text("We have blue ones.")
        await expect(read).to_be_visible()
        await colleague.composer.fill("They are all green.")
        await colleague.composer.press("Enter")
        warned = colleague.page.get_by_role("status").filter(has_text="We have blue ones.")
        await expect(warned).to_be_visible()
        await expect(colleague.composer).to_have_value("They are all green.")
        await warned.get_by_role("button", name=DESK("composer.sendAnyway")).click()
        await expect(
            agent.page.get_by_role("main").get_by_text("They are all green.")
        ).to_be_visible()


async def test_the_pages_fit_a_phone(stoa: StoaProcess, browser: Browser, anna: Staff) -> None:
    *_, newest = await ask_all(stoa)
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await page.set_viewport_size({"width": 360, "height": 740})
        for path in ("/desk/inbox/all", "/desk/search", "/desk/order"):
            await page.goto(stoa.url + path)
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            if path.endswith("/all"):
                await expect(row_of(agent, newest)).to_be_visible()
            wide = "document.documentElement.scrollWidth > innerWidth"
            assert not await page.evaluate(wide), path
            assert await grave_violations(page) == [], path


MAKE_MACRO = """async () => {
  const ask = async (method, path, body) => {
    const headers = { "Content-Type": "application/json", "X-Stoa-Request": "1" };
    const answer = await fetch(`/api/desk/${path}`, { method, headers, body });
    return answer.json();
  };
  const { shops, saved_replies } = await ask("GET", "start");
  const shop = shops[0].id;
  const tag = await ask("POST", `tags?shop_id=${shop}`, JSON.stringify({ name: "Answered" }));
  const reply_id = saved_replies.find(({ shortcut }) => shortcut === "bye").id;
  const acts = [{ do: "tag", tag_ids: [tag.id] }, { do: "close" }];
  const macro = { name: "Say goodbye", digit: 1, reply_id, acts };
  return ask("POST", `macros?shop_id=${shop}`, JSON.stringify(macro));
}"""


async def test_a_macro_waits_for_its_reply(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    *_, newest = await ask_all(stoa)
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await page.evaluate(MAKE_MACRO)
        await page.reload()
        await agent.show("all")
        await row_of(agent, newest).click()
        await expect(agent.composer).to_be_visible()
        await page.keyboard.press("m")
        dialog = page.get_by_role("dialog", name=DESK("macros.run"))
        await expect(dialog.get_by_text("Say goodbye")).to_be_visible()
        await page.keyboard.press("1")
        await expect(agent.composer).to_have_value(re.compile("Thank you"))
        staged = DESK("macros.staged", name="Say goodbye")
        await expect(page.get_by_text(staged)).to_be_visible()
        await expect(agent.composer).to_be_focused()
        await expect(page.get_by_text("Answered", exact=True)).to_have_count(0)

        await agent.composer.press("Enter")
        await expect(page.get_by_text(DESK("conversation.isClosed"))).to_be_visible()
        await expect(page.get_by_role("main").get_by_text("Answered").first).to_be_visible()


END_SESSION = """async () => {
  const me = await (await fetch("/api/desk/me")).json();
  const headers = { "X-Stoa-Request": "1" };
  await fetch(`/api/desk/me/sessions/${me.session_id}`, { method: "DELETE", headers });
}"""


async def test_whoever_is_signed_out_is_told_and_goes_on_where_they_were(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    *_, newest = await ask_all(stoa)
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await agent.show("all")
        await row_of(agent, newest).click()
        await agent.composer.fill("Half an answer")
        await page.evaluate(END_SESSION)
        await expect(page.get_by_text(DESK("signin.ended"))).to_be_visible()
        await page.get_by_label(DESK("signin.email")).fill(anna.email)
        await page.get_by_label(DESK("signin.password")).fill(anna.password)
        await page.get_by_role("button", name=DESK("signin.submit")).click()
        await expect(agent.composer).to_have_value("Half an answer")
        await agent.composer.fill("")


async def test_filters_leave_room_for_what_was_found_on_a_phone(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    await ask_all(stoa)
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.goto(f"{stoa.url}/desk/search")
        await page.get_by_label(DESK("search.label")).fill("tuerkis bowl")
        hit = page.get_by_role("region", name=DESK("nav.inbox")).get_by_role("link").first
        await expect(hit).to_be_in_viewport()
        await page.get_by_text(DESK("filter.title"), exact=True).click()
        await expect(page.get_by_label(DESK("filter.since"))).to_be_visible()


async def test_the_key_takes_back_what_was_done_last(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    """Also when that was done to one conversation alone."""
    _, second, newest = await ask_all(stoa)
    async with an_agent(browser, stoa.url, anna) as agent:
        page = agent.page
        await agent.show("all")
        for id_ in (newest, second):
            await row_of(agent, id_).click()
            await expect(agent.composer).to_be_visible()
            await page.evaluate("document.activeElement.blur()")
            await page.keyboard.press("e")
            await expect(row_of(agent, id_)).to_be_hidden()
        await page.keyboard.press("u")
        await expect(row_of(agent, second)).to_be_visible()
        await expect(row_of(agent, newest)).to_be_hidden()
        await expect(page.get_by_text(DESK("bulk.undone"))).to_be_visible()


async def test_two_windows_of_one_agent_have_one_draft(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    *_, newest = await ask_all(stoa)
    async with an_agent(browser, stoa.url, anna) as agent:
        await agent.show("all")
        await row_of(agent, newest).click()
        await expect(agent.composer).to_be_visible()
        second = Agent(await agent.page.context.new_page(), stoa.url)
        await second.page.goto(agent.page.url)
        await expect(second.composer).to_be_visible()
        await agent.composer.fill("A long and careful answer")
        await expect(second.composer).to_have_value("A long and careful answer")
        await second.composer.press("End")
        await second.composer.press_sequentially(" indeed")
        await expect(agent.composer).to_have_value("A long and careful answer indeed")
        await second.composer.press("Enter")
        await expect(agent.composer).to_have_value("")
