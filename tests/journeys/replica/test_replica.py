"""The replica is the customer's page: after every kind of change, and again after a loss."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.servers.asgi import serving
from tests.servers.replica import RECORDER, Describing, Replica, a_replica, mutation

pytestmark = pytest.mark.journey

SIZE = {"width": 1000, "height": 700}
STYLE = """
body { font: 16px/1.5 sans-serif; margin: 20px; background: #fbfaf7; color: #1c1b19 }
nav li { display: inline-block; position: relative; margin-right: 20px }
nav ul { display: none; position: absolute; background: #def; padding: 8px }
nav li:hover ul { display: block }
.card { display: inline-block; width: 180px; height: 90px; margin: 6px; background: #e4eef3 }
.loud { background: #b4532a; color: #fff }
#box { height: 120px; overflow: auto; border: 1px solid #888 }
@media (max-width: 600px) { .card { width: 100% } }
"""
PAGE = f"""<!doctype html><html lang="en"><head><title>Shop</title>
<link rel="stylesheet" href="/shop.css"></head><body class="shop">
<nav><li id="menu">Goods<ul><li>Mugs</li><li>Jugs</li></ul></li></nav>
<h1 id="title">Our shop</h1>
<div id="cards">{"".join(f'<div class="card" id="c{n}">Card {n}</div>' for n in range(8))}</div>
<form><input id="name" placeholder="Name"><input id="news" type="checkbox">
<select id="size"><option value="s">Small</option><option value="l">Large</option></select>
<textarea id="note"></textarea></form>
<div id="box">{"".join(f"<p>Line {n}</p>" for n in range(30))}</div>
<svg width="60" height="40" viewBox="0 0 60 40"><linearGradient id="g"><stop offset="0"
stop-color="#1f5673"/><stop offset="1" stop-color="#b4532a"/></linearGradient>
<rect width="60" height="40" fill="url(#g)"/></svg>
<div id="shadow"></div><iframe id="inner" srcdoc="<p style='color:#a3262a'>Inside</p>"></iframe>
<dialog id="ask"><p>Sure?</p></dialog>
<div style="height: 1500px"></div><p id="end">The end</p>
<script>
document.getElementById("shadow").attachShadow({{ mode: "open" }}).innerHTML =
  "<style>b {{ color: #3f6b3a }}</style><b>In the shadow</b>";
</script></body></html>"""
RECORD = """() => {
  window.given = [];
  window.stopRecording = rrwebRecord.record({
    emit: (event) => given.push(event),
    sampling: { mousemove: 20, mousemoveCallback: 50, scroll: 20 },
  });
}"""
CHANGES = {
    "text": "() => { title.firstChild.data = 'Our new shop' }",
    "attributes": "() => { c1.className = 'card loud'; c2.style.width = '90px'; c3.hidden = true }",
    "added": """() => {
      const one = document.createElement("div");
      one.className = "card loud";
      one.innerHTML = "<em>New</em> and <b>bold</b>";
      cards.insertBefore(one, c4);
      const style = document.createElement("style");
      style.textContent = "#c5 { background: gold } #c5:hover { background: red }";
      document.head.append(style);
    }""",
    "removed and moved": "() => { c0.remove(); cards.append(c6); cards.prepend(c7) }",
    "replaced": "() => { box.innerHTML = '<p>1</p><ul><li>2</li></ul>' + '<p>x</p>'.repeat(20) }",
    "rules": """() => {
      document.styleSheets[0].insertRule("h1 { letter-spacing: 4px }", 0);
      document.styleSheets[0].cssRules[1].style.setProperty("background", "#eef3e4");
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("h1 { color: #3f6b3a }");
      document.adoptedStyleSheets = [sheet];
    }""",
    "shadow": "() => { shadow.shadowRoot.querySelector('b').textContent = 'Changed there' }",
    "frame": "() => { inner.contentDocument.querySelector('p').textContent = 'Changed inside' }",
    "dialog": "() => { ask.showModal() }",
    "dialog closed": "() => { ask.close() }",
    "values": """() => {
      name_.value = "Anna"; news.click(); size.value = "l"; note.value = "Two lines\\nof text";
      for (const field of [name_, size, note]) {
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }""".replace("name_", "document.getElementById('name')"),
    "scrolled": "() => { box.scrollTop = 90; window.scrollTo(0, 260) }",
    "svg": """() => {
      const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      for (const [key, value] of [["cx", 30], ["cy", 20], ["r", 12], ["fill", "#fff"]])
        circle.setAttribute(key, value);
      document.querySelector("svg").append(circle);
    }""",
}
TEXT = """() => {
  const walk = (node) => {
    if (node.nodeType === 3) return node.data;
    const silent = ["STYLE", "SCRIPT", "NOSCRIPT", "TITLE", "STOA-NOTHING"];
    if (node.nodeType !== 1 || silent.includes(node.tagName)) return "";
    const inner = [...(node.shadowRoot ?? node).childNodes, ...(node.shadowRoot &&
      node.tagName !== "STOA-FRAME" ? node.childNodes : [])];
    const frame = node.tagName === "IFRAME" ? [node.contentDocument.documentElement] : inner;
    return frame.map(walk).join(" ");
  };
  return walk(document.body).replace(/\\s+/g, " ").trim();
}"""
VALUES = """() => [...document.querySelectorAll("input, select, textarea")].map(
  (field) => [field.value, field.checked ?? null])"""
PLACES = "() => [scrollX, scrollY, document.getElementById('box').scrollTop]"


@pytest.fixture(scope="module")
async def shop() -> AsyncIterator[str]:
    async def page(_request: Request) -> Response:
        return Response(PAGE, media_type="text/html")

    async def style(_request: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    async with serving(Starlette(routes=[Route("/", page), Route("/shop.css", style)])) as url:
        yield url


class Customer:
    """A page that is recorded; what it emits is gathered until it is taken."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def record(self) -> None:
        await self.page.evaluate(RECORDER.read_text())
        await self.page.evaluate(RECORD)

    async def events(self) -> list[Any]:
        """What was emitted since, once the page has told of all it did."""
        # A mutation is told of in a microtask, a scroll in a frame, a mouse within 50 ms.
        taken: list[Any] = await self.page.evaluate(
            "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() =>"
            " requestAnimationFrame(() => done(given.splice(0)))), 80))"
        )
        return taken


@pytest.fixture
async def customer(shop_browser: Browser, shop: str) -> AsyncIterator[Customer]:
    context = await shop_browser.new_context(viewport=SIZE)  # type: ignore[arg-type]  # two integers
    try:
        customer = Customer(await context.new_page())
        await customer.page.goto(shop)
        await customer.record()
        yield customer
    finally:
        await context.close()


@pytest.fixture
async def replica(shop_browser: Browser, address: str) -> AsyncIterator[Replica]:
    async with a_replica(shop_browser, address, width=1000, height=700) as replica:
        yield replica


async def difference(one: Page, other: Page) -> float:
    """The share of pixels that differ visibly between two windows of one size."""
    pictures = [
        np.asarray(Image.open(io.BytesIO(await page.screenshot())).convert("L"), dtype=np.int16)
        for page in (one, other)
    ]
    return float((np.abs(pictures[0] - pictures[1]) > 40).mean())


async def assert_same(customer: Customer, replica: Replica) -> None:
    page, frame = customer.page, replica.frame
    assert await frame.evaluate(TEXT) == await page.evaluate(TEXT)
    assert await frame.evaluate(VALUES) == await page.evaluate(VALUES)
    assert await frame.evaluate(PLACES) == await page.evaluate(PLACES)
    share = await difference(page, replica.page)
    if share > 0.02:
        await page.screenshot(path="/tmp/replica/customer.png")
        await replica.page.screenshot(path="/tmp/replica/replica.png")
    assert share < 0.02


async def test_is_the_page_after_every_kind_of_change(customer: Customer, replica: Replica) -> None:
    await replica.show(await customer.events(), keyframe=True)
    await assert_same(customer, replica)
    for name, change in CHANGES.items():
        await customer.page.evaluate(change)
        await replica.show(await customer.events())
        try:
            await assert_same(customer, replica)
        except AssertionError as error:
            raise AssertionError(f"after: {name}") from error
    assert await replica.heard("lost") == []
    # What is on screen by now is the same from its beginning.
    await customer.page.evaluate("() => rrwebRecord.record.takeFullSnapshot(true)")
    await replica.show(await customer.events(), keyframe=True)
    await assert_same(customer, replica)


async def test_opens_what_the_customers_mouse_opens(customer: Customer, replica: Replica) -> None:
    await replica.show(await customer.events(), keyframe=True)
    await customer.page.hover("#menu")
    await replica.show(await customer.events())
    await expect(replica.frame.locator("#menu ul")).to_be_visible()
    await assert_same(customer, replica)
    assert (await replica.heard("customer"))[-1]["kind"] == "move"
    await customer.page.hover("#end")
    await replica.show(await customer.events())
    await expect(replica.frame.locator("#menu ul")).to_be_hidden()


async def test_a_lost_batch_is_noticed_and_a_keyframe_is_the_page_again(
    customer: Customer, replica: Replica
) -> None:
    await replica.show(await customer.events(), keyframe=True)
    await customer.page.evaluate(CHANGES["added"])
    await customer.events()
    replica.batch += 1  # this one never arrives
    await customer.page.evaluate(CHANGES["text"])
    await replica.feed(await customer.events())
    await replica.until("() => said.some(({ t, reason }) => t === 'lost' && reason === 'gap')")
    assert "Our new shop" not in await replica.frame.evaluate(TEXT)
    await customer.page.evaluate("() => rrwebRecord.record.takeFullSnapshot(true)")
    await replica.show(await customer.events(), keyframe=True)
    await assert_same(customer, replica)
    await customer.page.evaluate(CHANGES["attributes"])
    await replica.show(await customer.events())
    await assert_same(customer, replica)


async def test_another_page_takes_the_place_of_the_first(
    customer: Customer, replica: Replica
) -> None:
    await replica.show(await customer.events(), keyframe=True)
    replica.stream, replica.batch = "s2", 0
    d = Describing()
    await replica.show(d.document(d.element("h1", "Checkout")), keyframe=True)
    assert await replica.frame.evaluate(TEXT) == "Checkout"
    # The tail of the page before changes nothing.
    replica.stream, replica.batch = "s1", 1
    await customer.page.evaluate(CHANGES["text"])
    await replica.feed(await customer.events())
    replica.stream, replica.batch = "s2", 1
    await replica.show([mutation(texts=[{"id": 1, "value": "Delivery"}])])
    assert await replica.frame.evaluate(TEXT) == "Delivery"
    assert await replica.heard("lost") == []


async def test_says_what_is_masked_and_what_is_at_a_place(replica: Replica) -> None:
    d = Describing()
    field = d.element("input", value="••••••", style="position:absolute;left:10px;top:10px")
    blocked = d.element("div", rr_width_="1", id="b")
    blocked["attributes"] = {"rr_width": "200px", "rr_height": "40px"}
    button = d.element("button", d.element("b", "Order"), style="position:absolute;top:200px")
    await replica.show(
        d.document(d.element("p", "••••••", id="m"), field, blocked, button), keyframe=True
    )
    await expect(replica.frame.locator("[data-stoa-masked]")).to_have_count(2)
    await expect(replica.frame.locator("[data-stoa-blocked]")).to_have_count(1)
    await replica.page.evaluate("tell({ t: 'point', id: 1, x: 20, y: 20 })")
    await replica.page.evaluate("tell({ t: 'point', id: 2, x: 12, y: 210 })")
    await replica.page.evaluate("tell({ t: 'step', id: 3, from: null, back: false })")
    await replica.until("() => said.filter(({ t }) => t === 'pointed').length === 3")
    at_field, at_button, first = await replica.heard("pointed")
    assert (at_field["node"], at_field["can"], at_field["isMasked"]) == (field["id"], "fill", True)
    assert (at_button["node"], at_button["can"]) == (button["id"], "click")
    assert at_button["label"] == "Order"
    assert first["node"] in (field["id"], button["id"])


async def test_an_hour_of_changes_stays_small(replica: Replica) -> None:
    d = Describing()
    place = d.element("div", id="place")
    await replica.show(d.document(place), keyframe=True)
    probe = await replica.page.context.new_cdp_session(replica.frame)

    async def heap() -> float:
        await probe.send("HeapProfiler.collectGarbage")
        metrics = await probe.send("Runtime.getHeapUsage")
        return float(metrics["usedSize"])

    async def rounds(count: int) -> None:
        """Each puts two hundred nodes in and takes those before out, as a busy page does."""
        for _ in range(count):
            nodes = [d.element("p", f"Offer {n}", title="x" * 50) for n in range(100)]
            adds = [{"parentId": place["id"], "nextId": None, "node": node} for node in nodes]
            await replica.show([mutation(adds=adds)])
            gone = [{"parentId": place["id"], "id": node["id"]} for node in nodes]
            await replica.show([mutation(removes=gone)])

    await rounds(20)
    before = await heap()
    await rounds(150)
    assert await heap() - before < 1_000_000
    assert await replica.frame.evaluate("document.querySelectorAll('*').length") < 20


async def test_fits_nothing_that_is_too_much(replica: Replica) -> None:
    """A batch that cannot be read is a loss, and the next keyframe is drawn all the same."""
    d = Describing()
    await replica.show(d.document(d.element("p", "one", id="p")), keyframe=True)
    await replica.page.evaluate(
        "tell({ t: 'part', part: { stream: 's1', batch: 1, part: 0, parts: 1, keyframe: false,"
        " data: 'AX//' } })"
    )
    replica.batch = 2
    await replica.until("() => said.some(({ t }) => t === 'lost')")
    await asyncio.wait_for(
        replica.show(d.document(d.element("p", "two", id="p")), keyframe=True), timeout=20
    )
    await expect(replica.frame.locator("#p")).to_have_text("two")
