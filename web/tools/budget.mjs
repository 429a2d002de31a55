// What a visitor downloads, gzipped, per app: everything its entry can reach, of the languages only
// the largest one (a page loads one). Fonts, pictures and the noise suppressor are not counted: they
// are shared and cached, and the last is fetched during a call.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const KB = 1000;
/* What is loaded `beyond` an app's entries, when it is first needed, has a budget of its own. */
const BUDGETS = [
  { name: "counter loader", entries: ["apps/counter/src/loader.ts"], limit: 10 * KB },
  {
    name: "counter, whole chat",
    entries: [
      "apps/counter/src/loader.ts",
      "apps/counter/src/frame.tsx",
      "apps/counter/src/frame.css",
    ],
    limit: 47 * KB,
  },
  {
    name: "counter, forms",
    entries: ["apps/counter/src/frame/forms.tsx", "apps/counter/src/frame/emoji.tsx"],
    beyond: ["apps/counter/src/frame.tsx"],
    limit: 5 * KB,
  },
  {
    name: "counter, rating",
    entries: ["apps/counter/src/frame/rating.tsx"],
    beyond: ["apps/counter/src/frame.tsx"],
    limit: 5 * KB,
  },
  {
    name: "counter, calls",
    entries: ["apps/counter/src/frame/call/main.tsx", "apps/counter/src/frame/call/call.css"],
    beyond: ["apps/counter/src/frame.tsx"],
    limit: 20 * KB,
  },
  { name: "counter, call on page", entries: ["apps/counter/src/page/call.ts"], limit: 3 * KB },
  {
    name: "counter, video",
    entries: ["apps/counter/src/frame/call/video/main.tsx"],
    beyond: ["apps/counter/src/frame.tsx", "apps/counter/src/frame/call/main.tsx"],
    limit: 20 * KB,
  },
  { name: "storefront script", entries: ["apps/storefront/src/main.ts"], limit: 20 * KB },
  { name: "storefront style", entries: ["apps/storefront/src/main.css"], limit: 20 * KB },
  { name: "desk", entries: ["apps/desk/src/main.tsx", "apps/desk/src/main.css"], limit: 118 * KB },
  {
    name: "desk, customer's page",
    entries: [
      "apps/desk/src/cobrowse/customers-page.tsx",
      "apps/desk/src/cobrowse/log.tsx",
      "apps/desk/src/walks/dialog.tsx",
    ],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 15 * KB,
  },
  {
    name: "desk, one-time link",
    entries: ["apps/desk/src/session/link.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 2 * KB,
  },
  {
    name: "desk, calls",
    entries: ["apps/desk/src/calls/layer.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 40 * KB,
  },
  {
    name: "desk, channels",
    entries: ["apps/desk/src/channels/page.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, back office",
    entries: ["apps/desk/src/app/office.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 30 * KB,
  },
  {
    name: "desk, teams",
    entries: ["apps/desk/src/teams/page.tsx"],
    beyond: ["apps/desk/src/main.tsx", "apps/desk/src/app/office.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, page of calls",
    entries: ["apps/desk/src/calls/page.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, call settings",
    entries: ["apps/desk/src/calls/settings.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, hours",
    entries: ["apps/desk/src/hours/settings.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, rules",
    entries: [
      "apps/desk/src/automation/page.tsx",
      "apps/desk/src/automation/webhooks.tsx",
      "apps/desk/src/automation/card.tsx",
    ],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 25 * KB,
  },
  {
    name: "desk, board",
    entries: ["apps/desk/src/board/page.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, masking rules",
    entries: ["apps/desk/src/cobrowse/masking.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 5 * KB,
  },
  {
    name: "desk, recordings",
    entries: ["apps/desk/src/calls/recording.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, acts on many",
    entries: ["apps/desk/src/teamwork/layer.tsx", "apps/desk/src/teamwork/bulk-bar.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "desk, customers",
    entries: ["apps/desk/src/customers/page.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 20 * KB,
  },
  {
    name: "desk, search",
    entries: ["apps/desk/src/search/page.tsx"],
    beyond: ["apps/desk/src/main.tsx"],
    limit: 10 * KB,
  },
  {
    name: "counter, co-browsing",
    entries: ["apps/counter/src/frame/cobrowse/main.tsx", "apps/counter/src/frame/walk/main.tsx"],
    beyond: [
      "apps/counter/src/loader.ts",
      "apps/counter/src/frame.tsx",
      "apps/counter/src/frame.css",
    ],
    limit: 8 * KB,
  },
  { name: "co-browsed page", entries: ["packages/cobrowse/src/page/main.ts"], limit: 30 * KB },
  {
    name: "co-browsed, actions",
    entries: ["packages/cobrowse/src/page/actions.ts"],
    beyond: ["packages/cobrowse/src/page/main.ts"],
    limit: 5 * KB,
  },
  {
    name: "desk, video",
    entries: ["apps/desk/src/calls/video/main.tsx"],
    beyond: ["apps/desk/src/main.tsx", "apps/desk/src/calls/layer.tsx"],
    limit: 20 * KB,
  },
  { name: "replica", entries: ["packages/cobrowse/src/replica/main.ts"], limit: 20 * KB },
];

const UNCOUNTED = ["file-loader", "url-token"];
const CATALOGUE = /catalogues\/(\w+)\/\w+\.json$/;

const LAZY = BUDGETS.filter(({ beyond }) => beyond).flatMap(({ entries }) => entries);

function reachable(outputs, entries) {
  const isOwn = (path) =>
    !LAZY.includes(outputs[path].entryPoint) || entries.includes(outputs[path].entryPoint);
  const queue = Object.keys(outputs).filter((path) => entries.includes(outputs[path].entryPoint));
  const seen = new Set(queue);
  for (const path of queue) {
    for (const { path: next, external, kind } of outputs[path].imports) {
      if (external || seen.has(next) || !outputs[next] || UNCOUNTED.includes(kind)) continue;
      if (!isOwn(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return [...seen];
}

function languageOf(output) {
  return CATALOGUE.exec(output.entryPoint ?? "")?.[1];
}

/** Prints each app's size and returns whether all are within their budgets. */
export async function reportBudgets({ outputs }, folder) {
  let fits = true;
  for (const { name, entries, beyond = [], limit } of BUDGETS) {
    let bytes = 0;
    const languages = {};
    const known = reachable(outputs, beyond);
    for (const path of reachable(outputs, entries)) {
      if (known.includes(path)) continue;
      const size = gzipSync(await readFile(`${folder}/${path}`), { level: 9 }).length;
      const tag = languageOf(outputs[path]);
      if (tag) languages[tag] = (languages[tag] ?? 0) + size;
      else bytes += size;
    }
    const total = bytes + Math.max(0, ...Object.values(languages));
    const mark = total > limit ? "OVER" : "ok";
    fits &&= total <= limit;
    console.log(
      `${mark.padEnd(5)}${name.padEnd(22)}${(total / KB).toFixed(1).padStart(7)} of ${limit / KB} kB gz`,
    );
  }
  return fits;
}
