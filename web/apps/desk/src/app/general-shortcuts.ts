import { chooseAway, isAway } from "../session/presence.ts";
import { mayActAs, me } from "../session/store.ts";
import { perform } from "./act.ts";
import { isHelpOpen } from "./help.tsx";
import { addShortcuts, type Shortcut } from "./keyboard.ts";
import { isPaletteOpen, PALETTE_KEYS } from "./palette.tsx";
import { go, type Route } from "./router.ts";
import { t } from "./texts.ts";
import { chooseTheme, theme } from "./theme.ts";

const general = () => t("group.general");

function goes(keys: string, label: () => string, to: Route): Shortcut {
  return { keys, label, group: general, run: () => go(to) };
}

/** The keys that work on every page of the desk. */
export function addGeneralShortcuts(): void {
  const ifSignedIn = (run: () => void) => () => {
    if (me.peek()) run();
  };
  addShortcuts([
    {
      keys: PALETTE_KEYS,
      label: () => t("palette.title"),
      group: general,
      run: ifSignedIn(() => (isPaletteOpen.value = true)),
      whileTyping: true,
    },
    {
      keys: "?",
      label: () => t("help.title"),
      group: general,
      run: ifSignedIn(() => (isHelpOpen.value = true)),
    },
    {
      keys: "/",
      label: () => t("nav.search"),
      group: general,
      run: ifSignedIn(() => {
        go({ page: "search" });
        document.getElementById("desk-search")?.focus();
      }),
    },
    goes("g i", () => t("nav.inbox"), { page: "inbox", view: "mine", id: null }),
    goes("g h", () => t("nav.calls"), { page: "calls" }),
    goes("g v", () => t("nav.visits"), { page: "visits", id: null }),
    goes("g o", () => t("nav.orders"), { page: "orders", id: null }),
    goes("g k", () => t("nav.customers"), { page: "customers", id: null }),
    goes("g c", () => t("nav.catalogue"), { page: "catalogue", id: null }),
    goes("g a", () => t("nav.account"), { page: "account" }),
    goes("g l", () => t("nav.order"), { page: "order" }),
    goes("g r", () => t("nav.replies"), { page: "replies" }),
    {
      keys: "g s",
      label: () => t("nav.settings"),
      group: general,
      run: () => go({ page: "settings" }),
      isOffered: () => mayActAs("administrator"),
    },
    {
      keys: "g e",
      label: () => t("nav.teams"),
      group: general,
      run: () => go({ page: "teams" }),
      isOffered: () => mayActAs("supervisor"),
    },
    {
      keys: "g u",
      label: () => t("nav.rules"),
      group: general,
      run: () => go({ page: "rules", id: null }),
      isOffered: () => mayActAs("supervisor"),
    },
    {
      keys: "g w",
      label: () => t("nav.webhooks"),
      group: general,
      run: () => go({ page: "webhooks", id: null }),
      isOffered: () => mayActAs("administrator"),
    },
    {
      keys: "g p",
      label: () => t("nav.people"),
      group: general,
      run: () => go({ page: "people" }),
      isOffered: () => mayActAs("administrator"),
    },
    {
      keys: "g z",
      label: () => t(isAway.value ? "presence.beAvailable" : "presence.beAway"),
      group: general,
      run: () => void perform(() => chooseAway(!isAway.peek())),
    },
    {
      keys: "t",
      label: () => t("theme.switch"),
      group: general,
      run: () => {
        const isDark =
          theme.peek() === "dark" ||
          (theme.peek() === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
        chooseTheme(isDark ? "light" : "dark");
      },
    },
  ]);
}
