import type { RatingSummary } from "../api/board.ts";
import { formats } from "../app/texts.ts";
import { bt } from "./texts.ts";

const SCORES = [5, 4, 3, 2, 1] as const;

/** What customers said of how they were served. */
export function Ratings({ ratings }: { ratings: RatingSummary }) {
  const { number } = formats();
  const most = Math.max(1, ...ratings.by_score);
  if (ratings.asked === 0) return <p class="quiet">{bt("ratings.none")}</p>;
  return (
    <>
      <p class="page-intro">
        {bt("ratings.count", { given: ratings.given, asked: ratings.asked })}
      </p>
      <table class="board-scores">
        <tbody>
          {SCORES.map((score) => {
            const count = ratings.by_score[score - 1] ?? 0;
            return (
              <tr key={score}>
                <th scope="row">{bt("rating.of5", { score })}</th>
                <td class="number">{number(count)}</td>
                <td class="board-bars" aria-hidden="true">
                  <span style={{ width: `${(100 * count) / most}%` }} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <ul class="board-lines" aria-label={bt("ratings.newest")}>
        {ratings.newest.map((rating) => (
          <li class="board-line" key={rating.id}>
            <strong>{bt("rating.of5", { score: rating.score })}</strong>
            <a class="grow" href={`/desk/inbox/all/${rating.conversation_id}`}>
              {rating.words || bt("ratings.noWords")}
            </a>
            <span class="quiet">{rating.staff_name}</span>
            <time class="quiet" dateTime={rating.rated_at}>
              {formats().moment(rating.rated_at)}
            </time>
          </li>
        ))}
      </ul>
    </>
  );
}
