// Bundles one program for tests in a real browser, with the plugins of the build.
//   node tools/page.mjs packages/rtc/test/page.ts FOLDER      writes FOLDER/page.js
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { assets } from "./assets.mjs";

const [entry, outdir] = process.argv.slice(2);
await esbuild.build({
  absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  entryPoints: [{ in: entry, out: basename(entry).replace(/\.tsx?$/, "") }],
  outdir,
  bundle: true,
  format: "esm",
  target: "es2021",
  logLevel: "error",
  plugins: [assets],
});
