"""Video and screens in a call, seen by their pixels on both sides."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.axe import grave_violations
from tests.journeys.calling import Call, a_call
from tests.journeys.people import DESK, Staff
from tests.servers.browser import MEDIA, SHARES_ITSELF, chromium
from tests.servers.pictures import sees_camera, sees_colour, write_camera
from tests.servers.stoa import StoaProcess

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PATIENCE_MS = 60_000
VIDEO = translator("en", "video")
STILL = re.compile(re.escape(f"{VIDEO('snapshot.file')}.jpg"))


@pytest.fixture(scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Its camera shows red on the left and blue on the right."""
    camera = write_camera(tmp_path_factory.mktemp("camera") / "camera.y4m")
    flags = [*MEDIA, SHARES_ITSELF, f"--use-file-for-fake-video-capture={camera}"]
    async with chromium(more=flags) as started:
        yield started


def desk_button(call: Call, key: str) -> Locator:
    return call.agent.page.get_by_role("button", name=VIDEO(key), exact=False)


def counter_button(call: Call, key: str) -> Locator:
    return call.customer.chat.get_by_role("button", name=VIDEO(key), exact=True)


def picture(where: Page | Call, label: str) -> Locator:
    owner = where.customer.chat if isinstance(where, Call) else where
    return owner.get_by_role("figure", name=label, exact=True)


async def share_this_page(call: Call) -> None:
    await call.customer.page.bring_to_front()
    await counter_button(call, "screen.start").click()
    await call.customer.chat.get_by_role("menuitem", name=VIDEO("screen.thisTab")).click()


async def test_the_agent_shows_the_goods_and_the_customer_stays_unseen(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with a_call(browser, stoa.url, anna) as call:
        await desk_button(call, "camera.start").click()
        await sees_camera(call.customer.frame, anna.name)
        # Only her own.
        await expect(call.agent.page.get_by_role("figure")).to_have_count(1)
        # Told in the conversation, for whoever reads it later.
        story = call.agent.page.get_by_role("main").get_by_text(
            DESK("call.fact.videoStarted", name=anna.name)
        )
        await expect(story.first).to_be_attached(timeout=PATIENCE_MS)
        await desk_button(call, "camera.stop").click()
        await expect(picture(call, anna.name)).to_have_count(0)


async def test_the_customer_shows_camera_and_page_by_their_own_clicks(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with a_call(browser, stoa.url, anna) as call:
        desk = call.agent.page
        await counter_button(call, "camera.start").click()
        await sees_camera(desk, "Visitor")
        await call.customer.page.evaluate(
            "document.documentElement.style.background = 'rgb(10, 200, 30)';"
            "document.body.style.background = 'transparent';"
            "for (const child of document.body.children)"
            " if (!child.shadowRoot) child.style.visibility = 'hidden'"
        )
        await share_this_page(call)
        screen = VIDEO("picture.screen", name="Visitor")
        await sees_colour(desk, screen, 0.1, 0.9, (10, 200, 30))
        await sees_camera(desk, "Visitor")
        for place in (desk, call.customer.frame):
            assert await grave_violations(place) == []
        # The smaller one becomes the larger, and back.
        for label in ("Visitor", screen):
            swap = desk.get_by_role("button", name=VIDEO("view.swap", what=label), exact=True)
            await swap.click()
            await expect(swap).to_have_count(0)
        # Two at once, and each stops for itself, on the side that shows it.
        await counter_button(call, "camera.stop").click()
        await expect(picture(desk, "Visitor")).to_have_count(0)
        await sees_colour(desk, screen, 0.1, 0.9, (10, 200, 30))
        await call.customer.chat.get_by_role("button", name=VIDEO("screen.stop")).first.click()
        await expect(desk.get_by_role("figure")).to_have_count(0)


async def test_pictures_survive_a_reload_of_either_page(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with a_call(browser, stoa.url, anna) as call:
        await desk_button(call, "camera.start").click()
        await counter_button(call, "camera.start").click()
        await sees_camera(call.customer.frame, anna.name)
        await sees_camera(call.agent.page, "Visitor")
        await call.customer.page.reload()
        await expect(picture(call, anna.name)).to_be_visible(timeout=PATIENCE_MS)
        await sees_camera(call.customer.frame, anna.name)
        await sees_camera(call.agent.page, "Visitor")
        await call.agent.page.reload()
        await sees_camera(call.agent.page, "Visitor")
        await sees_camera(call.customer.frame, anna.name)


async def test_a_refused_camera_is_said_in_words_and_the_call_goes_on(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with a_call(browser, stoa.url, anna, permissions=["microphone"]) as call:
        await counter_button(call, "camera.start").click()
        trouble = call.customer.chat.get_by_text(VIDEO("trouble.camera.refused"))
        await expect(trouble).to_be_visible()
        await expect(call.agent.page.get_by_role("figure")).to_have_count(0)
        bar = call.agent.page.get_by_role("region", name=DESK("callBar.label"))
        await expect(bar.get_by_text(DESK("callBar.talking"))).to_be_visible()
        await call.customer.chat.get_by_role("button", name=VIDEO("trouble.dismiss")).click()
        await expect(trouble).to_be_hidden()


async def test_a_still_of_the_customers_page_is_kept_only_after_their_yes(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with a_call(browser, stoa.url, anna) as call:
        desk, chat = call.agent.page, call.customer.chat
        stills = desk.get_by_role("main").get_by_role("img", name=STILL)
        await share_this_page(call)
        await expect(picture(desk, VIDEO("picture.screen", name="Visitor"))).to_be_visible(
            timeout=PATIENCE_MS
        )
        ask = desk_button(call, "snapshot.take")
        question = chat.get_by_role("alertdialog", name=VIDEO("snapshot.question"))

        await ask.click()
        await question.get_by_role("button", name=VIDEO("snapshot.refuse")).click()
        await expect(desk.get_by_text(VIDEO("snapshot.refused"))).to_be_visible()
        await expect(stills).to_have_count(0)

        await ask.click()
        await question.get_by_role("button", name=VIDEO("snapshot.agree")).click()
        await expect(stills).to_have_count(1, timeout=PATIENCE_MS)
        # Agreed once, it holds for this call.
        await ask.click()
        await expect(stills).to_have_count(2, timeout=PATIENCE_MS)
        await expect(question).to_have_count(0)


async def test_a_still_of_the_agents_own_camera_needs_nobodys_consent(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with a_call(browser, stoa.url, anna) as call:
        await desk_button(call, "camera.start").click()
        await sees_camera(call.agent.page, VIDEO("picture.ownCamera"))
        await desk_button(call, "snapshot.take").click()
        still = call.customer.log.get_by_role("link", name=STILL)
        await expect(still).to_be_visible(timeout=PATIENCE_MS)
        question = call.customer.chat.get_by_role("alertdialog")
        await expect(question).to_have_count(0)


async def test_on_hold_nobody_sees_anything(
    stoa: StoaProcess, browser: Browser, anna: Staff
) -> None:
    async with a_call(browser, stoa.url, anna) as call:
        await counter_button(call, "camera.start").click()
        await sees_camera(call.agent.page, "Visitor")
        await call.agent.page.keyboard.press("Escape")
        await call.agent.page.get_by_role("button", name=DESK("callBar.hold")).click()
        paused = picture(call.agent.page, "Visitor").get_by_text(VIDEO("picture.paused"))
        await expect(paused).to_be_visible(timeout=PATIENCE_MS)
        await sees_colour(call.agent.page, "Visitor", 0.25, 0.5, (0, 0, 0))
        await call.agent.page.get_by_role("button", name=DESK("callBar.resume")).click()
        await sees_camera(call.agent.page, "Visitor")
