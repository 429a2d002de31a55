"""What leaves a customer's browser while an agent watches: searched on the wire, not believed."""

import re
from functools import partial

import orjson
import pytest
from playwright.async_api import Browser, expect

from stoa.commerce.shops.service import update_settings
from tests.journeys.shared_pages import House, a_shown_page, a_talk, conversation_of, foreign_shop
from tests.servers.cobrowse import CHANGE, FULL_SNAPSHOT, INPUT, MUTATION, SCROLL, Watcher, walk
from tests.servers.people import Frame

pytestmark = pytest.mark.journey

MASK = "••••••"
NAME, CARD, PASSWORD = "Katarzyna Kowalska", "4111 1111 1111 1111", "hunter2-Geheim"
IBAN, OTP, EMAIL = "DE89 3704 0044 0532 0130 00", "731904", "kasia.k@example.org"
NOTE, PHONE, STREET = "Bitte im Nebenhaus klingeln", "+48 601 202 303", "Zwierzyniecka 17"
SECRETS = (NAME, CARD, PASSWORD, IBAN, OTP, EMAIL, NOTE, PHONE, STREET)

FORM = """<main><h1>Your details</h1><form id="f">
<label>Name <input id="name" name="name" autocomplete="name"></label>
<label>Number <input id="number" name="reference"></label>
<label>Password <input id="password" type="password"></label>
<label>Account <input id="iban" name="iban"></label>
<label>Code <input id="otp" autocomplete="one-time-code" inputmode="numeric"></label>
<label>E-mail <input id="email" type="email"></label>
<label>Phone <input id="phone" type="tel"></label>
<label>Street <input id="street" autocomplete="street-address"></label>
<label>Note <textarea id="note"></textarea></label>
<div id="editor" contenteditable="true" role="textbox" aria-label="Gift words"></div>
<label>Gift <input id="gift" data-cobrowse="show"></label>
<button type="button">Go on</button></form></main>"""


def variants(secret: str) -> list[str]:
    """As typed, without its blanks, and every longer piece of it."""
    bare = re.sub(r"\s", "", secret)
    pieces = [part for part in re.split(r"[\s@.]", secret) if len(part) > 3 and part.isalpha()]
    return [secret, bare, *pieces]


def assert_nothing_of_it(text: str, secrets: tuple[str, ...] = SECRETS) -> None:
    # Moments are long numbers, in which a short one may be found by chance.
    told = re.sub(r'"timestamp":\d+', "", text)
    for secret in secrets:
        for variant in variants(secret):
            assert variant not in told, f"{variant!r} left the browser"


TYPED = {
    "name": NAME,
    "number": CARD,
    "password": PASSWORD,
    "iban": IBAN,
    "otp": OTP,
    "email": EMAIL,
    "phone": PHONE,
    "street": STREET,
    "note": NOTE,
    "editor": NOTE,
}


async def test_what_is_typed_never_leaves_the_browser(house: House, browser: Browser) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        for field, text in TYPED.items():
            await shown.page.locator(f"#{field}").click()
            await shown.page.keyboard.type(text)
        await shown.page.locator("#gift").click()
        await shown.page.keyboard.type("with a ribbon")
        await shown.agent.until(lambda: "with a ribbon" in shown.agent.seen)
        # From the beginning too, when all is filled in.
        await shown.agent.renew()
        told = await shown.told()
        assert "with a ribbon" in told, "the wire was read"
        assert "Your details" in told
        assert_nothing_of_it(told)
        assert await shown.mistakes() == []


def changes_of(events: list[Frame], node: int) -> list[Frame]:
    """Everything said about one node."""
    found = []
    for event in events:
        data = event["data"]
        if event["type"] != CHANGE:
            continue
        about = [data.get("id")]
        about += [one["id"] for kind in ("texts", "attributes") for one in data.get(kind, ())]
        if node in about and data["source"] in (MUTATION, INPUT, SCROLL):
            found.append(event)
    return found


def has_come(agent: Watcher, text: str, after: int = 0) -> bool:
    return text in orjson.dumps(agent.events[after:]).decode()


async def test_neither_length_nor_keystrokes_can_be_counted(house: House, browser: Browser) -> None:
    growing = """<textarea id="grows"></textarea><script nonce="own">
      document.getElementById("grows").addEventListener("input", ({ target }) => {
        target.setAttribute("value", target.value);
        target.style.height = target.value.length + "px";
        target.rows = target.value.length;
      });
    </script>"""
    host = foreign_shop(house, {"/": FORM + growing})
    async with a_shown_page(house, browser, host) as shown:
        await shown.is_seen()
        for field in ("name", "number", "note", "grows", "editor"):
            node = shown.agent.node(id=field)
            await shown.page.locator(f"#{field}").click()
            await shown.page.keyboard.type("x")
            mark = f"mark-{field}"
            await shown.page.evaluate("(mark) => document.body.setAttribute('class', mark)", mark)
            await shown.agent.until(partial(has_come, shown.agent, mark))
            at = len(shown.agent.events)
            await shown.page.keyboard.type("some words that are much longer than the field" * 4)
            await shown.page.evaluate(
                "(mark) => document.body.setAttribute('class', mark)", f"done-{field}"
            )
            await shown.agent.until(partial(has_come, shown.agent, f"done-{field}", at))
            assert changes_of(shown.agent.events[at:], node) == [], field
        values = {
            node["attributes"].get("value")
            for event in shown.agent.events
            if event["type"] == FULL_SNAPSHOT
            for node in walk(event["data"]["node"])
            if node.get("tagName") in ("input", "textarea")
        }
        assert values <= {None, "", MASK}


PERSONAL = f"""<main><h1>Order M-10023</h1>
<p id="mail">Sent to {EMAIL}, account {IBAN}, card {CARD}</p>
<p data-cobrowse="mask">Delivered to {NAME}, <b>{STREET}</b></p>
<div data-cobrowse="block" id="blocked">{NAME}<img alt="{NOTE}"></div>
<section class="rr-block">{NOTE}</section>
<a id="link" href="/order/9f8Ab27cQzR4tYpL0sWx?token=s3cr3t-token#pay" data-order-token="{PASSWORD}"
  data-state="open" title="For {EMAIL}">Your order</a>
<a href="/order/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed">Another</a>
<form action="/checkout/place?csrf=c5rf-t0ken-value" method="post">
<input type="hidden" name="csrf" value="c5rf-t0ken-value"><input type="file" id="file"></form>
<img id="picture" src="/img/olive.jpg?width=240&session=s3cr3t-session" alt="Olive oil">
<div id="component"></div><div id="sealed" class="rr-block"></div>
<iframe data-cobrowse="mask" title="Inside" srcdoc="<p>{NAME}</p><input value='{NOTE}'>"></iframe>
<!-- {PASSWORD} --><template><p>{PASSWORD}</p></template>
<script nonce="own">
  const blocked = document.getElementById("blocked");
  Object.assign(blocked.style, {{ width: "220px", height: "90px" }});
  const root = document.getElementById("component").attachShadow({{ mode: "open" }});
  const field = Object.assign(document.createElement("input"), {{ value: "{NAME}" }});
  root.append("{EMAIL} wrote ", field);
  const sealed = document.getElementById("sealed").attachShadow({{ mode: "open" }});
  sealed.append(Object.assign(document.createElement("p"), {{ textContent: "{NAME}" }}));
</script></main>"""
KEYS = ("9f8Ab27cQzR4tYpL0sWx", "1b9d6bcd-bbfd", "s3cr3t-token", "c5rf-t0ken", "s3cr3t-session")


async def test_marks_patterns_and_keys_are_left_out_of_the_page_itself(
    house: House, browser: Browser
) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": PERSONAL})) as shown:
        await shown.is_seen()
        await shown.page.evaluate(
            """([mail, key]) => {
              const sealed = document.getElementById("sealed").shadowRoot;
              sealed.firstChild.firstChild.data = "sealed-words";
              sealed.append(Object.assign(document.createElement("p"), { title: "sealed-words" }));
              document.getElementById("mail").title = "Write to " + mail;
              document.getElementById("link").href = "/order/" + key + "?again=1";
              document.getElementById("link").firstChild.data = "Order of " + mail;
              document.body.append(Object.assign(document.createElement("p"),
                { id: "last", textContent: "and " + mail }));
            }""",
            [EMAIL, KEYS[0]],
        )
        await shown.agent.until(lambda: '"last"' in shown.agent.seen)
        told = await shown.told()
        assert "Order M-10023" in told
        assert "Olive oil" in told
        assert "sealed-words" not in told
        assert "olive.jpg?width=240" in told
        assert_nothing_of_it(told, (EMAIL, IBAN, CARD, NAME, STREET, NOTE, PASSWORD, *KEYS))
        nodes = shown.agent.nodes().values()
        [blocked] = [one for one in nodes if "220px" in str(one.get("attributes", {}))]
        assert blocked["attributes"] == {"rr_width": "220px", "rr_height": "90px"}
        assert blocked["childNodes"] == []
        state = shown.agent.nodes()[shown.agent.node(id="link")]["attributes"]
        assert (state["data-state"], state["data-order-token"]) == ("open", "")


async def test_the_counter_itself_is_not_shown(house: House, browser: Browser) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        told = await shown.told()
        assert "I need help" in told, "as the chat's own message it left"
        assert "I need help" not in orjson.dumps(shown.agent.events).decode()
        hosts = [
            node
            for node in shown.agent.nodes().values()
            if node.get("tagName") in ("stoa-counter", "stoa-cobrowse")
        ]
        assert len(hosts) == 2
        assert all(not one["childNodes"] for one in hosts)


PAYING = """<main><h1>Checkout</h1><div id="place"></div>
<button id="pay" type="button">Card</button><button id="back" type="button">Back</button></main>
<script nonce="own">
  const place = document.getElementById("place");
  document.getElementById("pay").onclick = () => {
    const field = document.createElement("input");
    field.autocomplete = "billing cc-number"; field.id = "card";
    place.append("Total 81.50 to pay", field);
  };
  document.getElementById("back").onclick = () => place.replaceChildren();
</script>"""


async def test_payment_pauses_it_and_nothing_of_the_page_leaves_meanwhile(
    house: House, browser: Browser
) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": PAYING})) as shown:
        await shown.is_seen()
        await shown.page.locator("#pay").click()
        await shown.agent.until(lambda: shown.agent.page["state"] == "paused")
        assert shown.agent.page["reason"] == "payment"
        await expect(shown.bar).to_contain_text("Paused")
        sent = await shown.signals("cobrowse.frame")
        await shown.page.locator("#card").click()
        await shown.page.keyboard.type(CARD)
        # The page answers the question for a keyframe with how it stands, and with nothing else.
        pages = await shown.signals("cobrowse.page")
        for _ in range(2):
            await shown.agent.watch(keyframe=True)
        await shown.agent.until(lambda: len(shown.wire.signals("cobrowse.page")) > pages + 1)
        assert await shown.signals("cobrowse.frame") == sent
        assert "81.50" not in await shown.told()
        await shown.page.locator("#back").click()
        await shown.agent.until(lambda: shown.agent.page["state"] == "shown")
        await shown.agent.until(lambda: len(shown.wire.signals("cobrowse.frame")) > sent)
        assert_nothing_of_it(await shown.told(), (CARD,))


async def test_a_card_field_inside_a_component_pauses_it_too(
    house: House, browser: Browser
) -> None:
    async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
        await shown.is_seen()
        await shown.page.evaluate(
            """() => {
              const host = document.createElement("pay-form");
              const field = document.createElement("input");
              field.name = "cardNumber";
              host.attachShadow({ mode: "open" }).append("81.50 to pay", field);
              document.body.append(host);
            }"""
        )
        await shown.agent.until(lambda: shown.agent.page["state"] == "paused")
        assert "81.50" not in await shown.told()


async def test_nothing_leaves_while_nobody_watches(house: House, browser: Browser) -> None:
    host = foreign_shop(house, {"/": FORM})
    async with a_talk(house, browser, host) as shown:
        await shown.page.clock.install()
        shown.agent.is_watching = False
        await shown.agent.ask(await conversation_of(house))
        await shown.page.get_by_role("button", name="Show the page").click()
        await expect(shown.bar).to_contain_text("Anna sees this page")
        for _ in range(3):
            await shown.page.locator("#name").fill(NAME)
            await shown.page.mouse.wheel(0, 50)
        assert await shown.bytes_of_pages() == 0

        shown.agent.is_watching = True
        await shown.is_seen()
        shown.agent.is_watching = False
        # The last word, which the page believes for twelve seconds. Where the agent points comes
        # behind all of them, were there more.
        await shown.agent.renew()
        await shown.agent.line.signal(
            "cobrowse.point", session_id=shown.agent.session["id"], kind="pointer", x=300, y=200
        )
        await expect(shown.page.locator("stoa-cobrowse .cursor")).to_contain_text("Anna")
        await shown.page.clock.fast_forward(13_000)
        sent = await shown.bytes_of_pages()
        await shown.page.locator("#name").fill(NAME + NAME)
        await shown.page.evaluate("document.body.append('something new')")
        await shown.page.locator("#email").fill(EMAIL)
        await shown.page.wait_for_timeout(1_000)
        assert await shown.bytes_of_pages() == sent
        assert "something new" not in await shown.told()
        await expect(shown.bar).to_be_visible()


async def test_the_shops_rules_are_kept(house: House, browser: Browser) -> None:
    rules = {
        "mask_text": True,
        "show": [".prices", "h1"],
        "block": ["#bill"],
        "pages": [{"path": "/private/*", "pause": True}, {"path": "/open", "show": ["main"]}],
    }
    pages = {
        "/": f"""<main><h1>Offers</h1><p class="prices">12.90</p><p>Dear {NAME}</p>
          <img alt="{STREET}" title="{NOTE}"><div id="bill">{PHONE}</div>
          <a href="/private/bills">Bills</a></main>""",
        "/private/bills": "<h1>Bills</h1>",
    }
    async with house.database.begin() as session:
        await update_settings(session, shop_id=house.shop.id, settings={"cobrowse": rules})
    try:
        async with a_shown_page(house, browser, foreign_shop(house, pages)) as shown:
            await shown.is_seen()
            told = await shown.told()
            assert "Offers" in told
            assert "12.90" in told
            assert_nothing_of_it(told, (NAME, STREET, NOTE, PHONE))
            assert shown.agent.page["title"] == MASK
            await shown.page.get_by_role("link", name="Bills").click()
            await shown.agent.until(lambda: shown.agent.page["state"] == "paused")
            assert shown.agent.page["reason"] == "rule"
    finally:
        async with house.database.begin() as session:
            await update_settings(session, shop_id=house.shop.id, settings={"cobrowse": {}})


async def test_rules_that_no_browser_can_read_show_nothing(house: House, browser: Browser) -> None:
    rules = {"block": ["div[", "#secret"]}
    async with house.database.begin() as session:
        await update_settings(session, shop_id=house.shop.id, settings={"cobrowse": rules})
    try:
        async with a_shown_page(house, browser, foreign_shop(house, {"/": FORM})) as shown:
            await shown.agent.until(lambda: shown.agent.page.get("state") == "paused")
            assert shown.agent.batches == []
    finally:
        async with house.database.begin() as session:
            await update_settings(session, shop_id=house.shop.id, settings={"cobrowse": {}})
