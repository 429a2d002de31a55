import ellipsis from "lucide:ellipsis";
import mailbox from "lucide:inbox";
import login from "lucide:log-in";
import pencil from "lucide:pencil";
import plus from "lucide:plus";
import trash from "lucide:trash-2";
import unplug from "lucide:unplug";
import { useSignal } from "@preact/signals";
import { Badge, Button, Checkbox, Dialog, Empty, Icon, Menu, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  type ChannelType,
  checkInbox,
  dropInbox,
  type Finding,
  type Inbox,
  readChannels,
  switchInbox,
} from "../api/channels.ts";
import { perform, useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { wordsFor } from "../app/form.ts";
import { SinglePane } from "../app/panes.tsx";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { shopOf } from "../session/store.ts";
import { connectionText, disconnect, Returned, SignInButton, signInAt } from "./connecting.tsx";
import { InboxDialog } from "./inbox-dialog.tsx";
import { UndoneList } from "./undone.tsx";
import { channelName, channelText, problemText } from "./words.ts";

const LOOK_EVERY_MS = 5000;

interface Editing {
  readonly type: ChannelType;
  readonly inbox: Inbox | null;
}

/** Where the shop is written to and what it writes from: connected, checked, switched. */
export function ChannelsPage() {
  const data = useMemo(() => resource(readChannels), []);
  const editing = useSignal<Editing | null>(null);
  const checking = useSignal<Inbox | null>(null);
  useEffect(() => {
    void data.load();
    const timer = window.setInterval(() => void data.load(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [data]);
  const found = data.state.value.value;
  const begin = (type: ChannelType) => {
    editing.value = { type, inbox: null };
  };
  return (
    <SinglePane>
      <header class="pane-head">
        <h1 class="grow">{t("channels.title")}</h1>
      </header>
      <div class="page">
        <p class="quiet">{t("channels.intro")}</p>
        <Returned reload={data.load} />
        {data.state.value.error && !found && (
          <Failed error={data.state.value.error} retry={data.load} />
        )}
        {!found && !data.state.value.error && <Skeleton lines={4} />}
        {found && (
          <>
            <div class="row">
              {found.types.map((type) => (
                <Button key={type.code} icon={plus} onClick={() => begin(type)}>
                  {t("channels.connect", { name: channelName(type.code) })}
                </Button>
              ))}
            </div>
            {found.inboxes.length === 0 && (
              <Empty icon={mailbox} title={t("channels.none")}>
                {t("channels.noneHint")}
              </Empty>
            )}
            <ul class="inbox-list">
              {found.inboxes.map((inbox) => (
                <InboxLine
                  key={inbox.id}
                  inbox={inbox}
                  reload={data.load}
                  onEdit={() => {
                    const type = found.types.find(({ code }) => code === inbox.channel);
                    if (type) editing.value = { type, inbox };
                  }}
                  onCheck={() => (checking.value = inbox)}
                />
              ))}
            </ul>
            <UndoneList looks={found} />
          </>
        )}
      </div>
      {editing.value && (
        <InboxDialog
          {...editing.value}
          redirectUrl={found?.redirect_url ?? ""}
          shopId={editing.value.inbox?.shop_id ?? shopOf()?.id ?? ""}
          onClose={() => (editing.value = null)}
          onSaved={() => void data.load()}
        />
      )}
      {checking.value && (
        <CheckDialog inbox={checking.value} onClose={() => (checking.value = null)} />
      )}
    </SinglePane>
  );
}

/** Whether mail comes and goes by the inbox, in one word. */
function Standing({ inbox }: { inbox: Inbox }) {
  if (!inbox.is_on) return <Badge>{t("channels.off")}</Badge>;
  if (inbox.connection && inbox.connection.state !== "connected")
    return <Badge tone="bad">{t("channels.notConnected")}</Badge>;
  return inbox.is_down ? (
    <Badge tone="bad">{t("channels.down")}</Badge>
  ) : (
    <Badge tone="good">{t("channels.up")}</Badge>
  );
}

interface LineProps {
  inbox: Inbox;
  reload: () => Promise<void>;
  onEdit: () => void;
  onCheck: () => void;
}

function InboxLine({ inbox, reload, onEdit, onCheck }: LineProps) {
  const act = useAct();
  const change = (run: () => Promise<unknown>) =>
    void act.run(async () => {
      await run();
      await reload();
    });
  const { trouble } = inbox;
  return (
    <li class="inbox-line">
      <div class="grow">
        <strong>{inbox.name}</strong> <span class="quiet">{inbox.address}</span>{" "}
        <Standing inbox={inbox} />
        {inbox.waiting_out > 0 && (
          <Badge tone="warn">{t("channels.waiting", { count: inbox.waiting_out })}</Badge>
        )}
        {trouble && (
          <p class="inbox-trouble" role="status">
            {problemText(trouble.reason, trouble.params)}{" "}
            {trouble.text && <span class="quiet">({trouble.text})</span>}
          </p>
        )}
        <p class="quiet">
          {channelName(inbox.channel)}
          {inbox.last_in_at &&
            ` · ${t("channels.lastIn", { at: formats().moment(inbox.last_in_at) })}`}
          {inbox.last_out_at &&
            ` · ${t("channels.lastOut", { at: formats().moment(inbox.last_out_at) })}`}
        </p>
        {connectionText(inbox) && <p class="quiet">{connectionText(inbox)}</p>}
      </div>
      <SignInButton inbox={inbox} />
      <Checkbox
        label={t("channels.isOn")}
        checked={inbox.is_on}
        disabled={act.isBusy}
        onChange={(isOn) => change(() => switchInbox(inbox.id, isOn))}
      />
      <Button small onClick={onCheck}>
        {t("channels.check")}
      </Button>
      <Menu
        label={t("channels.more", { name: inbox.name })}
        items={[
          { label: t("channels.edit"), icon: pencil, run: onEdit },
          ...(inbox.connection && inbox.connection.state !== "none"
            ? [
                {
                  label: t("channels.signInAgain"),
                  icon: login,
                  run: () => void act.run(() => signInAt(inbox)),
                },
                {
                  label: t("channels.disconnect"),
                  icon: unplug,
                  run: () => change(() => disconnect(inbox)),
                },
              ]
            : []),
          {
            label: t("channels.remove"),
            icon: trash,
            run: () => change(() => dropInbox(inbox.id)),
          },
        ]}
      >
        <Icon of={ellipsis} />
      </Menu>
    </li>
  );
}

/** "Why does nothing arrive", in words. */
function CheckDialog({ inbox, onClose }: { inbox: Inbox; onClose: () => void }) {
  const findings = useSignal<readonly Finding[] | null>(null);
  const problem = useSignal("");
  async function check() {
    findings.value = null;
    problem.value = "";
    try {
      findings.value = (await checkInbox(inbox.id)).findings;
    } catch (error) {
      problem.value = wordsFor(error);
    }
  }
  useEffect(() => void check(), []);
  return (
    <Dialog
      title={t("channels.checkOf", { name: inbox.name })}
      closeLabel={t("action.close")}
      onClose={onClose}
    >
      <div class="stack" aria-live="polite">
        {problem.value && <p role="alert">{problem.value}</p>}
        {!findings.value && !problem.value && <p>{t("channels.checking")}</p>}
        <ul class="findings">
          {findings.value?.map(({ code, is_good, params }) => (
            <li key={code} class={is_good ? "is-good" : "is-bad"}>
              <span aria-hidden="true">{is_good ? "✓" : "✗"}</span>{" "}
              {channelText(`channel.check.${code}`, params) || code}
            </li>
          ))}
        </ul>
        <Button onClick={() => void perform(check)}>{t("channels.checkAgain")}</Button>
      </div>
    </Dialog>
  );
}
