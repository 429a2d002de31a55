// rrweb's recorder without its canvas part: we never record canvases, and a customer should not load
// what we never use. Can go when rrweb ships a recorder that leaves it out.
// And without the one style attribute that it sets: a page whose policy forbids those would report it.
// Can go when rrweb compares styles in another way (MutationBuffer, "style").
import { readFile } from "node:fs/promises";

const STYLED = 'old.setAttribute("style", m.oldValue)';

const WITHOUT = `class CanvasManager {
  reset() {}
  freeze() {}
  unfreeze() {}
  lock() {}
  unlock() {}
}
`;

export const recorder = {
  name: "recorder",
  setup(build) {
    build.onLoad({ filter: /@rrweb[\\/]record[\\/]dist[\\/]record\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const start = source.indexOf("var encode = function(arraybuffer)");
      const end = source.indexOf("\nclass StylesheetManager {");
      const own = source.slice(start, end);
      const asked = [...source.matchAll(/canvasManager\.(\w+)\(/g)].map((found) => found[1]);
      const known = ["reset", "freeze", "unfreeze", "lock", "unlock"];
      if (
        start < 0 ||
        end < start ||
        own.length > 24_000 ||
        asked.some((one) => !known.includes(one))
      ) {
        throw new Error("rrweb's recorder has changed: look at tools/recorder.mjs.");
      }
      const kept = source.slice(0, start) + WITHOUT + source.slice(end);
      return { contents: kept.replace(STYLED, "old.style.cssText = m.oldValue"), loader: "js" };
    });
  },
};
