// Builds every app into stoa/static/built/ under names that carry their content's hash, and writes
// manifest.json ({logical name: file}) for Python. Fails when a bundle is over its budget.
//   node build.mjs [--watch]
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { generate } from "./generate.mjs";
import { assets } from "./tools/assets.mjs";
import { reportBudgets } from "./tools/budget.mjs";
import { catalogues } from "./tools/catalogues.mjs";
import { icons, sprite } from "./tools/icons.mjs";
import { recorder } from "./tools/recorder.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = fileURLToPath(new URL("../stoa/static/built", import.meta.url));
const WATCH = process.argv.includes("--watch");

const ENTRIES = [
  { in: "apps/desk/src/main.tsx", out: "desk/desk" },
  { in: "apps/desk/src/main.css", out: "desk/desk" },
  { in: "apps/counter/src/frame.tsx", out: "counter/frame" },
  { in: "apps/counter/src/frame.css", out: "counter/frame" },
  { in: "apps/counter/src/frame/call/call.css", out: "counter/call" },
  { in: "apps/storefront/src/main.ts", out: "storefront/storefront" },
  { in: "apps/storefront/src/main.css", out: "storefront/storefront" },
];
/* The page that shows a customer's page; a classic script, for its origin is nobody's and may import
 * nothing. */
const REPLICA = { in: "packages/cobrowse/src/replica/main.ts", out: "desk/replica" };
/* A module that the loader imports into any page; what an agent may do there comes when allowed. */
const WATCHED = { in: "packages/cobrowse/src/page/main.ts", out: "cobrowse/page" };
/* What the loader imports into any page once there is a call. */
const PAGE_CALL = { in: "apps/counter/src/page/call.ts", out: "counter/page-call" };
/* A classic script for a <script async> on any page: one file, no imports, no globals. */
const LOADER = { in: "apps/counter/src/loader.ts", out: "counter/loader" };

const SHARED = {
  absWorkingDir: HERE,
  outdir: OUT,
  bundle: true,
  minify: !WATCH,
  sourcemap: WATCH ? "linked" : false,
  target: "es2021",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".woff2": "file" },
  entryNames: "[dir]/[name]-[hash]",
  assetNames: "files/[name]-[hash]",
  plugins: [assets, catalogues, icons, recorder],
};

/* One run per app: a chunk that two apps share would carry to each what only the other needs. */
const APPS = ["desk", "counter", "storefront"];
const BUILDS = [
  ...APPS.map((app) => ({
    ...SHARED,
    entryPoints: ENTRIES.filter((entry) => entry.out.startsWith(`${app}/`)),
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  })),
  { ...SHARED, entryPoints: [LOADER], format: "iife" },
  { ...SHARED, entryPoints: [REPLICA], format: "iife" },
  { ...SHARED, entryPoints: [PAGE_CALL], format: "esm" },
  {
    ...SHARED,
    entryPoints: [WATCHED],
    format: "esm",
    splitting: true,
    chunkNames: "cobrowse/[name]-[hash]",
  },
];

function logicalNames(metafile) {
  const wanted = new Map(
    [...ENTRIES, LOADER, PAGE_CALL, REPLICA, WATCHED].map((entry) => [entry.in, entry.out]),
  );
  const names = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const file = relative(OUT, `${HERE}/${path}`);
    const out = wanted.get(output.entryPoint);
    if (out) names[`${out}.${file.split(".").pop()}`] = file;
    const font = /^files\/(.+)-[A-Z0-9]{8}\.woff2$/.exec(file);
    if (font) names[`fonts/${font[1]}.woff2`] = file;
  }
  return names;
}

async function writeSprite() {
  const list = JSON.parse(await readFile(`${HERE}/apps/storefront/icons.json`, "utf8"));
  const svg = await sprite(list);
  const hash = createHash("sha256").update(svg).digest("hex").slice(0, 8).toUpperCase();
  const file = `icons-${hash}.svg`;
  await writeFile(`${OUT}/${file}`, svg);
  return { "icons.svg": file };
}

async function finish(results) {
  const metafile = {
    inputs: Object.assign({}, ...results.map((result) => result.metafile.inputs)),
    outputs: Object.assign({}, ...results.map((result) => result.metafile.outputs)),
  };
  const names = Object.assign(await writeSprite(), ...results.map((r) => logicalNames(r.metafile)));
  const sorted = Object.fromEntries(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
  await mkdir(dirname(`${OUT}/manifest.json`), { recursive: true });
  await writeFile(`${OUT}/manifest.json`, `${JSON.stringify(sorted, null, 2)}\n`);
  return metafile;
}

async function buildOnce() {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  const metafile = await finish(await Promise.all(BUILDS.map((options) => esbuild.build(options))));
  if (!(await reportBudgets(metafile, HERE))) process.exitCode = 1;
}

async function watch() {
  const latest = new Map();
  const contexts = BUILDS.map((options, index) => ({
    ...options,
    plugins: [
      ...options.plugins,
      {
        name: "manifest",
        setup(build) {
          build.onEnd(async (result) => {
            if (result.errors.length) return;
            latest.set(index, result);
            if (latest.size < BUILDS.length) return;
            await finish([...latest.values()]);
            console.log(`built ${new Date().toLocaleTimeString()} (${basename(OUT)})`);
          });
        },
      },
    ],
  }));
  await mkdir(OUT, { recursive: true });
  for (const options of contexts) await (await esbuild.context(options)).watch();
}

await generate();
await (WATCH ? watch() : buildOnce());
