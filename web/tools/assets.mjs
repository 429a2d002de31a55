// Files of packages that are served as they are: `import url from "asset:package/file.wasm"` gives
// the address of a copy whose name carries its content's hash.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const assets = {
  name: "assets",
  setup(build) {
    build.onResolve({ filter: /^asset:/ }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path.slice("asset:".length))),
      namespace: "asset",
    }));
    build.onLoad({ filter: /.*/, namespace: "asset" }, async ({ path }) => ({
      contents: await readFile(path),
      loader: "file",
      watchFiles: [path],
    }));
  },
};
