import { Button, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { putAway, rawUrl, readUndone, resend, tryAgain } from "../api/channels.ts";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { resource } from "../app/resource.ts";
import { formats, t } from "../app/texts.ts";
import { problemText } from "./words.ts";

/** What did not go through, in either direction, and what can be done about it; asked for anew
 * whenever the page `looks` again. */
export function UndoneList({ looks }: { looks: unknown }) {
  const data = useMemo(() => resource(readUndone), []);
  const act = useAct();
  useEffect(() => void data.load(), [data, looks]);
  const found = data.state.value.value;
  const run = (one: () => Promise<unknown>) =>
    void act.run(async () => {
      await one();
      await data.load();
    });
  if (data.state.value.error && !found)
    return <Failed error={data.state.value.error} retry={data.load} small />;
  if (!found) return <Skeleton />;
  if (found.given_up.length + found.set_aside.length === 0)
    return <p class="quiet">{t("undone.none")}</p>;
  return (
    <section class="stack" aria-label={t("undone.title")}>
      <h2>{t("undone.title")}</h2>
      <ul class="inbox-list">
        {found.given_up.map((one) => (
          <li key={one.id} class="inbox-line">
            <div class="grow">
              <strong>{t("undone.out", { to: one.to })}</strong>{" "}
              <span class="quiet">{one.subject || one.inbox_name}</span>
              <p class="inbox-trouble">
                {problemText(one.problem?.reason, one.problem?.params)}{" "}
                <span class="quiet">
                  {[one.problem?.code, one.problem?.text].filter(Boolean).join(" ")}
                </span>
              </p>
              <p class="quiet">{formats().dateTime(one.done_at)}</p>
            </div>
            {one.conversation_id && (
              <a class="ui-button is-small" href={`/desk/inbox/all/${one.conversation_id}`}>
                {t("undone.look")}
              </a>
            )}
            <Button small disabled={act.isBusy} onClick={() => run(() => resend(one.id))}>
              {t("delivery.resend")}
            </Button>
          </li>
        ))}
        {found.set_aside.map((one) => (
          <li key={one.id} class="inbox-line">
            <div class="grow">
              <strong>{t("undone.in", { from: one.sender || one.inbox_name })}</strong>
              <p class="inbox-trouble">{problemText(one.problem.reason, one.problem.params)}</p>
              <p class="quiet">{formats().dateTime(one.received_at)}</p>
            </div>
            <a class="ui-button is-small" href={rawUrl(one.id)} download>
              {t("mail.download")}
            </a>
            <Button small disabled={act.isBusy} onClick={() => run(() => tryAgain(one.id))}>
              {t("undone.again")}
            </Button>
            <Button small disabled={act.isBusy} onClick={() => run(() => putAway(one.id))}>
              {t("undone.putAway")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
