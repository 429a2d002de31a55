import { signal } from "@preact/signals";
import { Banner, Button } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import { tryRule, type WouldAct } from "../api/automation.ts";
import { wordsFor } from "../app/form.ts";
import { pathOf } from "../app/router.ts";
import { formats } from "../app/texts.ts";
import { shopOf } from "../session/store.ts";
import { channelName } from "./conditions.tsx";
import { type Draft, inputOf } from "./draft.ts";
import { at } from "./texts.ts";

const SHOWN = 20;

interface Standing {
  readonly is: "idle" | "running" | "done" | "failed";
  readonly lookedAt: number;
  readonly total: number;
  readonly count: number;
  readonly matches: readonly WouldAct[];
  readonly problem: string | null;
}

const NOTHING: Standing = {
  is: "idle",
  lookedAt: 0,
  total: 0,
  count: 0,
  matches: [],
  problem: null,
};

/** Looks back step by step, so that each step can be shown and the next one left out. */
function lookingBack(onRefused: (error: Error | null) => void) {
  const standing = signal<Standing>(NOTHING);
  let round = 0;
  return {
    standing,
    stop: () => {
      round += 1;
      standing.value = NOTHING;
    },
    run: async (draft: Draft) => {
      const mine = ++round;
      const { definition } = inputOf(draft);
      standing.value = { ...NOTHING, is: "running" };
      onRefused(null);
      let cursor: string | null = null;
      try {
        do {
          const step = await tryRule(shopOf()?.id ?? "", { definition, cursor });
          if (mine !== round) return;
          cursor = step.next;
          const { lookedAt, total, count, matches } = standing.peek();
          standing.value = {
            is: cursor ? "running" : "done",
            lookedAt: lookedAt + step.looked_at,
            total: step.total ?? total,
            count: count + step.matches.length,
            matches: [...matches, ...step.matches].slice(0, SHOWN),
            problem: null,
          };
        } while (cursor);
      } catch (error) {
        if (mine !== round) return;
        standing.value = { ...NOTHING, is: "failed", problem: wordsFor(error) };
        if (error instanceof Error) onRefused(error);
      }
    },
  };
}

function Match({ one }: { one: WouldAct }) {
  const to = pathOf({ page: "inbox", view: "all", id: one.conversation_id });
  return (
    <li>
      <a class="rule-match" href={to} target="_blank" rel="noopener">
        <strong>{one.contact_name || at("dry.somebody")}</strong>{" "}
        <span class="quiet">
          {channelName(one.channel)} · {formats().dateTime(one.at)}
        </span>
        <span class="quiet block">{one.preview}</span>
      </a>
    </li>
  );
}

interface Props {
  draft: Draft;
  isChanged: unknown;
  /** The editor marks the fields that a refusal is about. */
  onRefused: (error: Error | null) => void;
}

/** What the rule, as it stands in the editor, would have done in the last seven days. */
export function DryRunPart({ draft, isChanged, onRefused }: Props) {
  const { standing, run, stop } = useMemo(() => lookingBack(onRefused), []);
  useEffect(stop, [isChanged]);
  const { is, lookedAt, total, count, matches, problem } = standing.value;
  const isByTag = draft.definition.trigger.code === "tagged";
  return (
    <section class="stack">
      <h3>{at("dry.title")}</h3>
      {isByTag ? (
        <p class="quiet">{at("dry.tagged")}</p>
      ) : (
        <div class="row">
          <Button busy={is === "running"} onClick={() => void run(draft)}>
            {at("dry.run")}
          </Button>
          {is === "running" && <Button onClick={stop}>{at("dry.stop")}</Button>}
        </div>
      )}
      {is === "running" && (
        <div>
          <progress
            class="progress"
            max={Math.max(total, 1)}
            value={lookedAt}
            aria-label={at("dry.title")}
          />
          <p class="quiet">{at("dry.running", { done: lookedAt, total })}</p>
        </div>
      )}
      <div role="status">
        {is === "done" && (
          <Banner tone={count ? "action" : "neutral"}>
            {count ? at("dry.result", { count }) : at("dry.none")}
          </Banner>
        )}
        {is === "failed" && <Banner tone="bad">{problem}</Banner>}
      </div>
      {is === "done" && count > 0 && (
        <>
          <ul class="block-list">
            {matches.map((one, index) => (
              <Match key={index} one={one} />
            ))}
          </ul>
          {count > matches.length && (
            <p class="quiet">{at("dry.more", { count: count - matches.length })}</p>
          )}
          <p class="quiet">{at("dry.note")}</p>
        </>
      )}
    </section>
  );
}
