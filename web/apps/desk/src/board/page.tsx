import { Badge, Skeleton, type Tone } from "@stoa/ui";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { AgentLine, BoardView } from "../api/board.ts";
import type { ConversationRow } from "../api/conversations.ts";
import { now } from "../app/clock.ts";
import { Failed } from "../app/failed.tsx";
import { SinglePane } from "../app/panes.tsx";
import { formats, t } from "../app/texts.ts";
import { Due } from "../conversations/due.tsx";
import { titleOf } from "../conversations/row.tsx";
import { Breaches } from "./breaches.tsx";
import { Hours } from "./hours.tsx";
import { Ratings } from "./ratings.tsx";
import { boardState, loadBoard, startBoard, waiting } from "./store.ts";
import { bt, channelName } from "./texts.ts";
import { since, waitWords } from "./words.ts";

const SHOWN = 30;

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="board-part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Figure({ value, label, tone }: { value: string; label: string; tone?: Tone }) {
  return (
    <div class={`board-figure ${tone ? `ui-tone-${tone}` : ""}`}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Figures({ board }: { board: BoardView }) {
  const { number } = formats();
  const { soon, late, breached_today } = board.promises;
  const oldest = board.groups[0]?.oldest_since;
  const answers = board.agents.reduce((sum, { answers }) => sum + answers, 0);
  const { average } = board.ratings;
  return (
    <dl class="board-figures">
      <Figure label={bt("figure.waiting")} value={number(board.waiting_count)} />
      <Figure label={bt("figure.longest")} value={oldest ? since(oldest, now.value) : "–"} />
      <Figure
        label={bt("figure.soon")}
        value={number(soon)}
        {...(soon ? { tone: "warn" as const } : {})}
      />
      <Figure
        label={bt("figure.late")}
        value={number(late)}
        {...(late ? { tone: "bad" as const } : {})}
      />
      <Figure label={bt("figure.breached")} value={number(breached_today)} />
      <Figure label={bt("figure.answers")} value={number(answers)} />
      <Figure
        label={bt("figure.rating")}
        value={average === null ? "–" : bt("rating.of5", { score: average.toFixed(1) })}
      />
    </dl>
  );
}

function Groups({ board }: { board: BoardView }) {
  if (board.groups.length === 0) return <p class="quiet">{bt("waiting.nobody")}</p>;
  return (
    <div class="board-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{bt("column.queue")}</th>
            <th scope="col">{bt("column.channel")}</th>
            <th scope="col">{bt("column.language")}</th>
            <th scope="col" class="number">
              {bt("column.waiting")}
            </th>
            <th scope="col" class="number">
              {bt("column.since")}
            </th>
          </tr>
        </thead>
        <tbody>
          {board.groups.map((group) => (
            <tr key={`${group.queue_id}-${group.channel}-${group.locale}`}>
              <td>
                {group.queue_name ?? bt("waiting.noQueue")}
                {group.team_name && <span class="quiet block">{group.team_name}</span>}
              </td>
              <td>{channelName(group.channel)}</td>
              <td>{formats().languageName(group.locale)}</td>
              <td class="number">{formats().number(group.count)}</td>
              <td class="number">{since(group.oldest_since, now.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function WaitingLine({ row }: { row: ConversationRow }) {
  return (
    <li class="board-line">
      <a href={`/desk/inbox/all/${row.id}`}>{titleOf(row)}</a>
      <span class="quiet grow one-line">{row.last_message_preview}</span>
      <span class="tag">{channelName(row.channel)}</span>
      <span class="tag">{row.locale.toUpperCase()}</span>
      <span class="quiet">{row.assignee_name ?? bt("waiting.nobodys")}</span>
      {row.due_at ? (
        <Due row={row} />
      ) : (
        <Badge>{row.waiting_since ? since(row.waiting_since, now.value) : ""}</Badge>
      )}
    </li>
  );
}

function Waiting({ board }: { board: BoardView }) {
  const rows = waiting.value;
  return (
    <Part title={bt("waiting.title")}>
      <Groups board={board} />
      {rows.length > 0 && (
        <ul class="board-lines" aria-label={bt("waiting.list")}>
          {rows.slice(0, SHOWN).map((row) => (
            <WaitingLine key={row.id} row={row} />
          ))}
        </ul>
      )}
      {rows.length > SHOWN && (
        <p>
          <a href="/desk/inbox/due">{bt("waiting.more")}</a>
        </p>
      )}
    </Part>
  );
}

const TONES = { available: "good", away: "warn", offline: "neutral" } as const;
const STATES = {
  available: "state.available",
  away: "state.away",
  offline: "state.offline",
} as const;

function AgentRow({ agent }: { agent: AgentLine }) {
  const { number } = formats();
  return (
    <tr>
      <th scope="row">{agent.name}</th>
      <td>
        <Badge tone={TONES[agent.status]}>
          {bt(agent.calls > 0 ? "state.talking" : STATES[agent.status])}
        </Badge>{" "}
        {agent.since && <span class="quiet">{since(agent.since, now.value)}</span>}
      </td>
      <td class="number">{number(agent.open)}</td>
      <td class="number">{number(agent.waiting)}</td>
      <td class="number">{number(agent.answers)}</td>
      <td class="number">
        {agent.median_seconds === null ? "–" : formats().duration(agent.median_seconds)}
      </td>
    </tr>
  );
}

function Agents({ board }: { board: BoardView }) {
  return (
    <Part title={bt("agents.title")}>
      {board.agents.length === 0 ? (
        <p class="quiet">{bt("agents.nobody")}</p>
      ) : (
        <div class="board-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{bt("column.agent")}</th>
                <th scope="col">{bt("column.state")}</th>
                <th scope="col" class="number">
                  {bt("column.open")}
                </th>
                <th scope="col" class="number">
                  {bt("column.waiting")}
                </th>
                <th scope="col" class="number">
                  {bt("column.answers")}
                </th>
                <th scope="col" class="number">
                  {bt("column.median")}
                </th>
              </tr>
            </thead>
            <tbody>
              {board.agents.map((agent) => (
                <AgentRow key={agent.staff_id} agent={agent} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Part>
  );
}

function Waits({ board }: { board: BoardView }) {
  return (
    <Part title={bt("waits.title")}>
      <p class="page-intro">{bt("waits.hint")}</p>
      <dl class="board-waits">
        {board.waits.map(({ channel, wait }) => (
          <div key={channel}>
            <dt>{channelName(channel)}</dt>
            <dd>{wait ? waitWords(wait) : bt("waits.unknown")}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}

/** Who waits, who serves, and how well it goes; for supervisors. */
export function BoardPage() {
  useEffect(startBoard, []);
  const { value, error } = boardState.value;
  return (
    <SinglePane>
      <header class="pane-head">
        <h1>{t("nav.board")}</h1>
      </header>
      {value ? (
        <div class="page board">
          <Figures board={value} />
          <Waiting board={value} />
          <Agents board={value} />
          <Hours board={value} />
          <Waits board={value} />
          <Part title={bt("breaches.title")}>
            <Breaches breachedToday={value.promises.breached_today} />
          </Part>
          <Part title={bt("ratings.title")}>
            <Ratings ratings={value.ratings} />
          </Part>
        </div>
      ) : error ? (
        <Failed error={error} retry={loadBoard} />
      ) : (
        <Skeleton lines={8} />
      )}
    </SinglePane>
  );
}
