"""No script of a hostile page runs in the replica."""

import pytest
from playwright.async_api import expect

from tests.journeys.replica.hostile import RUNS, assert_nothing_ran
from tests.servers.replica import Describing, Replica, mutation

pytestmark = pytest.mark.journey


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


async def test_a_broken_batch_is_told_and_a_keyframe_mends_it(replica: Replica) -> None:
    d = Describing()
    await replica.show(d.document(d.element("p", "first", id="p")), keyframe=True)
    await replica.feed([mutation(adds=[{"parentId": 999, "nextId": None, "node": d.text("x")}])])
    await replica.until("() => said.some(({ t, reason }) => t === 'lost' && reason === 'broken')")
    await replica.show(d.document(d.element("p", "again", id="p")), keyframe=True)
    await expect(replica.frame.locator("#p")).to_have_text("again")
