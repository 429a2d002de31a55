import wifi from "lucide:wifi";
import wifiOff from "lucide:wifi-off";
import { Banner } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import { calls } from "./calls.ts";
import { Chat } from "./chat-view.tsx";
import { Chooser } from "./chooser.tsx";
import { cobrowsing } from "./cobrowsing.ts";
import { focusInside } from "./focus.ts";
import { Header } from "./header.tsx";
import { focusWish } from "./host.ts";
import { With } from "./later.tsx";
import { lineNotice } from "./line.ts";
import { forms } from "./parts.ts";
import { t } from "./texts.ts";
import { dialog, view } from "./view.ts";
import { walking } from "./walking.ts";

/** Puts the focus where the reader goes on: the composer, the first field, or the first channel. */
function useFocus(main: { current: HTMLElement | null }) {
  const shown = view.value;
  const wish = focusWish.value;
  const isFirst = useRef(true);
  useEffect(() => {
    // Nothing is taken from the page before the panel was opened by its reader.
    const isAsked = wish > 0 || !isFirst.current;
    isFirst.current = false;
    return isAsked && main.current ? focusInside(main.current) : undefined;
  }, [shown, wish]);
}

/** Says when the line breaks, and when it is back. */
function LineBanner() {
  const told = lineNotice.value;
  if (told === "offline") return <Banner icon={wifiOff}>{t("line.offline")}</Banner>;
  if (told === "resuming") return <Banner icon={wifiOff}>{t("line.connecting")}</Banner>;
  if (told === "back") {
    return (
      <Banner tone="good" icon={wifi}>
        {t("line.back")}
      </Banner>
    );
  }
  return null;
}

/** What the parts that are here have to say above all else: who sees, speaks, leads. */
function Bars() {
  const Cobrowse = cobrowsing.part.value?.CobrowseBar;
  const Call = calls.part.value?.CallBar;
  const Walk = walking.part.value?.WalkBar;
  return (
    <>
      {Cobrowse && <Cobrowse />}
      {Call && <Call />}
      {Walk && <Walk />}
    </>
  );
}

export function App() {
  const main = useRef<HTMLElement>(null);
  useFocus(main);
  const shown = view.value;
  return (
    <>
      <Header />
      <LineBanner />
      <Bars />
      <main ref={main} class={`view view-${shown}`} tabIndex={-1}>
        {shown === "chooser" && <Chooser />}
        {shown === "chat" && <Chat />}
        {shown === "leave" && <With of={forms}>{({ LeaveForm }) => <LeaveForm />}</With>}
        {shown === "call" && <With of={calls}>{({ CallView }) => <CallView />}</With>}
      </main>
      {dialog.value && <With of={forms}>{({ Dialogs }) => <Dialogs />}</With>}
    </>
  );
}
