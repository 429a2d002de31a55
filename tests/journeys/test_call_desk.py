"""Calls as agents have them at the desk: two browsers, and tones that say who hears whom."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.axe import grave_violations
from tests.journeys.callers import TONE, Caller, a_caller
from tests.journeys.people import DESK, Staff
from tests.journeys.talkers import (
    AGENTS_TONE,
    PATIENCE_MS,
    Talker,
    a_talker,
    bar_of,
    hears,
    hears_no_more,
    ring_of,
)
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

REJOINED_SECONDS = 3.0
NOTES_OF_A_RING = 4


async def both_hear(page: Page, caller: Caller) -> None:
    await hears(page, TONE)
    await hears(caller.customer.frame, AGENTS_TONE)


async def test_a_call_is_answered_held_muted_and_ended_by_keyboard(
    talker: Talker, caller: Caller
) -> None:
    page = talker.page
    await caller.begin()
    await expect(talker.ring).to_contain_text(DESK("conversation.visitor"), timeout=PATIENCE_MS)
    await expect(page).to_have_title(re.compile("☎"))
    assert await grave_violations(page) == []
    await page.keyboard.press("Enter")
    await talker.is_talking()
    await expect(talker.ring).to_be_hidden()
    await both_hear(page, caller)
    assert await grave_violations(page) == []

    await page.keyboard.press("h")
    await expect(talker.bar.get_by_text(DESK("callBar.holding"))).to_be_visible()
    await hears_no_more(caller.customer.frame, AGENTS_TONE)
    await page.keyboard.press("h")
    await both_hear(page, caller)

    # Letters are words while an answer is written; with Alt they are keys.
    await talker.agent.composer.fill("One moment, ")
    await talker.agent.composer.press("m")
    await expect(talker.agent.composer).to_have_value("One moment, m")
    await talker.agent.composer.press("Alt+m")
    await hears_no_more(caller.customer.frame, AGENTS_TONE)
    await expect(talker.bar.get_by_role("button", name=DESK("callBar.unmute"))).to_be_visible()
    await talker.agent.composer.press("Alt+m")
    await hears(caller.customer.frame, AGENTS_TONE)
    await talker.agent.composer.fill("")

    # The bar goes along, and its name leads back.
    await page.locator("body").click(position={"x": 2, "y": 2})
    await page.keyboard.type("go")
    await expect(page).to_have_url(re.compile("/desk/orders$"))
    await hears(page, TONE)
    await talker.bar.get_by_role("button", name=DESK("conversation.visitor")).click()
    await expect(page).to_have_url(re.compile("/desk/inbox/"))

    await page.keyboard.press("q")
    await page.keyboard.press("q")
    await expect(talker.bar).to_be_hidden(timeout=PATIENCE_MS)
    await expect(talker.agent.composer).to_be_focused()
    log = page.get_by_role("log")
    await expect(log.get_by_text(DESK("call.inbound"))).to_be_visible()
    ended = log.get_by_text(DESK("call.ended.completed"), exact=True)
    await expect(ended.first).to_be_visible()


async def test_one_tab_rings_one_speaks_and_a_reload_comes_back(
    talker: Talker, caller: Caller
) -> None:
    page = talker.page
    second = await page.context.new_page()
    await second.goto(f"{talker.agent.url}/desk/orders")
    await expect(second.get_by_role("heading", name=DESK("nav.orders"))).to_be_visible()
    tabs = (page, second)
    await caller.begin()
    for tab in tabs:
        await expect(ring_of(tab)).to_be_visible(timeout=PATIENCE_MS)
    # Who would ring as well has begun to by the time the first one rings again.
    rings = [0, 0]
    while max(rings) <= NOTES_OF_A_RING:
        await page.wait_for_timeout(50)
        rings = [await tab.evaluate("window.rings") for tab in tabs]
    assert 0 in rings, "one tab rings, the other is silent"

    await talker.answers()
    await both_hear(page, caller)
    await expect(ring_of(second)).to_be_hidden()
    await expect(bar_of(second).get_by_text(DESK("callBar.elsewhere"))).to_be_visible()
    await bar_of(second).get_by_role("button", name=DESK("callBar.takeHere")).click()
    await both_hear(second, caller)
    await expect(talker.bar.get_by_text(DESK("callBar.elsewhere"))).to_be_visible()
    await hears_no_more(page, TONE)

    # The best of three, for other programs may be busy on this machine.
    took: list[float] = []
    while not took or min(took) >= REJOINED_SECONDS:
        assert len(took) < 3, took
        await second.reload(wait_until="commit")
        took.append(await hears(second, TONE))
    await hears(caller.customer.frame, AGENTS_TONE)
    await expect(talker.bar.get_by_text(DESK("callBar.elsewhere"))).to_be_visible()

    # Whoever closes the tab by mistake loses nobody: the other one goes on.
    await second.close()
    await both_hear(page, caller)
    await talker.hangs_up()


async def test_a_colleague_is_asked_before_the_customer_is_passed_on(
    stoa: StoaProcess, ben: Staff, desks: Browser, talker: Talker, caller: Caller
) -> None:
    await caller.begin()
    await talker.answers()
    await both_hear(talker.page, caller)
    async with a_talker(desks, stoa.url, ben) as colleague:
        await talker.page.keyboard.press("x")
        dialog = talker.page.get_by_role("dialog", name=DESK("colleague.transfer"))
        await expect(dialog).to_be_visible()
        assert await grave_violations(talker.page) == []
        row = dialog.get_by_role("listitem").filter(has_text=ben.name)
        await row.get_by_role("button", name=DESK("colleague.askFirst")).click()
        await expect(talker.bar).to_contain_text(DESK("consult.ringing", name=ben.name))
        await expect(colleague.ring).to_contain_text(
            DESK("ring.attended", name=talker.staff.name), timeout=PATIENCE_MS
        )
        await colleague.page.keyboard.press("Alt+Enter")
        await expect(talker.bar).to_contain_text(
            DESK("consult.talking", name=ben.name), timeout=PATIENCE_MS
        )
        # The two speak alone: the customer hears music, and is not heard.
        await hears(talker.page, AGENTS_TONE)
        await hears(colleague.page, AGENTS_TONE)
        await hears_no_more(caller.customer.frame, AGENTS_TONE)
        await hears_no_more(colleague.page, TONE)
        await talker.bar.get_by_role("button", name=DESK("consult.complete")).click()
        await expect(talker.bar).to_be_hidden(timeout=PATIENCE_MS)
        await colleague.is_talking()
        await both_hear(colleague.page, caller)
        await colleague.hangs_up()


async def test_a_recorded_call_is_heard_again_at_any_place_and_deleted(
    talker: Talker, caller: Caller
) -> None:
    page = talker.page
    await talker.changes_call_settings({"recording": "announce"})
    try:
        await caller.begin()
        await talker.answers()
        await both_hear(page, caller)
        await page.keyboard.press("o")
        stop = talker.bar.get_by_role("button", name=DESK("record.stop"))
        await expect(stop).to_be_visible(timeout=PATIENCE_MS)
        await both_hear(page, caller)
        await talker.has_talked_on(seconds=5)
        await page.keyboard.press("o")
        await expect(stop).to_be_hidden(timeout=PATIENCE_MS)
        await talker.hangs_up()
    finally:
        await talker.changes_call_settings({"recording": "never"})

    player = page.get_by_role("group", name=DESK("recording.call"))
    place = player.get_by_role("slider", name=DESK("recording.position"))
    await expect(place).to_be_visible(timeout=PATIENCE_MS)
    length = int(await place.get_attribute("aria-valuemax") or 0)
    play = player.get_by_role("button", name=DESK("recording.play"))
    await play.click()
    await expect(player.get_by_role("button", name=DESK("recording.pause"))).to_be_visible()
    await place.press("End")
    await expect(place).to_have_attribute("aria-valuenow", str(length))
    # From its end it plays on no more.
    await expect(play).to_be_visible()
    await place.press("Home")
    await expect(place).to_have_attribute("aria-valuenow", "0")
    assert await grave_violations(page) == []

    await player.get_by_role("button", name=DESK("recording.delete")).click()
    dialog = page.get_by_role("dialog", name=DESK("recording.delete"))
    await dialog.get_by_role("button", name=DESK("recording.deleteNow")).click()
    gone = f"{DESK('recording.call')}: {DESK('recording.deleted')}"
    await expect(page.get_by_role("log").get_by_text(gone)).to_be_visible(timeout=PATIENCE_MS)
    await expect(place).to_be_hidden()


async def test_whoever_asked_is_called_back_and_may_decline(talker: Talker, caller: Caller) -> None:
    page = talker.page
    await caller.begin()
    await expect(talker.ring).to_be_visible(timeout=PATIENCE_MS)
    await caller.button("callback.offer").click()
    await caller.button("callback.submit").click()
    await expect(talker.ring).to_be_hidden(timeout=PATIENCE_MS)

    await page.keyboard.type("gh")
    tasks = page.get_by_role("listitem").filter(has_text=DESK("conversation.visitor"))
    call_back = tasks.get_by_role("button", name=DESK("calls.callBack"))
    await expect(call_back).to_be_enabled(timeout=PATIENCE_MS)
    assert await grave_violations(page) == []
    await call_back.click()
    await expect(talker.bar).to_contain_text(DESK("callBar.ringing"), timeout=PATIENCE_MS)
    await caller.button("incoming.accept").click(timeout=PATIENCE_MS)
    await talker.is_talking()
    await both_hear(page, caller)
    await expect(call_back).to_be_hidden()
    await talker.bar.get_by_role("button", name=DESK("conversation.visitor")).click()
    await talker.hangs_up()

    await page.get_by_role("button", name=DESK("callCustomer.act"), exact=True).click(
        timeout=PATIENCE_MS
    )
    await caller.button("incoming.decline").click(timeout=PATIENCE_MS)
    await expect(talker.bar).to_be_hidden(timeout=PATIENCE_MS)
    log = page.get_by_role("log")
    await expect(log.get_by_text(DESK("call.ended.declined"), exact=True).first).to_be_visible()


async def test_a_supervisor_listens_whispers_and_takes_over(
    stoa: StoaProcess, ben: Staff, desks: Browser, speaking: Browser, talker: Talker
) -> None:
    page = talker.page
    await talker.goes_away()  # the call rings at the colleague alone
    try:
        async with (
            a_talker(desks, stoa.url, ben) as colleague,
            a_caller(speaking, stoa.url) as caller,
        ):
            await caller.begin()
            await colleague.answers()
            await both_hear(colleague.page, caller)
            await page.keyboard.type("gh")
            row = page.get_by_role("listitem").filter(has_text=ben.name)
            await row.get_by_role("button", name=DESK("supervise.listen")).click()
            await expect(talker.bar).to_contain_text(DESK("callBar.listening"), timeout=PATIENCE_MS)
            await hears(page, TONE)
            await hears(page, AGENTS_TONE)
            await expect(colleague.bar).to_contain_text(
                DESK("callBar.heardBy", name=talker.staff.name)
            )
            assert await grave_violations(page) == []
            # The colleague hears the whisper; their own voice does not come back to them.
            await hears_no_more(colleague.page, AGENTS_TONE)
            await page.keyboard.press("Alt+2")
            await expect(talker.bar).to_contain_text(DESK("callBar.whispering"))
            await hears(colleague.page, AGENTS_TONE)
            await talker.bar.get_by_role("button", name=DESK("supervise.takeOver")).click()
            await expect(colleague.bar).to_be_hidden(timeout=PATIENCE_MS)
            await talker.is_talking()
            await both_hear(page, caller)
            await talker.hangs_up()
    finally:
        await talker.comes_back()
