import cloudOff from "lucide:cloud-off";
import { Button, Empty, Spinner, Toasts } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { Calls } from "../calls/gate.tsx";
import { InboxPage } from "../conversations/page.tsx";
import { OrdersPage } from "../orders/page.tsx";
import { VisitsPage } from "../radar/page.tsx";
import { SignIn } from "../session/sign-in.tsx";
import { findSession, mayActAs, sessionState } from "../session/store.ts";
import { Teamwork } from "../teamwork/gate.tsx";
import { Help } from "./help.tsx";
import { lazily } from "./lazy.tsx";
import { LiveBanner } from "./live-banner.tsx";
import { Palette } from "./palette.tsx";
import { Rail } from "./rail.tsx";
import { route } from "./router.ts";
import { t } from "./texts.ts";
import { UnsavedQuestion } from "./unsaved-question.tsx";

const linkPage = lazily(async () => (await import("../session/link.tsx")).LinkPage);
const callsPage = lazily(async () => (await import("../calls/page.tsx")).CallsPage);
const channelsPage = lazily(async () => (await import("../channels/page.tsx")).ChannelsPage);
const searchPage = lazily(async () => (await import("../search/page.tsx")).SearchPage);
const rulesPage = lazily(async () => (await import("../automation/page.tsx")).RulesPage);
const webhooksPage = lazily(async () => (await import("../automation/webhooks.tsx")).WebhooksPage);
const customersPage = lazily(async () => {
  const { CustomersPage, prepareCustomers } = await import("../customers/page.tsx");
  await prepareCustomers();
  return CustomersPage;
});
const boardPage = lazily(async () => (await import("../board/page.tsx")).BoardPage);
const office = lazily(async () => (await import("./office.tsx")).OfficePage);

function CurrentPage() {
  const at = route.value;
  switch (at.page) {
    case "inbox":
      return <InboxPage view={at.view} id={at.id} />;
    case "visits":
      return <VisitsPage id={at.id} />;
    case "calls":
      return <callsPage.View />;
    case "search":
      return <searchPage.View />;
    case "board":
      return mayActAs("supervisor") ? <boardPage.View /> : <InboxPage view="mine" id={null} />;
    case "orders":
      return <OrdersPage id={at.id} />;
    case "customers":
      return <customersPage.View id={at.id} />;
    case "catalogue":
    case "imports":
    case "replies":
    case "order":
    case "people":
    case "teams":
    case "settings":
    case "account":
      return <office.View at={at} />;
    case "channels":
      return <channelsPage.View />;
    case "rules":
      return <rulesPage.View id={at.id} />;
    case "webhooks":
      return <webhooksPage.View id={at.id} />;
    case "link":
      return null;
  }
}

const KNOCK_EVERY_MS = 5000;

function Unreachable() {
  useEffect(() => {
    const timer = setInterval(findSession, KNOCK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Empty icon={cloudOff} title={t("gate.unreachable")}>
      <p>{t("gate.unreachableNext")}</p>
      <Button onClick={findSession}>{t("action.retry")}</Button>
    </Empty>
  );
}

/** The desk: the gate while nobody is signed in, then the rail and one page. */
export function App() {
  const at = route.value;
  if (at.page === "link") return <linkPage.View token={at.token} />;
  switch (sessionState.value.is) {
    case "unknown":
      return (
        <div class="gate">
          <Spinner label={t("app.name")} />
        </div>
      );
    case "unreachable":
      return (
        <main class="gate">
          <Unreachable />
        </main>
      );
    case "out":
      return <SignIn hasEnded={sessionState.value.hasEnded} />;
    case "in":
      return (
        <div class="desk">
          <a class="skip" href="#main">
            {t("nav.skip")}
          </a>
          <Rail />
          <div class="desk-page">
            <LiveBanner />
            <Calls />
            <CurrentPage />
          </div>
          <Help />
          <Palette />
          <Teamwork />
          <UnsavedQuestion />
          <Toasts label={t("toasts.label")} closeLabel={t("action.close")} />
        </div>
      );
  }
}
