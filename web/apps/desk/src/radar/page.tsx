import back from "lucide:arrow-left";
import footprints from "lucide:footprints";
import monitor from "lucide:monitor";
import phone from "lucide:smartphone";
import { useSignal } from "@preact/signals";
import { Badge, Empty, Icon, Skeleton, VirtualList } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import type { RadarView, VisitRow } from "../api/radar.ts";
import { now } from "../app/clock.ts";
import { Failed } from "../app/failed.tsx";
import { Panes } from "../app/panes.tsx";
import { go } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { Invite } from "./invite.tsx";
import { counts, isRadarLoaded, loadRadar, radarError, visitList } from "./store.ts";
import { StepBar, Trail, Troubles, VisitFacts } from "./visit-facts.tsx";
import { openVisit } from "./visit-store.ts";
import { deviceName, fieldErrorWords, placeWords, signalName, stepName } from "./words.ts";

const ROW_HEIGHT = 76;

const FITS: Record<RadarView, (visit: VisitRow) => boolean> = {
  all: () => true,
  trouble: (visit) => visit.score > 0,
  checkout: ({ step }) => !["browse", "cart", "ordered"].includes(step),
  cart: (visit) => (visit.cart?.item_count ?? 0) > 0,
  talking: (visit) => visit.conversation_id !== null,
};

function VisitRowView({ visit }: { visit: VisitRow }) {
  const { cart, signals, open_field_error: failing } = visit;
  const seconds = (now.value - Date.parse(visit.since)) / 1000;
  const trouble = failing ? fieldErrorWords(failing) : signals[0] && signalName(signals[0].kind);
  return (
    <div
      class={`visit-row ${visit.score > 0 ? "is-needy" : ""} ${visit.is_online ? "" : "is-away"}`}
    >
      <span class="visit-row-device">
        <Icon of={visit.device === "phone" ? phone : monitor} label={deviceName(visit.device)} />
      </span>
      <div class="conversation-row-text">
        <div class="conversation-row-head">
          <span class="conversation-row-name">{placeWords(visit)}</span>
          <span class="quiet">{formats().duration(seconds)}</span>
        </div>
        <p class={`conversation-row-preview ${trouble ? "warn" : ""}`}>
          {trouble ?? visit.page?.path ?? ""}
        </p>
        <div class="conversation-row-foot">
          <span class="tag">{visit.locale.toUpperCase()}</span>
          <span class="tag">{stepName(visit.step)}</span>
          {visit.conversation_id && <Badge tone="action">{t("visit.talking")}</Badge>}
          <span class="grow" />
          {cart && cart.item_count > 0 && (
            <strong>{formats().money({ minor: cart.total_minor, currency: cart.currency })}</strong>
          )}
        </div>
      </div>
    </div>
  );
}

function VisitList({ selectedId }: { selectedId: string | null }) {
  const view = useSignal<RadarView>("all");
  const rows = visitList.value.filter(FITS[view.value]);
  const { online, in_trouble, in_checkout, with_cart, talking } = counts.value;
  const tabs: [RadarView, string, number][] = [
    ["all", t("radar.all"), online],
    ["trouble", t("radar.trouble"), in_trouble],
    ["checkout", t("radar.checkout"), in_checkout],
    ["cart", t("radar.cart"), with_cart],
    ["talking", t("radar.talking"), talking],
  ];
  return (
    <>
      <header class="pane-head">
        <h1>{t("nav.visits")}</h1>
      </header>
      <div class="tabs" role="group" aria-label={t("view.label")}>
        {tabs.map(([key, label, count]) => (
          <button
            key={key}
            type="button"
            aria-pressed={key === view.value}
            onClick={() => (view.value = key)}
          >
            {label} <span class="tab-count">{formats().number(count)}</span>
          </button>
        ))}
      </div>
      <div class="pane-fill">
        {radarError.value && rows.length === 0 ? (
          <Failed error={radarError.value} retry={loadRadar} />
        ) : !isRadarLoaded.value ? (
          <Skeleton lines={8} />
        ) : rows.length === 0 ? (
          <Empty icon={footprints} title={t("radar.empty")}>
            {t("radar.emptyNext")}
          </Empty>
        ) : (
          <VirtualList
            items={rows}
            label={t("nav.visits")}
            rowHeight={ROW_HEIGHT}
            keyOf={(visit) => visit.id}
            selectedKey={selectedId}
            onSelect={(visit) => go({ page: "visits", id: visit.id })}
          >
            {(visit) => <VisitRowView visit={visit} />}
          </VirtualList>
        )}
      </div>
    </>
  );
}

function Visit({ id }: { id: string }) {
  const live = useMemo(() => openVisit(id), [id]);
  useEffect(() => {
    void live.load();
    return live.close;
  }, [live]);
  const visit = live.visit.value;
  return (
    <>
      <header class="pane-head">
        <a class="ui-icon-button narrow-only" href="/desk/visits" aria-label={t("action.back")}>
          <Icon of={back} />
        </a>
        <h2 class="grow">{visit ? placeWords(visit) : t("visit.title")}</h2>
        {visit && !visit.is_online && <Badge>{t("visit.left")}</Badge>}
      </header>
      <div class="pane-scroll">
        {visit ? (
          <div class="visit stack">
            <StepBar step={visit.step} />
            <Troubles visit={visit} />
            {visit.is_online && <Invite visit={visit} />}
            {visit.cart && visit.cart.item_count > 0 && (
              <p class="visit-cart">
                {t("visit.cartItems", { count: visit.cart.item_count })}
                <strong>
                  {formats().money({
                    minor: visit.cart.total_minor,
                    currency: visit.cart.currency,
                  })}
                </strong>
              </p>
            )}
            <VisitFacts visit={visit} />
            <h3>{t("visit.trail")}</h3>
            <Trail visit={visit} />
          </div>
        ) : live.error.value ? (
          <Failed error={live.error.value} retry={live.load} />
        ) : live.isAway.value ? (
          <Empty icon={footprints} title={t("visit.left")} />
        ) : (
          <Skeleton lines={8} />
        )}
      </div>
    </>
  );
}

/** Everybody in the shop right now, who needs help first. */
export function VisitsPage({ id }: { id: string | null }) {
  return (
    <Panes
      listLabel={t("nav.visits")}
      list={<VisitList selectedId={id} />}
      hasChosen={id !== null}
      main={
        id ? (
          <Visit key={id} id={id} />
        ) : (
          <Empty icon={footprints} title={t("visit.none")}>
            {t("visit.noneNext")}
          </Empty>
        )
      }
    />
  );
}
