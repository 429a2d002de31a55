import plus from "lucide:plus";
import users from "lucide:users-round";
import { Icon, IconButton } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import type { View } from "../app/router.ts";
import { formats, t } from "../app/texts.ts";
import { COUNT_MAX } from "../conversations/counting.ts";
import { ask } from "./gate.tsx";
import { countViews, keyOfView, viewCounts, views } from "./views.ts";

/** How many there are, in as many digits as anybody reads. */
export function countText(count: number): string {
  return count >= COUNT_MAX ? `${formats().number(COUNT_MAX - 1)}+` : formats().number(count);
}

/** The saved views, those that are shared first, each with its count. */
export function ViewList({ view }: { view: View }) {
  useEffect(() => void countViews(), []);
  return (
    <nav class="saved-views" aria-label={t("views.label")}>
      {views.value.map((one) => {
        const count = viewCounts.value.get(one.id) ?? 0;
        const isHere = keyOfView(one) === view;
        return (
          <a
            key={one.id}
            class="view-chip"
            href={`/desk/inbox/${keyOfView(one)}`}
            title={one.name}
            aria-current={isHere ? "page" : undefined}
          >
            {one.is_shared && <Icon of={users} size={12} label={t("views.shared")} />}
            <span class="view-chip-name">{one.name}</span>
            {count > 0 && <span class="tab-count">{countText(count)}</span>}
          </a>
        );
      })}
      <IconButton
        icon={plus}
        label={t("views.edit")}
        onClick={() => ask("view", view.startsWith("v-") ? [view.slice(2)] : [])}
      />
    </nav>
  );
}
