"""A hostile page in the replica reaches nothing, and nobody reaches the replica but the desk."""

import pytest
from playwright.async_api import Browser, Request

from tests.journeys.replica.hostile import assert_nothing_ran
from tests.servers.replica import Describing, Replica

pytestmark = pytest.mark.journey


async def test_does_not_leave_for_another_page(
    replica: Replica, elsewhere: tuple[str, list[str]]
) -> None:
    evil, asked = elsewhere
    d = Describing()
    away = f"0;url={evil}/refresh"
    link = d.element(
        "a", "away", href=f"{evil}/link", target="_top", id="link", ping=f"{evil}/ping"
    )
    form = d.element(
        "form",
        d.element("button", "go", id="go", type="submit", formaction=f"{evil}/button"),
        d.element("input", type="submit", id="send"),
        d.element("input", type="image", id="image"),
        action=f"{evil}/form",
        method="post",
        target="_top",
    )
    head = [
        d.element("meta", http_equiv="refresh", content=away),
        d.element("meta", HTTP_EQUIV="Refresh", content=away),
        d.element("base", href=f"{evil}/base/", target="_top"),
        d.element("link", rel="prerender", href=f"{evil}/prerender"),
    ]
    await replica.show(d.document(link, form, head=head), keyframe=True)
    for name in ("link", "go", "send", "image"):
        await replica.frame.locator(f"#{name}").click()
    assert await replica.frame.evaluate("document.baseURI") == replica.frame.url
    await assert_nothing_ran(replica)
    assert asked == []
    assert replica.page.url.endswith("/desk")
    assert len(replica.page.context.pages) == 1


async def test_reaches_nothing_of_the_desk(replica: Replica, address: str) -> None:
    await replica.page.context.add_cookies(
        [{"name": "stoa_staff", "value": "secret", "url": address, "sameSite": "Lax"}]
    )
    await replica.page.evaluate("localStorage.setItem('secret', 'kept')")
    reached = await replica.frame.evaluate(
        """async () => {
          const tried = {
            origin: () => self.origin,
            cookie: () => document.cookie,
            local: () => localStorage.length,
            session: () => sessionStorage.length,
            databases: () => indexedDB.open("x").constructor.name,
            parent: () => parent.document.title,
            top: () => top.location.href,
            opener: () => String(opener),
            frame: () => String(frameElement),
            workers: () => String(navigator.serviceWorker),
            fetch: () => fetch("/api/desk/start").then(() => "fetched"),
            socket: () => new Promise((resolve) => {
              const socket = new WebSocket("ws://" + location.host + "/realtime");
              socket.onopen = () => resolve("opened");
              socket.onerror = () => resolve("refused");
            }),
            beacon: () => String(navigator.sendBeacon("/realtime/poll", "x")) && "sent or not",
            popup: () => String(window.open("/desk")),
            leave: () => { top.location.href = "/en/"; return "left"; },
          };
          const found = {};
          for (const [name, attempt] of Object.entries(tried)) {
            try { found[name] = await attempt(); } catch (error) { found[name] = "refused"; }
          }
          return found;
        }"""
    )
    beacon = reached.pop("beacon")
    assert beacon in ("refused", "sent or not")  # the policy drops it, whatever it says
    assert reached.pop("workers") in ("refused", "undefined", "[object ServiceWorkerContainer]")
    assert reached == {
        "origin": "null",
        "cookie": "refused",
        "local": "refused",
        "session": "refused",
        "databases": "refused",
        "parent": "refused",
        "top": "refused",
        "opener": "null",
        "frame": "null",
        "fetch": "refused",
        "socket": "refused",
        "popup": "null",
        "leave": "refused",
    }
    assert replica.page.url.endswith("/desk")


async def test_what_it_loads_carries_no_session(replica: Replica, address: str) -> None:
    """A page's style may name any address, the desk's too: it is asked for as by a stranger."""
    await replica.page.context.add_cookies(
        [
            {"name": "stoa_staff", "value": "secret", "url": address, "sameSite": "Strict"},
            {"name": "lax", "value": "secret", "url": address, "sameSite": "Lax"},
        ]
    )
    asked: dict[str, Request] = {}
    replica.page.on("request", lambda request: asked.update({request.url: request}))
    d = Describing()
    targets = [
        f"{address}/api/desk/{name}" for name in ("style", "picture", "set", "font", "sheet")
    ]
    style, picture, candidates, font, sheet = targets
    await replica.show(
        d.document(
            d.element("div", "x", style=f"background: url({style})"),
            d.element("img", src=picture),
            d.element("img", srcset=f"{candidates} 1x"),
            d.element("p", "in that font", style="font-family: Stolen"),
            head=[
                d.element("style", f"@font-face {{ font-family: Stolen; src: url({font}) }}"),
                d.element("link", rel="stylesheet", href=sheet),
            ],
        ),
        keyframe=True,
    )
    for target in targets:
        while target not in asked:
            await replica.page.wait_for_event("request")
        headers = await asked[target].all_headers()
        assert "cookie" not in headers, target
        assert not headers.get("referer"), target


async def test_hears_nobody_but_the_desk_and_only_once(replica: Replica) -> None:
    d = Describing()
    await replica.show(d.document(d.element("p", "shown")), keyframe=True)
    # A second port is not taken, and words that no desk says change nothing.
    await replica.page.evaluate(
        """() => {
          const { port1, port2 } = new MessageChannel();
          window.second = [];
          port1.onmessage = ({ data }) => second.push(data);
          document.querySelector("iframe").contentWindow.postMessage("stoa:replica", "*", [port2]);
          for (const odd of [null, 3, "part", {}, { t: "part" }, { t: "part", part: 4 },
                             { t: "point", id: "x", x: NaN, y: 1e9 }, { t: "open", url: "/" },
                             { t: "part", part: { stream: "s1", batch: -1, part: 0, parts: 1,
                                                  keyframe: true, data: "AA==" } }]) tell(odd);
          tell({ t: "point", id: 1, x: 5, y: 5 });
        }"""
    )
    await replica.until("() => said.some(({ t }) => t === 'pointed')")
    assert len(await replica.heard("pointed")) == 1
    assert await replica.page.evaluate("second") == []
    await assert_nothing_ran(replica)


async def test_a_stranger_cannot_frame_it(
    shop_browser: Browser, address: str, elsewhere: tuple[str, list[str]]
) -> None:
    evil, _asked = elsewhere
    context = await shop_browser.new_context()
    try:
        page = await context.new_page()
        await page.goto(evil)
        await page.evaluate(
            """(src) => new Promise((resolve) => {
              const frame = document.createElement("iframe");
              frame.onload = resolve;
              frame.src = src;
              document.body.append(frame);
            })""",
            f"{address}/desk/replica",
        )
        # The browser shows its own page in its place.
        await page.frames[1].wait_for_url("chrome-error://**")
    finally:
        await context.close()
