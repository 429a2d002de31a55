/* What of a customer's page the replica is built of. Pure: names and values in, names and values out.
 * The document's policy forbids scripts by itself; here nothing that could run, navigate, submit or
 * take the focus is made in the first place. */

/** How an element is drawn: as itself, as a box with a page of its own inside, or not at all. */
export type Drawing = { readonly as: "element"; readonly tag: string } | { readonly as: Special };
type Special = "frame" | "style" | "nothing";

const NAME = /^[a-zA-Z][\w:.-]*$/;
const NOTHING = new Set(["script", "base", "object", "embed", "applet", "portal", "fencedframe"]);
/* Our own hosts on the customer's page, of which nothing is the page's. */
const OWN = /^stoa-/;
const FRAMES = new Set(["iframe", "frame"]);
/* SVG names are case sensitive, and the recorder gives them in lower case. */
const SVG_NAMES = new Map(
  (
    "altGlyph animateMotion animateTransform clipPath feBlend feColorMatrix feComponentTransfer " +
    "feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow " +
    "feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode " +
    "feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence " +
    "foreignObject glyphRef linearGradient radialGradient textPath"
  )
    .split(" ")
    .map((name) => [name.toLowerCase(), name]),
);
/* They could give a link or a source another address after it was looked at. */
const SVG_NOTHING = new Set(["animate", "set", "animatemotion", "animatetransform", "discard"]);

type Attributes = Readonly<Record<string, unknown>>;

/** Decides how an element is drawn. */
export function drawingOf(tagName: string, isSvg: boolean, attributes: Attributes): Drawing {
  const tag = tagName.toLowerCase();
  if (!NAME.test(tag) || NOTHING.has(tag) || OWN.test(tag)) return { as: "nothing" };
  if (FRAMES.has(tag)) return { as: "frame" };
  if (isSvg) {
    if (SVG_NOTHING.has(tag)) return { as: "nothing" };
    return { as: "element", tag: SVG_NAMES.get(tag) ?? tag };
  }
  if (tag === "link") return linkDrawing(attributes);
  if (tag === "meta") return { as: "nothing" };
  if (tag === "frameset") return { as: "element", tag: "div" };
  return { as: "element", tag };
}

function linkDrawing(attributes: Attributes): Drawing {
  if (typeof attributes._cssText === "string") return { as: "style" };
  const relations = String(attributes.rel ?? "").toLowerCase();
  const isStyle = /(^|\s)stylesheet(\s|$)/.test(relations) && !/alternate/.test(relations);
  return isStyle ? { as: "element", tag: "link" } : { as: "nothing" };
}

/* Names that act (open, submit, ask, focus, load early) and draw nothing. */
const DROPPED = new Set([
  "srcdoc",
  "action",
  "formaction",
  "formtarget",
  "target",
  "ping",
  "http-equiv",
  "autofocus",
  "autoplay",
  "download",
  "nonce",
  "integrity",
  "is",
  "manifest",
  "method",
  "popovertarget",
  "commandfor",
  "command",
  "interestfor",
  "crossorigin",
  "accesskey",
  "contenteditable",
]);
const ADDRESSES = new Set(["src", "href", "xlink:href", "poster", "background", "data", "lowsrc"]);
const LINKS = new Set(["a", "area"]);
/* data: is for pictures, fonts and styles; the document's policy keeps it from anything that runs. */
const LOADABLE = /^(?:https?:\/\/|\/\/|data:|blob:|#|\/(?!\/)|[^:/?#]*(?:[/?#]|$))/i;

/** Returns what an attribute becomes, or null where it is left out. */
export function attributeFor(tag: string, name: string, value: string): string | null {
  const lower = name.toLowerCase();
  if (!/^[a-z_:@][\w:.@-]*$/i.test(name) || lower.startsWith("on") || DROPPED.has(lower))
    return null;
  // A link looks like one and leads nowhere.
  if (lower === "href" && LINKS.has(tag)) return "#";
  if (lower === "xlink:href" && tag === "a") return null;
  if (ADDRESSES.has(lower)) return isLoadable(value) ? value : null;
  if (lower === "srcset" || lower === "imagesrcset") {
    return /(?:^|[\s,])(?:javascript|vbscript):/i.test(value) ? null : value;
  }
  if (lower === "type" && tag === "input" && /^(?:submit|image|file)$/i.test(value))
    return "button";
  return value;
}

/** Whether an address may be loaded as a picture, a font or a style. */
export function isLoadable(address: string): boolean {
  // Browsers leave out control characters and spaces while they read the scheme.
  const read = Array.from(address)
    .filter((letter) => letter > " ")
    .join("");
  return LOADABLE.test(read);
}

/* Bullets and blocks, and nothing else: what the recorder writes where it must not tell. */
const MASK = /^[•*█▒░\s]*[•█▒░*]{2,}[•*█▒░\s]*$/;

/** Whether a text is what stands in for one that the agent may not read. */
export const isMask = (text: string): boolean => MASK.test(text);
