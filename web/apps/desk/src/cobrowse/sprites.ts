import type { Drawn } from "@stoa/cobrowse/replica";

/** Only files of the storefront's own look: they are the same for everybody. */
const OURS = /^\/assets\/[\w.-]+\.svg$/;
const DEPTH = 12;

const fetched = new Map<string, Promise<readonly Drawn[]>>();

function describe(element: Element, depth = 0): Drawn {
  const children = depth < DEPTH ? Array.from(element.children) : [];
  return {
    tag: element.tagName,
    attributes: Object.fromEntries(
      Array.from(element.attributes, ({ name, value }) => [name, value]),
    ),
    children: children.map((child) => describe(child, depth + 1)),
  };
}

async function read(path: string): Promise<readonly Drawn[]> {
  const response = await fetch(path, { credentials: "omit" });
  if (!response.ok) throw new Error(`no drawings: ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "image/svg+xml");
  return Array.from(page.querySelectorAll("symbol[id]"), (symbol) => describe(symbol));
}

/** Returns the drawings in a file that the customer's page takes some from, or null: it is none of
 * the storefront's. The replica itself may load nothing of the kind. */
export function drawingsIn(address: string): Promise<readonly Drawn[]> | null {
  const url = new URL(address, location.origin);
  if (url.origin !== location.origin || !OURS.test(url.pathname)) return null;
  const known = fetched.get(url.pathname) ?? read(url.pathname);
  fetched.set(url.pathname, known);
  known.catch(() => fetched.delete(url.pathname));
  return known;
}
