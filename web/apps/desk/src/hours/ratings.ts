import { changeRatingSettings, type RatingSettings, readRatingSettings } from "../api/board.ts";
import { resource } from "../app/resource.ts";

/** Whether the customers of one shop are asked how they were served. */
export function openRatings(shopId: string) {
  const source = resource(() => readRatingSettings(shopId));
  let last = Promise.resolve();
  return {
    state: source.state,
    load: source.load,
    /** Changes what is named and nothing else. One after the other: each sends all of them, and begins
     * with what the one before it was answered. Raises: Problem. */
    change: (more: Partial<RatingSettings>): Promise<void> => {
      const mine = last.then(async () => {
        const known = source.state.peek().value;
        if (!known) return;
        const changed = await changeRatingSettings(shopId, { ...known.ratings, ...more });
        source.change(() => changed);
      });
      last = mine.catch(() => {});
      return mine;
    },
  };
}
