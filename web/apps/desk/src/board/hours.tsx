import { useSignal } from "@preact/signals";
import { SelectField } from "@stoa/ui";
import type { BoardView, HourCell } from "../api/board.ts";
import { formats } from "../app/texts.ts";
import { bt, channelName } from "./texts.ts";

interface Line {
  readonly hour: string;
  readonly total: number;
  readonly byChannel: ReadonlyMap<string, number>;
}

/** The hours of today up to the last one with an answer, each with its sums. */
export function linesOf(cells: readonly HourCell[], today: string): Line[] {
  const begin = Date.parse(today);
  const last = Math.max(-1, ...cells.map(({ hour }) => (Date.parse(hour) - begin) / 3_600_000));
  const first = Math.min(...cells.map(({ hour }) => (Date.parse(hour) - begin) / 3_600_000));
  const lines: Line[] = [];
  for (let index = Math.max(0, first); index <= last; index++) {
    const hour = new Date(begin + index * 3_600_000);
    const own = cells.filter((cell) => Date.parse(cell.hour) === hour.getTime());
    const byChannel = new Map<string, number>();
    for (const { channel, answers } of own) {
      byChannel.set(channel, (byChannel.get(channel) ?? 0) + answers);
    }
    const total = own.reduce((sum, { answers }) => sum + answers, 0);
    lines.push({ hour: hour.toISOString(), total, byChannel });
  }
  return lines;
}

/** Answers per hour: of everybody, or of one person. */
export function Hours({ board }: { board: BoardView }) {
  const staffId = useSignal("");
  const cells = board.hours.filter((cell) => !staffId.value || cell.staff_id === staffId.value);
  const lines = linesOf(cells, board.today);
  const channels = [...new Set(board.hours.map(({ channel }) => channel))].sort();
  const most = Math.max(1, ...lines.map(({ total }) => total));
  const people = board.agents.filter(({ answers }) => answers > 0);
  return (
    <section class="board-part">
      <h2>{bt("hours.title")}</h2>
      {board.hours.length === 0 ? (
        <p class="quiet">{bt("hours.none")}</p>
      ) : (
        <>
          <div class="board-choice">
            <SelectField
              label={bt("column.agent")}
              value={staffId.value}
              options={[
                ["", bt("hours.everybody")],
                ...people.map(({ staff_id, name }) => [staff_id, name] as const),
              ]}
              onChange={(event) => {
                staffId.value = event.currentTarget.value;
              }}
            />
          </div>
          <div class="board-scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{bt("column.hour")}</th>
                  {channels.map((channel) => (
                    <th scope="col" class="number" key={channel}>
                      {channelName(channel)}
                    </th>
                  ))}
                  <th scope="col" class="number">
                    {bt("column.total")}
                  </th>
                  <td class="board-bars" />
                </tr>
              </thead>
              <tbody>
                {lines.map(({ hour, total, byChannel }) => (
                  <tr key={hour}>
                    <th scope="row">{formats().time(hour)}</th>
                    {channels.map((channel) => (
                      <td class="number" key={channel}>
                        {formats().number(byChannel.get(channel) ?? 0)}
                      </td>
                    ))}
                    <td class="number">{formats().number(total)}</td>
                    <td class="board-bars" aria-hidden="true">
                      <span style={{ width: `${(100 * total) / most}%` }} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
