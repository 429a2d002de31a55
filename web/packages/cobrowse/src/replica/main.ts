/* The replica's document: a page of its own origin, which nothing shares, under a policy that runs
 * this script and no other. It hears the desk through one port and answers there. */
import type { eventWithTime } from "@rrweb/types";
import { Assembler, type Batch } from "../wire.ts";
import { type FromReplica, readFromDesk, type ToReplica } from "./messages.ts";
import { Page } from "./page.ts";
import { boxOf, pointedAt, steppedTo } from "./pointing.ts";
import { isElement, scrollingElement } from "./untainted.ts";

const TRACK_MS = 250;

function begin(port: MessagePort): void {
  const tell = (message: FromReplica) => port.postMessage(message);
  const page = new Page(tell);
  let tracked: number | null = null;
  let toldBox = "";
  let toldView = "";

  function tellView(): void {
    const root = scrollingElement();
    const size = { width: root?.scrollWidth ?? 0, height: root?.scrollHeight ?? 0 };
    const view = { t: "view", x: window.scrollX, y: window.scrollY, ...size } as const;
    const told = JSON.stringify(view);
    if (told === toldView) return;
    toldView = told;
    tell(view);
  }

  function tellBox(): void {
    if (tracked === null) return;
    const element = page.mirror.node(tracked);
    const box = isElement(element) && element.isConnected ? boxOf(element) : null;
    const told = JSON.stringify(box);
    if (told === toldBox) return;
    toldBox = told;
    tell({ t: "box", node: tracked, box });
  }

  function draw({ stream, batch, events }: Batch): void {
    try {
      // What the customer's page sent is of these types, or the page is asked for anew.
      page.apply(events as eventWithTime[]);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      tell({ t: "lost", reason: "broken" });
      return;
    }
    const at = (events.at(-1) as eventWithTime | undefined)?.timestamp ?? 0;
    tell({ t: "current", stream, batch, at });
    tellView();
    tellBox();
  }

  const assembler = new Assembler(draw, () => tell({ t: "lost", reason: "gap" }));

  function hear(said: ToReplica): void {
    switch (said.t) {
      case "part":
        return assembler.add(said.part);
      case "point":
        return tell(pointedAt(page.mirror, said.id, said.x, said.y));
      case "step":
        return tell(steppedTo(page.mirror, said.id, said.from, said.back));
      case "sprite":
        return page.takeSprite(said.url, said.symbols);
      case "track":
        tracked = said.node;
        toldBox = "";
        return tellBox();
    }
  }

  port.onmessage = ({ data }) => {
    const said = readFromDesk(data);
    if (said) hear(said);
  };
  window.addEventListener("scroll", () => {
    tellView();
    tellBox();
  });
  // Styles and pictures arrive late and move things.
  setInterval(() => {
    tellView();
    tellBox();
  }, TRACK_MS);
  tell({ t: "ready" });
}

/* The desk hands over its port once, before anything of the customer's page is here. */
function meet(event: MessageEvent): void {
  const [port] = event.ports;
  if (event.source !== window.parent || event.data !== "stoa:replica" || !port) return;
  removeEventListener("message", meet);
  begin(port);
}
addEventListener("message", meet);
/* Nothing is done here, whoever presses what: a copy of a page is to be looked at. */
for (const type of ["click", "auxclick", "submit", "dragstart", "beforeinput", "keydown"]) {
  addEventListener(type, (event) => event.preventDefault(), { capture: true });
}
