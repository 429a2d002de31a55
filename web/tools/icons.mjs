// Lucide icons: `import send from "lucide:send"` gives the drawing inside the <svg> as a string, so
// that a bundle holds only the icons it uses; `sprite()` gives one file of <symbol>s for templates.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const FOLDER = new URL(import.meta.resolve("lucide-static/icons/send.svg"));

/** Returns the markup inside the named icon's <svg>. */
export async function drawing(name) {
  const svg = await readFile(new URL(`${name}.svg`, FOLDER), "utf8").catch((error) => {
    throw new Error(`There is no Lucide icon named "${name}".`, { cause: error });
  });
  return svg
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s*\n\s*/g, "");
}

/** Returns an SVG sprite with one <symbol id=name> per icon. */
export async function sprite(names) {
  const symbols = await Promise.all(
    [...names].sort().map(async (name) => {
      const inner = await drawing(name);
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${symbols.join("")}</svg>\n`;
}

export const icons = {
  name: "icons",
  setup(build) {
    build.onResolve({ filter: /^lucide:/ }, ({ path }) => ({
      path: path.slice("lucide:".length),
      namespace: "lucide",
    }));
    build.onLoad({ filter: /.*/, namespace: "lucide" }, async ({ path }) => ({
      contents: `export default ${JSON.stringify(await drawing(path))};`,
      loader: "js",
      watchFiles: [fileURLToPath(new URL(`${path}.svg`, FOLDER))],
    }));
  },
};
