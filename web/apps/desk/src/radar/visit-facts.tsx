import card from "lucide:credit-card";
import link from "lucide:external-link";
import alert from "lucide:triangle-alert";
import { Badge, Icon } from "@stoa/ui";
import type { VisitDetail, VisitRow } from "../api/radar.ts";
import { now } from "../app/clock.ts";
import { formats, t } from "../app/texts.ts";
import { shopOf } from "../session/store.ts";
import { deviceName, fieldErrorWords, STEPS, signalName, stepName } from "./words.ts";

/** Where in the way from browsing to the order they are. */
export function StepBar({ step }: { step: VisitRow["step"] }) {
  const at = STEPS.indexOf(step);
  return (
    <div class="steps">
      <ol class="steps-bar" aria-hidden="true">
        {STEPS.map((one, index) => (
          <li key={one} class={index < at ? "is-past" : index === at ? "is-now" : ""} />
        ))}
      </ol>
      <p>
        <strong>{stepName(step)}</strong>{" "}
        <span class="quiet">{t("visit.stepOf", { step: at + 1, steps: STEPS.length })}</span>
      </p>
    </div>
  );
}

/** What is wrong for them right now: the field that fails, the payment refused, the signals. */
export function Troubles({ visit }: { visit: VisitRow & Partial<VisitDetail> }) {
  const { open_field_error: failing, payment, signals } = visit;
  const isRefused = payment?.endsWith(" refused") || payment?.endsWith(" failed");
  if (!failing && !isRefused && signals.length === 0) return null;
  return (
    <div class="troubles" role="status">
      {failing && (
        <p class="trouble ui-tone-bad">
          <Icon of={alert} size={16} />
          <span>
            {fieldErrorWords(failing)}
            {failing.count > 1 && ` (${t("visit.times", { count: failing.count })})`}
          </span>
        </p>
      )}
      {isRefused && (
        <p class="trouble ui-tone-bad">
          <Icon of={card} size={16} />
          <span>{t("visit.paymentRefused")}</span>
        </p>
      )}
      <p class="row">
        {signals.map(({ kind }) => (
          <Badge key={kind} tone="warn">
            {signalName(kind)}
          </Badge>
        ))}
      </p>
    </div>
  );
}

function host(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function pageUrl(visit: VisitRow): string | undefined {
  const shop = shopOf(visit.shop_id);
  return shop && visit.page && URL.canParse(visit.page.path, shop.url)
    ? new URL(visit.page.path, shop.url).href
    : undefined;
}

/** The rest of what is known about a visit, as pairs. */
export function VisitFacts({ visit }: { visit: VisitRow & Partial<VisitDetail> }) {
  const seconds = (now.value - Date.parse(visit.since)) / 1000;
  const url = pageUrl(visit);
  return (
    <dl class="facts">
      <dt>{t("visit.page")}</dt>
      <dd>
        {url ? (
          <a href={url} target="_blank" rel="noopener">
            {visit.page?.title || visit.page?.path} <Icon of={link} size={13} />
          </a>
        ) : (
          t("visit.noPage")
        )}
      </dd>
      <dt>{t("visit.since")}</dt>
      <dd>
        {formats().duration(seconds)}
        {visit.page_count !== undefined && `, ${t("visit.pages", { count: visit.page_count })}`}
      </dd>
      <dt>{t("visit.language")}</dt>
      <dd>{formats().languageName(visit.locale)}</dd>
      <dt>{t("visit.device")}</dt>
      <dd>{deviceName(visit.device)}</dd>
      <dt>{t("visit.referrer")}</dt>
      <dd>{visit.referrer ? host(visit.referrer) : t("visit.direct")}</dd>
      <dt>{t("visit.kind")}</dt>
      <dd>{t(visit.is_returning ? "visit.returning" : "visit.new")}</dd>
      {visit.order_number && (
        <>
          <dt>{t("visit.ordered")}</dt>
          <dd>{visit.order_number}</dd>
        </>
      )}
    </dl>
  );
}

/** The last pages they saw, the newest first. */
export function Trail({ visit }: { visit: VisitDetail }) {
  return (
    <ol class="trail">
      {visit.trail.map((page) => (
        <li key={`${page.at}${page.path}`}>
          <time class="quiet" dateTime={page.at}>
            {formats().time(page.at)}
          </time>
          <span>{page.title || page.path}</span>
        </li>
      ))}
    </ol>
  );
}
