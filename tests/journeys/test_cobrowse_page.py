"""Co-browsing on the customer's page: asked, seen, pointed at, helped, followed and stopped."""

import asyncio
import re
import time
from functools import partial

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.axe import grave_violations
from tests.journeys.shared_pages import (
    RINGED,
    SAID,
    House,
    Shown,
    a_shown_page,
    a_talk,
    conversation_of,
    foreign_shop,
)
from tests.servers.cobrowse import Watcher

pytestmark = pytest.mark.journey

FORM = """<main><h1>Delivery</h1>
<form id="f" action="/next">
<label>Postcode <input id="postcode" name="postcode" maxlength="12"></label>
<label>Country <select id="country"><option value="">Choose</option>
<option value="PL">Poland</option><option value="DE">Germany</option></select></label>
<label>Note <textarea id="note"></textarea></label>
<label><input type="checkbox" id="agree"> I agree</label>
<label>Secret <input type="password" id="secret"></label>
<label>Code <input id="code" autocomplete="one-time-code"></label>
<label>File <input type="file" id="file"></label>
<p data-cobrowse="block"><input id="blocked" aria-label="Blocked"></p>
<p data-cobrowse="never"><button type="button" id="never">Delete my account</button></p>
<button id="order" type="button">Place my order</button>
<a id="away" href="https://example.org/">Away</a><a id="next" href="/next">Next</a>
<input id="readonly" readonly aria-label="Fixed">
<button id="plain" type="button">More</button></form>
<output id="heard"></output><div id="tall"></div></main>
<script nonce="own">
  document.getElementById("tall").style.height = "3000px";
  const heard = document.getElementById("heard");
  for (const type of ["input", "change"]) {
    document.getElementById("f").addEventListener(type, ({ target }) => {
      heard.textContent += ` ${type}:${target.id}`;
    });
  }
  for (const id of ["plain", "never", "order"]) {
    document.getElementById(id).onclick = () => { heard.textContent += ` click:${id}`; };
  }
</script>"""
NEXT = '<main><h1>The next page</h1><a href="/">Back</a></main>'


async def in_control(shown: Shown) -> None:
    """The agent has asked for control, and the customer has given it."""
    await shown.is_seen()
    await shown.agent.command("cobrowse.ask_control", session_id=shown.agent.session["id"])
    await shown.page.get_by_role("button", name="Allow").click()
    await expect(shown.bar).to_contain_text("may help")


def has_come(agent: Watcher, text: str) -> bool:
    return text in agent.seen


async def heard(shown: Shown) -> str:
    return await shown.page.locator("#heard").inner_text()


async def test_the_customer_is_told_what_is_seen_and_may_refuse(
    house: House, browser: Browser
) -> None:
    async with a_talk(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        requests: list[str] = []
        shown.page.on("request", lambda request: requests.append(request.url))
        await shown.agent.ask(await conversation_of(house))
        asked = shown.page.get_by_role("group", name="May Anna see this page?")
        await expect(asked).to_contain_text("Never: what you type, passwords, payment details")
        await asked.get_by_role("button", name="No").click()
        await shown.agent.until(lambda: shown.agent.session["state"] == "ended")
        assert shown.agent.session["end_reason"] == "refused"
        await expect(asked).to_be_hidden()
        await shown.wire.caught_up()
        assert not [url for url in requests if "/assets/cobrowse/" in url]
        await expect(shown.bar).to_be_hidden()


async def test_an_open_panel_asks_by_itself(house: House, browser: Browser) -> None:
    async with a_talk(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.page.get_by_role("button", name=re.compile("^Ask us")).click()
        await shown.agent.ask(await conversation_of(house))
        asked = shown.chat.get_by_role("region", name="May Anna see this page?")
        await asked.get_by_role("button", name="Show the page").click()
        await expect(shown.chat.get_by_text("Anna sees this page.")).to_be_visible()
        await shown.is_seen()
        await shown.chat.get_by_role("button", name="Stop").click()
        await expect(shown.bar).to_be_hidden()
        await shown.agent.until(lambda: shown.agent.session["state"] == "ended")


async def test_a_strict_policy_is_kept(house: House, browser: Browser) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.page.evaluate(
            """() => { window.violations = []; document.addEventListener(
              "securitypolicyviolation", (event) => window.violations.push(event.blockedURI)); }"""
        )
        await in_control(shown)
        await shown.agent.act(kind="fill", node=shown.agent.node(id="note"), text="Ring twice")
        for height in ("40px", "60px"):
            await shown.page.evaluate(
                "(height) => { document.querySelector('h1').style.height = height; }", height
            )
            await shown.agent.until(partial(has_come, shown.agent, height))
        assert await shown.page.evaluate("window.violations") == []
        assert await shown.mistakes() == []


@pytest.mark.parametrize("way", ["click", "escape", "agent"])
async def test_either_side_stops_it_at_once(house: House, browser: Browser, way: str) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        if way == "click":
            await shown.bar.get_by_role("button", name="Stop").click()
        elif way == "escape":
            await shown.page.locator("#note").focus()
            await shown.page.keyboard.press("Escape")
        else:
            await shown.agent.command("cobrowse.stop", session_id=shown.agent.session["id"])
        await expect(shown.page.locator("stoa-cobrowse")).to_have_count(0)
        await shown.agent.until(lambda: shown.agent.session["state"] == "ended")
        sent = await shown.bytes_of_pages()
        await shown.page.locator("#note").fill("Something more")
        await shown.page.reload()
        await shown.is_on_the_line(await conversation_of(house))
        assert await shown.bytes_of_pages() == sent


async def test_a_stop_without_a_line_holds_on_the_next_page(house: House, browser: Browser) -> None:
    host = foreign_shop(house, {"/": FORM, "/next": NEXT})
    async with a_shown_page(house, browser, host) as shown:
        await shown.is_seen()
        # The server does not hear of the stop.
        chat = next(one for one in shown.page.frames if "/counter/frame" in one.url)
        await chat.evaluate("WebSocket.prototype.send = () => undefined")
        await shown.bar.get_by_role("button", name="Stop").click()
        await expect(shown.bar).to_be_hidden()
        assert shown.agent.session["state"] == "active"
        sent = await shown.bytes_of_pages()
        await shown.page.goto(f"{shown.address}/next")
        await shown.agent.until(lambda: shown.agent.session["state"] == "ended")
        assert shown.agent.session["end_reason"] == "stopped_by_customer"
        assert await shown.bytes_of_pages() == sent
        await expect(shown.bar).to_be_hidden()


async def test_an_escape_that_closes_something_of_the_page_does_not_stop_it(
    house: House, browser: Browser
) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        await shown.page.evaluate(
            """() => { const dialog = document.createElement("dialog");
              dialog.textContent = "Sizes"; document.body.append(dialog); dialog.showModal(); }"""
        )
        await shown.page.keyboard.press("Escape")
        await expect(shown.page.get_by_text("Sizes")).to_be_hidden()
        await expect(shown.bar).to_be_visible()
        await shown.page.keyboard.press("Escape")
        await expect(shown.bar).to_be_hidden()


def has_turned(shown: Shown, stream: str) -> bool:
    return shown.agent.stream != stream


async def test_it_follows_links_and_reloads(house: House, browser: Browser) -> None:
    host = foreign_shop(house, {"/": FORM, "/next": NEXT})
    async with a_shown_page(house, browser, host) as shown:
        await shown.is_seen()
        for turn in ("Next", "", "Back"):
            stream, begun = shown.agent.stream, time.monotonic()
            if turn:
                await shown.page.get_by_role("link", name=turn).click()
            else:
                await shown.page.reload()
            await shown.agent.until(partial(has_turned, shown, stream))
            # The aim is a second; the machine may be busy with other tests.
            assert time.monotonic() - begun < 10
            came = [one for one in shown.agent.batches if one["stream"] == shown.agent.stream]
            assert came[0]["keyframe"]
            await expect(shown.bar).to_be_visible()
        await shown.agent.until(lambda: shown.agent.page["url"] == f"{shown.address}/")
        assert "The next page" in shown.agent.seen


async def test_the_tab_that_is_looked_at_is_the_one_shown(house: House, browser: Browser) -> None:
    host = foreign_shop(house, {"/": FORM, "/next": NEXT})
    async with a_shown_page(house, browser, host) as shown:
        await shown.is_seen()
        first = shown.agent.stream
        other = await shown.context.new_page()
        await other.goto(f"{shown.address}/next")
        await other.bring_to_front()
        await other.get_by_role("button", name=re.compile("^Ask us")).click()
        await shown.agent.until(lambda: shown.agent.stream != first)
        await shown.agent.until(lambda: shown.agent.page["url"].endswith("/next"))
        before = len(shown.agent.batches)
        await shown.page.bring_to_front()
        await shown.page.locator("h1").click()
        await shown.agent.until(
            lambda: (
                shown.agent.page["url"] == f"{shown.address}/" and len(shown.agent.batches) > before
            )
        )


async def test_the_agent_points_marks_and_draws(house: House, browser: Browser) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        await shown.page.mouse.wheel(0, 400)
        await shown.page.wait_for_function("() => scrollY === 400")
        id_, line = shown.agent.session["id"], shown.agent.line
        await line.signal("cobrowse.point", session_id=id_, kind="pointer", x=300, y=600)
        overlay = shown.page.locator("stoa-cobrowse")
        cursor = overlay.locator(".cursor")
        await expect(cursor).to_contain_text("Anna")
        await expect(cursor).to_have_css("transform", "matrix(1, 0, 0, 1, 300, 200)")
        await line.signal(
            "cobrowse.point",
            session_id=id_,
            kind="highlight",
            stream=shown.agent.stream,
            node=shown.agent.node(id="postcode"),
        )
        await expect(overlay.locator(".ring .label")).to_have_text("Anna")
        await shown.page.wait_for_function(RINGED, arg="#postcode")
        await line.signal(
            "cobrowse.point", session_id=id_, kind="stroke", points=[[10, 410], [90, 470]]
        )
        await expect(overlay.locator("polyline")).to_have_count(1)
        await expect(overlay.locator("polyline")).to_have_count(0, timeout=15_000)
        await line.signal("cobrowse.point", session_id=id_, kind="clear")
        await expect(cursor).to_be_hidden()


async def test_the_agent_fills_and_presses_what_the_customer_allows(
    house: House, browser: Browser
) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await in_control(shown)
        agent = shown.agent
        # What it says stands there for a moment only: it is looked for from before.
        done, _ = await asyncio.gather(
            agent.act(kind="fill", node=agent.node(id="postcode"), text="31-042"),
            shown.page.wait_for_function(SAID, arg="Anna fills in: Postcode"),
        )
        assert (done["outcome"], done["target"]) == ("done", "Postcode")
        await expect(shown.page.locator("#postcode")).to_have_value("31-042")
        done = await agent.act(kind="fill", node=agent.node(id="country"), text="Poland")
        assert done["outcome"] == "done"
        await expect(shown.page.locator("#country")).to_have_value("PL")
        assert (await agent.act(kind="click", node=agent.node(id="agree")))["outcome"] == "done"
        await expect(shown.page.locator("#agree")).to_be_checked()
        assert (await agent.act(kind="click", node=agent.node(id="plain")))["outcome"] == "done"
        told = await heard(shown)
        for event in ("input:postcode", "change:postcode", "change:country", "click:plain"):
            assert event in told
        done = await agent.act(kind="scroll", node=None, x=0, y=700)
        assert done["outcome"] == "done"
        await shown.page.wait_for_function("() => scrollY === 700")
        assert "31-042" not in await shown.told(), "the customer's page masks it all the same"
        assert (await agent.act(kind="click", node=agent.node(id="next")))["outcome"] == "done"
        await expect(shown.page.get_by_role("heading", name="Nothing")).to_be_visible()


REFUSED = [
    ("fill", "secret", "private"),
    ("fill", "code", "private"),
    ("click", "file", "private"),
    ("click", "never", "never"),
    ("click", "order", "payment"),
    ("click", "away", "leaves"),
    ("fill", "readonly", "disabled"),
    ("fill", "plain", "unfit"),
]


async def test_what_an_agent_may_never_do_is_refused_by_the_page(
    house: House, browser: Browser
) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await in_control(shown)
        agent = shown.agent
        for kind, id_, reason in REFUSED:
            text = {"text": "x"} if kind == "fill" else {}
            done = await agent.act(kind=kind, node=agent.node(id=id_), **text)
            assert (done["outcome"], done["reason"]) == ("refused", reason), (kind, id_)
        assert (await agent.act(kind="click", node=999_999))["reason"] == "gone"
        too_long = "123456789012345"
        done = await agent.act(kind="fill", node=agent.node(id="postcode"), text=too_long)
        assert done["reason"] == "invalid"
        assert await heard(shown) == ""
        with pytest.raises(LookupError):
            agent.node(id="blocked")

        await shown.bar.get_by_role("button", name="Take back").click()
        await expect(shown.bar).not_to_contain_text("may help")
        await agent.until(lambda: agent.session["control"] == "none")
        with pytest.raises(AssertionError, match="cobrowse_no_control"):
            await agent.act(kind="click", node=agent.node(id="plain"))
        assert await heard(shown) == ""


async def test_another_version_is_said_on_both_sides(house: House, browser: Browser) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        shown.agent.is_watching = False
        await shown.agent.watch(version=99)
        await shown.agent.until(
            lambda: any(one["type"] == "cobrowse.refused" for one in shown.agent.signals)
        )
        await expect(shown.bar).to_contain_text("cannot see this page")
        await expect(shown.bar.get_by_role("button", name="Stop")).to_be_visible()


async def test_a_page_that_changes_too_much_rests_and_begins_again(
    house: House, browser: Browser
) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        await shown.page.evaluate(
            """() => {
              const place = document.body.appendChild(document.createElement("p"));
              window.noisy = setInterval(() => {
                place.textContent = crypto.getRandomValues(new Uint32Array(3000)).join(" ");
              }, 30);
            }"""
        )
        told = shown.agent.signals
        await shown.agent.until(
            lambda: len([one for one in told if one["type"] == "cobrowse.frame"]) > 60
        )
        await shown.page.evaluate("clearInterval(window.noisy)")
        await shown.page.evaluate("document.querySelector('h1').textContent = 'Calm again'")
        await shown.agent.until(lambda: "Calm again" in shown.agent.seen)


async def test_nothing_keeps_anybody_from_answering_or_stopping(
    house: House, browser: Browser
) -> None:
    host = foreign_shop(house, {"/": '<main><h1>Offers</h1><a href="/next">Next</a></main>'})
    async with a_talk(house, browser, host) as shown:
        await shown.agent.ask(await conversation_of(house))
        accept = shown.page.get_by_role("button", name="Show the page")
        await expect(accept).to_be_visible()
        assert await grave_violations(shown.page) == []
        await shown.page.locator("a").focus()
        for _ in range(3):
            await shown.page.keyboard.press("Tab")
            if await accept.evaluate("(button) => button.matches(':focus')"):
                break
        await shown.page.keyboard.press("Enter")
        await in_control(shown)
        assert await grave_violations(shown.page) == []
        await shown.bar.get_by_role("button", name="Stop").focus()
        await shown.page.keyboard.press("Enter")
        await expect(shown.bar).to_be_hidden()


async def test_a_phone_shows_its_page_and_the_bar_covers_no_field(
    house: House, browser: Browser
) -> None:
    host = foreign_shop(house, {"/": FORM})
    async with a_shown_page(house, browser, host, width=360, height=640, is_mobile=True) as shown:
        await shown.is_seen()
        assert shown.agent.page["width"] == 360
        # The field comes to lie where the bar is.
        await shown.page.evaluate(
            """() => { Object.assign(document.getElementById("postcode").style,
              { position: "fixed", left: "10px", bottom: "100px", width: "200px" }); }"""
        )
        await shown.page.locator("#postcode").focus()
        await expect(shown.bar).to_have_class(re.compile("high"))
        bar = await shown.bar.bounding_box()
        field = await shown.page.locator("#postcode").bounding_box()
        assert bar is not None
        assert field is not None
        assert bar["y"] > field["y"] + field["height"] or bar["y"] + bar["height"] < field["y"]
        assert bar["width"] <= 360
        await shown.bar.get_by_role("button", name="Stop").tap()
        await expect(shown.bar).to_be_hidden()
