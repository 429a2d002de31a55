import boxes from "lucide:boxes";
import coffee from "lucide:coffee";
import contact from "lucide:contact-round";
import gauge from "lucide:gauge";
import inboxes from "lucide:inbox";
import keyboard from "lucide:keyboard";
import logOut from "lucide:log-out";
import quote from "lucide:message-square-quote";
import messages from "lucide:messages-square";
import phone from "lucide:phone";
import radar from "lucide:radar";
import receipt from "lucide:receipt-text";
import searchIcon from "lucide:search";
import settings from "lucide:settings";
import tagsIcon from "lucide:tags";
import userCheck from "lucide:user-check";
import usersCog from "lucide:user-cog";
import user from "lucide:user-round";
import users from "lucide:users-round";
import webhook from "lucide:webhook";
import workflow from "lucide:workflow";
import { Avatar, Icon, Menu } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { callersCount } from "../calls/store.ts";
import { brokenCount, watchBroken } from "../channels/broken.ts";
import { waitingCount } from "../conversations/list-store.ts";
import { needyCount } from "../radar/store.ts";
import { chooseAway, isAway } from "../session/presence.ts";
import { mayActAs, me, signOut } from "../session/store.ts";
import { perform } from "./act.ts";
import { isHelpOpen } from "./help.tsx";
import { go, type Page, pathOf, type Route, route } from "./router.ts";
import { t } from "./texts.ts";
import { whenMayLeave } from "./unsaved.ts";

interface Place {
  readonly to: Route;
  readonly pages: readonly Page[];
  readonly icon: string;
  readonly label: string;
  readonly count: number;
  readonly countLabel: string;
  /** On a phone it is in the menu alone. */
  readonly isWideOnly?: boolean;
}

function places(): Place[] {
  const none = { count: 0, countLabel: "" };
  return [
    {
      to: { page: "inbox", view: "mine", id: null },
      pages: ["inbox"],
      icon: messages,
      label: t("nav.inboxShort"),
      count: waitingCount.value,
      countLabel: t("nav.waiting", { count: waitingCount.value }),
    },
    {
      to: { page: "calls" },
      pages: ["calls"],
      icon: phone,
      label: t("nav.callsShort"),
      count: callersCount.value,
      countLabel: t("nav.callers", { count: callersCount.value }),
    },
    {
      to: { page: "visits", id: null },
      pages: ["visits"],
      icon: radar,
      label: t("nav.visitsShort"),
      count: needyCount.value,
      countLabel: t("nav.needHelp", { count: needyCount.value }),
    },
    {
      to: { page: "customers", id: null },
      pages: ["customers"],
      icon: contact,
      label: t("nav.customers"),
      isWideOnly: true,
      ...none,
    },
    {
      to: { page: "orders", id: null },
      pages: ["orders"],
      icon: receipt,
      label: t("nav.orders"),
      ...none,
    },
    {
      to: { page: "catalogue", id: null },
      pages: ["catalogue", "imports"],
      icon: boxes,
      label: t("nav.catalogue"),
      ...none,
    },
    ...(mayActAs("supervisor")
      ? [
          {
            to: { page: "board" } as const,
            pages: ["board"] as const,
            icon: gauge,
            label: t("nav.board"),
            isWideOnly: true,
            ...none,
          },
        ]
      : []),
    // Nobody looks at the channels every day: they come here when one of them does not work.
    ...(brokenCount.value > 0
      ? [
          {
            to: { page: "channels" } as const,
            pages: ["channels"] as const,
            icon: inboxes,
            label: t("nav.channels"),
            count: brokenCount.value,
            countLabel: t("nav.broken", { count: brokenCount.value }),
          },
        ]
      : []),
  ];
}

/** The way between the parts of the desk: a rail at the left, a bar at the foot of a phone. */
export function Rail() {
  useEffect(watchBroken, []);
  return (
    <nav class="rail" aria-label={t("nav.label")}>
      <a class="rail-brand" href="/desk" aria-label={t("app.name")}>
        S
      </a>
      <ul class="rail-places">
        {places().map(({ to, pages, icon, label, count, countLabel, isWideOnly }) => (
          <li key={label} class={isWideOnly ? "rail-wide-only" : undefined}>
            <a
              class="rail-link"
              href={pathOf(to)}
              aria-current={pages.includes(route.value.page) ? "page" : undefined}
            >
              <Icon of={icon} size={20} />
              <span>{label}</span>
              {count > 0 && (
                <span class="rail-count">
                  <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
                  <span class="visually-hidden">{countLabel}</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <AccountMenu />
    </nav>
  );
}

function AccountMenu() {
  const link = (label: string, icon: string, to: Route) => ({
    label,
    icon,
    run: () => go(to),
  });
  const items = [
    {
      label: t(isAway.value ? "presence.beAvailable" : "presence.beAway"),
      icon: isAway.value ? userCheck : coffee,
      run: () => void perform(() => chooseAway(!isAway.peek())),
    },
    link(t("nav.account"), user, { page: "account" }),
    link(t("nav.customers"), contact, { page: "customers", id: null }),
    link(t("nav.search"), searchIcon, { page: "search" }),
    ...(mayActAs("supervisor") ? [link(t("nav.board"), gauge, { page: "board" })] : []),
    link(t("nav.replies"), quote, { page: "replies" }),
    link(t("nav.order"), tagsIcon, { page: "order" }),
    ...(mayActAs("supervisor")
      ? [
          link(t("nav.teams"), usersCog, { page: "teams" }),
          link(t("nav.rules"), workflow, { page: "rules", id: null }),
        ]
      : []),
    ...(mayActAs("administrator")
      ? [
          link(t("nav.people"), users, { page: "people" }),
          link(t("nav.channels"), inboxes, { page: "channels" }),
          link(t("nav.webhooks"), webhook, { page: "webhooks", id: null }),
          link(t("nav.settings"), settings, { page: "settings" }),
        ]
      : []),
    {
      label: t("nav.keyboard"),
      icon: keyboard,
      run: () => {
        isHelpOpen.value = true;
      },
    },
    {
      label: t("nav.signOut"),
      icon: logOut,
      run: () => {
        whenMayLeave(() => void perform(signOut));
      },
    },
  ];
  return (
    <Menu label={`${t("nav.menuShort")}: ${t("nav.menu")}`} items={items} class="rail-account">
      <Avatar name={me.value?.name ?? ""} size={34} isPresent={!isAway.value} />
      <span class="rail-account-label">{t("nav.menuShort")}</span>
    </Menu>
  );
}
