/* The one script tag of a shop: <script src="https://shop.example/counter/loader.js" async></script>
   Optional: data-locale="pl", data-position="left", data-label="Ask us", data-shop="...". */

import catalogues from "stoa:texts/counter/loader.";
import { chooseTag, type Counter as Texts, translator } from "@stoa/i18n";
import { Counter } from "./loader/counter.ts";
import { own } from "./loader/dom.ts";
import { recall } from "./loader/memory.ts";
import type { LoaderTexts } from "./loader/view.ts";

function textsFor(wish: string): LoaderTexts {
  const tag = chooseTag([wish]);
  const text = translator<Texts>(tag, catalogues[tag]);
  return {
    button: text("loader.button"),
    title: text("loader.title"),
    loading: text("loader.loading"),
    failed: text("loader.failed"),
    retry: text("loader.retry"),
    close: text("loader.close"),
    accept: text("loader.accept"),
    dismiss: text("loader.dismiss"),
    unread: (count) => text("loader.unread", { count }),
  };
}

function start(script: HTMLScriptElement) {
  const { locale, position, label, shop } = script.dataset;
  const counter = new Counter({
    origin: new URL(script.src).origin,
    position: position === "left" ? "left" : "right",
    label: label?.trim() ?? "",
    shop: shop ?? "",
    tag: chooseTag([locale, own("documentElement").lang, navigator.language]),
    textsFor,
  });
  const api = Object.freeze({ open: counter.open, close: counter.close });
  Object.defineProperty(window, "Stoa", { value: api });
  counter.resume(recall());
}

const script = own("currentScript");
// A second tag on the same page finds the first one's name and does nothing.
if (script instanceof HTMLScriptElement && !Object.hasOwn(window, "Stoa")) start(script);
