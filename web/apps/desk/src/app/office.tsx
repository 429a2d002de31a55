import { ImportsPage } from "../catalogue/imports-page.tsx";
import { CataloguePage } from "../catalogue/page.tsx";
import { AccountPage } from "../settings/account.tsx";
import { OrderPage } from "../settings/order.tsx";
import { PeoplePage } from "../settings/people.tsx";
import { RepliesPage } from "../settings/replies.tsx";
import { SettingsPage } from "../settings/shop.tsx";
import { lazily } from "./lazy.tsx";
import type { Route } from "./router.ts";

const teamsPage = lazily(async () => (await import("../teams/page.tsx")).TeamsPage);

type OfficePlace =
  | "catalogue"
  | "imports"
  | "replies"
  | "order"
  | "people"
  | "teams"
  | "settings"
  | "account";

/** The pages that customers do not wait for: what the shop sells, and how it is set up. */
export function OfficePage({ at }: { at: Extract<Route, { page: OfficePlace }> }) {
  switch (at.page) {
    case "catalogue":
      return <CataloguePage id={at.id} />;
    case "imports":
      return <ImportsPage id={at.id} />;
    case "replies":
      return <RepliesPage />;
    case "order":
      return <OrderPage />;
    case "people":
      return <PeoplePage />;
    case "teams":
      return <teamsPage.View />;
    case "settings":
      return <SettingsPage />;
    case "account":
      return <AccountPage />;
  }
}
