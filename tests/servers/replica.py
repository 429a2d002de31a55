"""The replica's document in a real browser, as the desk frames it, and pages to feed it with."""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Frame, Page

RECORDER = (
    Path(__file__).resolve().parents[2] / "web/node_modules/@rrweb/record/dist/record.umd.min.cjs"
)
PART = 6_000
PLAIN = b"\0"

# What the desk does with the frame, without the desk around it.
FRAME = """async ({ quirks, width, height }) => {
  document.body.replaceChildren();
  document.body.style.margin = "0";
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.cssText = `border: 0; display: block; width: ${width}px; height: ${height}px`;
  frame.src = "/desk/replica" + (quirks ? "?quirks" : "");
  const { port1, port2 } = new MessageChannel();
  window.said = [];
  window.strays = [];
  window.loads = 0;
  window.tell = (message) => port1.postMessage(message);
  addEventListener("message", ({ data }) => strays.push(data));
  port1.onmessage = ({ data }) => said.push(data);
  await new Promise((resolve) => {
    frame.onload = () => {
      window.loads += 1;
      resolve();
    };
    document.body.append(frame);
  });
  frame.contentWindow.postMessage("stoa:replica", "*", [port2]);
}"""
TELL = "(messages) => messages.forEach((message) => tell(message))"


@dataclass(slots=True)
class Replica:
    """The framed document; `page` stands for the desk."""

    page: Page
    stream: str = "s1"
    batch: int = 0
    version: int = 1

    @property
    def frame(self) -> Frame:
        return self.page.frames[1]

    async def feed(self, events: Sequence[Any], *, keyframe: bool = False) -> int:
        """Sends a batch as the line brings it; returns its number."""
        batch = self.batch
        self.batch += 1
        packed = base64.b64encode(PLAIN + json.dumps(events).encode()).decode()
        pieces = [packed[start : start + PART] for start in range(0, len(packed), PART)]
        parts = [
            {
                "t": "part",
                "part": {
                    "stream": self.stream,
                    "batch": batch,
                    "part": number,
                    "parts": len(pieces),
                    "keyframe": keyframe,
                    "data": piece,
                },
            }
            for number, piece in enumerate(pieces)
        ]
        await self.page.evaluate(TELL, parts)
        return batch

    async def heard(self, kind: str) -> list[dict[str, Any]]:
        """What the replica has said of one kind, oldest first."""
        found: list[dict[str, Any]] = await self.page.evaluate(
            "(kind) => said.filter(({ t }) => t === kind)", kind
        )
        return found

    async def until(self, condition: str, argument: object = None) -> None:
        """Returns once `condition` holds at the desk."""
        await self.page.wait_for_function(condition, arg=argument)

    async def until_current(self, batch: int) -> None:
        await self.until(
            "([stream, batch]) => said.some((m) => m.t === 'current'"
            " && m.stream === stream && m.batch === batch)",
            [self.stream, batch],
        )

    async def show(self, events: Sequence[Any], *, keyframe: bool = False) -> None:
        """The replica has drawn the batch."""
        await self.until_current(await self.feed(events, keyframe=keyframe))


@asynccontextmanager
async def a_replica(
    browser: Browser, url: str, *, quirks: bool = False, width: int = 1000, height: int = 700
) -> AsyncIterator[Replica]:
    """A fresh profile at the desk's address with the replica's frame in it."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    try:
        page = await context.new_page()
        await page.goto(f"{url}/desk")
        await page.evaluate(FRAME, {"quirks": quirks, "width": width, "height": height})
        replica = Replica(page)
        await replica.until("() => said.some(({ t }) => t === 'ready')")
        yield replica
    finally:
        await context.close()


# ---- pages described by hand: a hostile shop sends whatever it likes -----------------------------


class Describing:
    """Makes rrweb's descriptions of nodes, numbered in order."""

    def __init__(self) -> None:
        self._last = 0

    def _id(self) -> int:
        self._last += 1
        return self._last

    def text(self, words: str) -> dict[str, Any]:
        return {"type": 3, "textContent": words, "id": self._id()}

    def element(
        self, tag: str, /, *children: dict[str, Any] | str, **attributes: Any
    ) -> dict[str, Any]:
        """`svg=True` says what it is, everything else is an attribute."""
        is_svg = attributes.pop("svg", False)
        named = {
            name.replace("__", ":").rstrip("_").replace("_", "-"): value
            for name, value in attributes.items()
        }
        return {
            "type": 2,
            "tagName": tag,
            "attributes": named,
            "childNodes": [
                self.text(child) if isinstance(child, str) else child for child in children
            ],
            "id": self._id(),
            **({"isSVG": True} if is_svg else {}),
        }

    def document(
        self, *body: dict[str, Any] | str, head: Sequence[dict[str, Any]] = ()
    ) -> list[dict[str, Any]]:
        """The events of a keyframe."""
        root = self.element("html", self.element("head", *head), self.element("body", *body))
        node = {"type": 0, "childNodes": [root], "id": self._id()}
        return [
            {"type": 4, "data": {"href": "", "width": 1000, "height": 700}, "timestamp": 1},
            {
                "type": 2,
                "data": {"node": node, "initialOffset": {"left": 0, "top": 0}},
                "timestamp": 2,
            },
        ]


def mutation(
    *,
    adds: Sequence[dict[str, Any]] = (),
    removes: Sequence[dict[str, Any]] = (),
    texts: Sequence[dict[str, Any]] = (),
    attributes: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """An event that changes the page."""
    data = {"source": 0, "adds": adds, "removes": removes, "texts": texts}
    return {"type": 3, "data": {**data, "attributes": attributes}, "timestamp": 3}
