"""What a hostile page can do in the replica: be looked at, and nothing else."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Request, expect
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.routing import Route

from stoa.main import create_app
from stoa.platform.config import Settings
from tests.servers.asgi import serving
from tests.servers.browser import chromium
from tests.servers.replica import Describing, Replica, a_replica, mutation

pytestmark = pytest.mark.journey

RUNS = "parent.postMessage('ran', '*')"


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        database_pool_size=4,
        demo=False,
    )
    async with serving(create_app(settings)) as url:
        yield url


@pytest.fixture(scope="module")
async def shop_browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def replica(shop_browser: Browser, address: str) -> AsyncIterator[Replica]:
    async with a_replica(shop_browser, address) as replica:
        yield replica


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[str]]]:
    """A server of somebody else's, and what it was asked for."""
    asked: list[str] = []

    async def answer(request: Asked) -> Response:
        asked.append(request.url.path)
        return Response(f"<script>{RUNS}</script>", media_type="text/html")

    async with serving(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        yield url, asked


async def assert_nothing_ran(replica: Replica) -> None:
    """No script of the page's said anything, the frame is the one document it was, and it still
    does what the desk asks."""
    d = Describing()
    await replica.show(d.document(d.element("p", "alive", id="alive")), keyframe=True)
    await expect(replica.frame.locator("#alive")).to_have_text("alive")
    assert await replica.page.evaluate("strays") == []
    assert await replica.page.evaluate("loads") == 1
    assert replica.frame.url.partition("?")[0].endswith("/desk/replica")


async def test_runs_no_script_of_the_page(
    replica: Replica, elsewhere: tuple[str, list[str]]
) -> None:
    evil, asked = elsewhere
    d = Describing()
    broken = {"src": "data:image/png;base64,AAAA"}
    hostile = [
        d.element("script", RUNS),
        d.element("script", src=f"{evil}/script.js"),
        d.element("img", **broken, onerror=RUNS),
        d.element("img", **broken, ONERROR=RUNS),
        d.element("svg", d.element("script", RUNS, svg=True), svg=True, onload=RUNS),
        d.element(
            "svg",
            d.element(
                "a",
                d.element("set", svg=True, attributeName="href", to=f"javascript:{RUNS}"),
                svg=True,
            ),
            d.element("use", svg=True, href=f"data:image/svg+xml,<svg onload={RUNS}>"),
            svg=True,
        ),
        d.element("body", onload=RUNS, onpageshow=RUNS),
        d.element("video", d.element("source", src="x:", onerror=RUNS), onerror=RUNS, src="x:"),
        d.element("details", "open", open="", ontoggle=RUNS),
        d.element("input", autofocus="", onfocus=RUNS),
        d.element(
            "div",
            "over",
            onmouseover=RUNS,
            onpointerenter=RUNS,
            id="over",
            style="width:400px;height:200px",
        ),
        d.element("a", "link", href=f"javascript:{RUNS}", id="link"),
        d.element("a", "link", href=f"java\nscript:{RUNS}", target="_top", id="link2"),
        d.element(
            "form",
            d.element("button", "go", formaction=f"javascript:{RUNS}", id="go"),
            action=f"javascript:{RUNS}",
        ),
        d.element("iframe", srcdoc=f"<script>parent.{RUNS}</script>"),
        d.element("iframe", src=f"javascript:parent.{RUNS}"),
        d.element("object", data=f"{evil}/object"),
        d.element("embed", src=f"{evil}/embed"),
        d.element("link", rel="import", href=f"{evil}/import"),
        d.element("link", rel="modulepreload", href=f"{evil}/module"),
        d.element(
            "style",
            f"@import url(javascript:{RUNS}); * {{ animation: x 1ms }}"
            "@keyframes x { to { color: red } }",
        ),
        d.element("div", "animated", onanimationend=RUNS, onanimationstart=RUNS),
        d.element("marquee", "m", onstart=RUNS),
        d.element("template", d.element("script", RUNS), shadowrootmode="open"),
        d.element("x-own", "custom", is_="x-own"),
    ]
    await replica.show(d.document(*hostile), keyframe=True)
    root = 1
    late = [
        {"parentId": hostile[10]["id"], "nextId": None, "node": node}
        for node in (
            d.element("script", RUNS),
            d.element("img", **broken, onerror=RUNS),
            d.element("iframe", srcdoc=f"<script>parent.{RUNS}</script>"),
        )
    ]
    changed = [
        {"id": hostile[11]["id"], "attributes": {"href": f"javascript:{RUNS}", "onclick": RUNS}},
        {"id": hostile[2]["id"], "attributes": {"onerror": RUNS, "src": "data:image/png,x"}},
        {"id": hostile[14]["id"], "attributes": {"srcdoc": f"<script>parent.{RUNS}</script>"}},
        {"id": root, "attributes": {"onclick": RUNS, "onmousemove": RUNS}},
    ]
    await replica.show([mutation(adds=late, attributes=changed)])
    # An agent's hand on it, as if nothing lay over the frame.
    for name in ("over", "link", "link2", "go"):
        await replica.frame.locator(f"#{name}").dispatch_event("click")
    await replica.page.mouse.move(50, 300)
    await assert_nothing_ran(replica)
    assert [path for path in asked if path != "/"] == []


async def test_the_policy_alone_stops_scripts(replica: Replica) -> None:
    """Were something let through by what builds the page, the browser would still not run it."""
    await replica.frame.evaluate(
        """(runs) => {
          const put = (tag, set) => {
            const element = document.createElement(tag);
            try { set(element); } catch { return; }
            document.body.append(element);
          };
          put("script", (e) => { e.text = runs; });
          put("script", (e) => { e.append(runs); });
          put("script", (e) => { e.src = "data:text/javascript," + runs; });
          put("script", (e) => { e.setAttribute("src", "/assets/none.js"); });
          put("img", (e) => { e.setAttribute("onerror", runs); e.src = "data:,x"; });
          put("div", (e) => { e.innerHTML = `<img src=x onerror="${runs}">`; });
          put("iframe", (e) => { e.setAttribute("srcdoc", `<script>parent.${runs}</script>`); });
          put("iframe", (e) => { e.src = "javascript:parent." + runs; });
          put("a", (e) => { e.setAttribute("href", "javascript:" + runs); e.id = "a"; });
          document.getElementById("a")?.click();
        }""",
        RUNS,
    )
    await assert_nothing_ran(replica)


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


async def test_names_in_the_page_do_not_become_what_is_called(replica: Replica) -> None:
    d = Describing()
    names = (
        "createElement", "createTextNode", "createComment", "documentElement", "body", "head",
        "adoptedStyleSheets", "scrollingElement", "elementFromPoint", "querySelectorAll",
        "childNodes", "defaultView",
    )  # fmt: skip
    own = (
        "appendChild", "insertBefore", "removeChild", "setAttribute", "removeAttribute",
        "childNodes", "parentNode", "firstChild", "nextSibling", "nodeType", "tagName", "classList",
        "shadowRoot", "getBoundingClientRect", "style", "closest", "matches", "attachShadow",
    )  # fmt: skip
    form = d.element("form", *[d.element("input", name=name, id=name) for name in own])
    pictures = [d.element("img", name=name, id=name, src="data:,") for name in names]
    embeds = [d.element("form", name=name) for name in names]
    await replica.show(d.document(*pictures, *embeds, form), keyframe=True)
    paragraph = d.element("p", "added later", id="later")
    await replica.show(
        [
            mutation(
                adds=[{"parentId": form["id"], "nextId": None, "node": paragraph}],
                attributes=[
                    {
                        "id": form["id"],
                        "attributes": {"class": "changed", "style": {"color": "red"}},
                    }
                ],
            ),
            {
                "type": 3,
                "timestamp": 4,
                "data": {"source": 1, "positions": [{"x": 1, "y": 1, "id": form["id"]}]},
            },
        ]
    )
    # Playwright's own look at the page trips over these names, so it is read by the prototype's.
    find = "(selector) => Document.prototype.querySelectorAll.call(document, selector).length"
    assert await replica.frame.evaluate(find, "form p#later") == 1
    await replica.page.evaluate("tell({ t: 'point', id: 7, x: 20, y: 20 })")
    await replica.until("() => said.some(({ t, id }) => t === 'pointed' && id === 7)")
    await replica.show(
        [mutation(removes=[{"parentId": form["id"], "id": form["childNodes"][0]["id"]}])]
    )
    assert await replica.frame.evaluate(find, "form input") == len(own) - 1
    await assert_nothing_ran(replica)


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
        assert "/desk/replica" not in page.frames[1].url
    finally:
        await context.close()


async def test_a_broken_batch_is_told_and_a_keyframe_mends_it(replica: Replica) -> None:
    d = Describing()
    await replica.show(d.document(d.element("p", "first", id="p")), keyframe=True)
    await replica.feed([mutation(adds=[{"parentId": 999, "nextId": None, "node": d.text("x")}])])
    await replica.until("() => said.some(({ t, reason }) => t === 'lost' && reason === 'broken')")
    await replica.show(d.document(d.element("p", "again", id="p")), keyframe=True)
    await expect(replica.frame.locator("#p")).to_have_text("again")
