import { useId } from "preact/hooks";
import type { Way } from "../api/channels.ts";
import { t } from "../app/texts.ts";
import type { Ways } from "./ways.ts";
import { soon } from "./when.ts";
import { channelName, channelText, problemText } from "./words.ts";

const keyOf = (way: Way) => `${way.inbox_id ?? ""} ${way.to}`;

function words(way: Way): string {
  if (way.code === "chat") return t("way.chat");
  return `${channelName(way.code)}: ${way.to}`;
}

function optionWords(way: Way): string {
  const name = words(way);
  return way.is_preferred ? channelText("channel.way.preferred", { name }) || name : name;
}

/** What the shop's limits do to an answer that goes this way. */
function limitWords({ leaves_at, number_of_day, most_a_day }: Way): string {
  const said = [];
  if (leaves_at) said.push(channelText("channel.limit.leaves", { time: soon(leaves_at) }));
  if (number_of_day !== null && most_a_day !== null)
    said.push(channelText("channel.limit.number", { number: number_of_day, most: most_a_day }));
  return said.join(" · ");
}

/** Which way the answer goes, shown where it is written; nothing where there is only the chat. */
export function WayPicker({ ways }: { ways: Ways }) {
  const id = useId();
  const all = ways.all.value;
  const chosen = ways.chosen.value;
  if (!chosen || (all.length === 1 && chosen.code === "chat")) return null;
  const problem = problemText(chosen.problem);
  const limits = limitWords(chosen);
  const why = ways.why.value && channelText(`channel.way.${ways.why.value}`);
  const described = [
    why && `${id}-why`,
    (problem || chosen.is_down) && `${id}-problem`,
    limits && `${id}-limits`,
  ].filter(Boolean);
  return (
    <div class="way">
      <label for={id} class="quiet">
        {t("way.label")}
      </label>
      <select
        id={id}
        class="ui-input ui-select way-select"
        value={keyOf(chosen)}
        aria-describedby={described.join(" ") || undefined}
        onChange={(event) => {
          const found = all.find((way) => keyOf(way) === event.currentTarget.value);
          if (found) ways.choose(found);
        }}
      >
        {all.map((way) => (
          <option key={keyOf(way)} value={keyOf(way)} selected={way === chosen}>
            {optionWords(way)}
          </option>
        ))}
      </select>
      {why && (
        <p id={`${id}-why`} class="way-why quiet" role="status">
          {why}
        </p>
      )}
      {(problem || chosen.is_down) && (
        <p id={`${id}-problem`} class="way-problem" role="status">
          {problem || t("way.down")}
        </p>
      )}
      {limits && (
        <p id={`${id}-limits`} class="way-limits quiet" role="status">
          {limits}
        </p>
      )}
    </div>
  );
}
