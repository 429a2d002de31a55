// The message catalogues that Python and the browser share.
//   import { load } from "stoa:catalogues/desk"          one chunk per language, loaded when asked
//   import texts from "stoa:texts/counter/button."       every language inline, keys by prefix
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const TAGS = ["en", "pl", "de", "it", "el"];
const ROOT = new URL("../../stoa/platform/i18n/catalogues/", import.meta.url);

/** Returns the path of one catalogue. */
export function pathOf(tag, surface) {
  return fileURLToPath(new URL(`${tag}/${surface}.json`, ROOT));
}

/** Returns the surfaces that have an English catalogue. */
export async function surfaces() {
  const files = await readdir(new URL("en/", ROOT));
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

export async function read(tag, surface) {
  return JSON.parse(await readFile(pathOf(tag, surface), "utf8"));
}

/** Returns the names in braces that a text (or any form of a plural) mentions. */
export function parameters(message) {
  const forms = typeof message === "string" ? [message] : Object.values(message);
  const names = forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  if (typeof message !== "string") names.push("count");
  return [...new Set(names)].sort();
}

async function lazily(surface) {
  const cases = TAGS.map(
    (tag) => `${JSON.stringify(tag)}: () => import(${JSON.stringify(pathOf(tag, surface))})`,
  );
  return `const loaders = {${cases.join(",")}};
export const load = (tag) => (loaders[tag] ?? loaders.en)().then((module) => module.default);`;
}

async function inline(path) {
  const [surface, prefix = ""] = path.split("/");
  const all = {};
  for (const tag of TAGS) {
    const entries = Object.entries(await read(tag, surface));
    all[tag] = Object.fromEntries(entries.filter(([key]) => key.startsWith(prefix)));
  }
  return `export default ${JSON.stringify(all)};`;
}

export const catalogues = {
  name: "catalogues",
  setup(build) {
    build.onResolve({ filter: /^stoa:(catalogues|texts)\// }, ({ path }) => ({
      path: path.slice("stoa:".length),
      namespace: "catalogue",
    }));
    build.onLoad({ filter: /.*/, namespace: "catalogue" }, async ({ path }) => {
      const [kind, ...rest] = path.split("/");
      const lazy = kind === "catalogues";
      return {
        contents: lazy ? await lazily(rest[0]) : await inline(rest.join("/")),
        loader: "js",
        resolveDir: fileURLToPath(ROOT),
        watchFiles: TAGS.map((tag) => pathOf(tag, rest[0])),
      };
    });
  },
};
