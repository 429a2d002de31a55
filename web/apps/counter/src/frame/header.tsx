import back from "lucide:chevron-left";
import end from "lucide:circle-check";
import more from "lucide:ellipsis";
import languages from "lucide:languages";
import mail from "lucide:mail";
import phone from "lucide:phone";
import cross from "lucide:x";
import { Icon, IconButton, Menu, type MenuItem } from "@stoa/ui";
import { boot } from "./boot.ts";
import { call, callNow } from "./calls.ts";
import { canCall } from "./channels.ts";
import { conversation, isRunning } from "./chat.ts";
import { close } from "./host.ts";
import { t } from "./texts.ts";
import { dialog, view } from "./view.ts";

function items(): MenuItem[] {
  const list: MenuItem[] = [];
  if (boot.locales.length > 1) {
    const label = t("language.title");
    list.push({ label, icon: languages, run: () => open("language") });
  }
  if (conversation.value && view.value === "chat") {
    list.push({ label: t("transcript.title"), icon: mail, run: () => open("transcript") });
    if (isRunning.value) {
      list.push({ label: t("end.submit"), icon: end, run: () => open("end") });
    }
  }
  return list;
}

function open(name: NonNullable<typeof dialog.value>) {
  dialog.value = name;
}

export function Header() {
  const agent = view.value === "chat" ? conversation.value?.agent : null;
  const titles = {
    chooser: boot.shop_name,
    chat: t("chat.title", { shop: boot.shop_name }),
    leave: t("channel.message.title"),
    call: boot.shop_name,
  };
  const menu = items();
  return (
    <header class="head">
      {view.value !== "chooser" && (
        <IconButton
          icon={back}
          label={t("frame.back")}
          onClick={() => {
            view.value = "chooser";
          }}
        />
      )}
      <div class="head-words">
        <h1>{titles[view.value]}</h1>
        {agent && <p class="head-agent">{t("chat.answering", { name: agent.name })}</p>}
      </div>
      {view.value === "chat" && canCall.value && (call.value?.state ?? "ended") === "ended" && (
        <IconButton icon={phone} label={t("chat.call")} onClick={() => callNow()} />
      )}
      {menu.length > 0 && (
        <Menu label={t("frame.menu")} items={menu}>
          <Icon of={more} />
        </Menu>
      )}
      <IconButton icon={cross} label={t("frame.close")} onClick={close} />
    </header>
  );
}
