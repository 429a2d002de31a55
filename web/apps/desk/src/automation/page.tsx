import down from "lucide:arrow-down";
import back from "lucide:arrow-left";
import up from "lucide:arrow-up";
import grip from "lucide:grip-vertical";
import plus from "lucide:plus";
import workflow from "lucide:workflow";
import { signal, useSignal } from "@preact/signals";
import { Badge, Button, Empty, Icon, IconButton, Skeleton } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import type { Rule } from "../api/automation.ts";
import { Failed } from "../app/failed.tsx";
import { Panes } from "../app/panes.tsx";
import { go, pathOf } from "../app/router.ts";
import { t } from "../app/texts.ts";
import { RuleEditor } from "./editor.tsx";
import { moveRule, openAutomation, options, rules } from "./store.ts";
import { at } from "./texts.ts";

const NEW = "new";
/** Said by a screen reader after a rule was moved. */
const said = signal("");

function step(list: readonly Rule[], from: number, by: number): void {
  const rule = list[from];
  if (!rule || from + by < 0 || from + by >= list.length) return;
  said.value = at("order.moved", { name: rule.name, position: from + by + 1 });
  void moveRule(from, from + by);
}

interface RowProps {
  list: readonly Rule[];
  index: number;
  isCurrent: boolean;
  dragged: { value: number | null };
}

function RuleRow({ list, index, isCurrent, dragged }: RowProps) {
  const rule = list[index] as Rule;
  const isOver = useSignal(false);
  return (
    <li
      class={`rule-row ${isCurrent ? "is-selected" : ""} ${isOver.value ? "is-over" : ""}`}
      draggable
      onDragStart={(event) => {
        dragged.value = index;
        event.dataTransfer?.setData("text/plain", rule.name);
      }}
      onDragOver={(event) => {
        if (dragged.value === null) return;
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDragEnd={() => {
        dragged.value = null;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        if (dragged.value !== null) void moveRule(dragged.value, index);
        dragged.value = null;
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
        if (!event.altKey || !by) return;
        event.preventDefault();
        step(list, index, by);
      }}
    >
      <Icon of={grip} size={16} />
      <a
        class="grow"
        href={pathOf({ page: "rules", id: rule.id })}
        aria-current={isCurrent ? "page" : undefined}
      >
        <strong>{rule.name}</strong>
        <span class="quiet block">
          {at(`trigger.${rule.definition.trigger.code}`)} ·{" "}
          {rule.run_count ? at("runs.count", { count: rule.run_count }) : at("runs.never")}
        </span>
      </a>
      <Badge tone={rule.is_on ? "good" : "neutral"}>{at(rule.is_on ? "isOn" : "isOff")}</Badge>
      <span class="rule-move">
        <IconButton
          icon={up}
          label={at("order.up", { name: rule.name })}
          disabled={index === 0}
          onClick={() => step(list, index, -1)}
        />
        <IconButton
          icon={down}
          label={at("order.down", { name: rule.name })}
          disabled={index === list.length - 1}
          onClick={() => step(list, index, 1)}
        />
      </span>
    </li>
  );
}

function RuleList({ list, id }: { list: readonly Rule[]; id: string | null }) {
  const dragged = useSignal<number | null>(null);
  return (
    <>
      <p class="page-intro">{at("intro")}</p>
      {list.length === 0 && (
        <Empty icon={workflow} title={at("empty")}>
          {at("emptyNext")}
        </Empty>
      )}
      {list.length > 1 && <p class="ui-hint">{at("order.hint")}</p>}
      <ol class="rule-list" aria-label={at("list")}>
        {list.map((rule, index) => (
          <RuleRow
            key={rule.id}
            list={list}
            index={index}
            isCurrent={rule.id === id}
            dragged={dragged}
          />
        ))}
      </ol>
      <p class="visually-hidden" role="status">
        {said.value}
      </p>
    </>
  );
}

function Main({ list, id }: { list: readonly Rule[]; id: string | null }) {
  const rule = list.find((one) => one.id === id) ?? null;
  if (!rule && id !== NEW) return <Empty icon={workflow} title={at("choose")} />;
  return (
    <>
      <header class="pane-head">
        <a
          class="ui-icon-button narrow-only"
          href={pathOf({ page: "rules", id: null })}
          aria-label={t("action.back")}
        >
          <Icon of={back} />
        </a>
        <h2 class="grow">{rule?.name ?? at("new")}</h2>
      </header>
      <div class="pane-scroll">
        <RuleEditor key={id} rule={rule} />
      </div>
    </>
  );
}

/** Rules: what happens by itself, and in which order. */
export function RulesPage({ id }: { id: string | null }) {
  useEffect(openAutomation, []);
  const { value, error } = rules.state.value;
  const isReady = value !== null && options.value !== null;
  return (
    <Panes
      listLabel={isReady ? at("title") : t("nav.rules")}
      hasChosen={id !== null}
      list={
        <>
          <header class="pane-head">
            <h1 class="grow">{t("nav.rules")}</h1>
            {isReady && (
              <Button look="primary" icon={plus} onClick={() => go({ page: "rules", id: NEW })}>
                {at("new")}
              </Button>
            )}
          </header>
          <div class="pane-scroll stack">
            {error && !value && <Failed error={error} retry={rules.load} />}
            {!isReady && !error && <Skeleton lines={5} />}
            {isReady && <RuleList list={value} id={id} />}
            {isReady && <a href={pathOf({ page: "webhooks", id: null })}>{at("webhook.title")}</a>}
          </div>
        </>
      }
      main={isReady ? <Main list={value} id={id} /> : null}
    />
  );
}
