// Bundles every *.test.ts(x) of the workspaces and runs them with Node's own test runner.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { assets } from "./tools/assets.mjs";
import { catalogues } from "./tools/catalogues.mjs";
import { icons } from "./tools/icons.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = `${HERE}/node_modules/.cache/stoa-tests`;

const entryPoints = globSync("{packages,apps}/*/test/**/*.test.{ts,tsx}", { cwd: HERE });
if (entryPoints.length === 0) throw new Error("No test file was found.");
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await esbuild.build({
  absWorkingDir: HERE,
  entryPoints,
  outdir: OUT,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  loader: { ".css": "text" },
  plugins: [assets, catalogues, icons],
});
const files = globSync("**/*.test.mjs", { cwd: OUT }).map((file) => `${OUT}/${file}`);
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], {
  stdio: "inherit",
  cwd: HERE,
});
process.exitCode = run.status ?? 1;
