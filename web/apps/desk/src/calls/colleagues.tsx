import { useSignal } from "@preact/signals";
import { Avatar, Button, Dialog, TextField } from "@stoa/ui";
import { useEffect } from "preact/hooks";
import { listStaff, type Staff } from "../api/session.ts";
import { useAct } from "../app/act.ts";
import { matches } from "../app/folded.ts";
import { formats, t } from "../app/texts.ts";
import { presenceOf } from "../session/presence.ts";
import { changeStart, me, staff } from "../session/store.ts";
import { askColleague } from "./acts.ts";
import { languagesOf, type Seat, whoCanHelp } from "./rules.ts";
import { isInCall } from "./store.ts";

type Standing = "free" | "inCall" | "away" | "offline";

const WORDS = {
  free: "presence.available",
  inCall: "presence.inCall",
  away: "presence.away",
  offline: "presence.offline",
} as const;

function standingOf(id: string): Standing {
  const presence = presenceOf(id);
  if (presence === "offline") return "offline";
  if (isInCall(id)) return "inCall";
  return presence === "available" ? "free" : "away";
}

/** Whoever came to the team since this desk was opened is there as well. */
async function takeNewcomers(): Promise<void> {
  // What is known already serves where the list cannot be fetched.
  const list = await listStaff().catch(() => null);
  if (list) changeStart({ staff: [...list.items] });
}

interface DialogProps {
  current: Seat;
  purpose: "transfer" | "conference";
  onClose: () => void;
}

/** Picks a colleague: those who are free and speak the customer's language come first. */
export function ColleagueDialog({ current, purpose, onClose }: DialogProps) {
  const wish = useSignal("");
  const { call } = current;
  useEffect(() => void takeNewcomers(), []);
  const present = new Set(call.legs.filter(({ state }) => state !== "left").map((l) => l.staff_id));
  const others = staff.value.filter(({ id, is_active }) => {
    return is_active && id !== me.value?.id && !present.has(id) && presenceOf(id) !== "offline";
  });
  const found = whoCanHelp(others, call, (id) => standingOf(id) === "free").filter(({ name }) =>
    matches(name, wish.value),
  );
  return (
    <Dialog
      title={t(purpose === "transfer" ? "colleague.transfer" : "colleague.conference")}
      closeLabel={t("action.close")}
      onClose={onClose}
      wide
    >
      <div class="stack">
        <TextField
          label={t("colleague.find")}
          value={wish.value}
          onInput={(event) => (wish.value = event.currentTarget.value)}
        />
        <ul class="block-list">
          {found.map((person) => (
            <Colleague key={person.id} person={person} {...{ purpose, onClose }} />
          ))}
        </ul>
        {found.length === 0 && <p class="quiet">{t("colleague.nobody")}</p>}
      </div>
    </Dialog>
  );
}

function Colleague({ person, purpose, onClose }: Omit<DialogProps, "current"> & { person: Staff }) {
  const act = useAct();
  const standing = standingOf(person.id);
  const isFree = standing === "free";
  const ask = (how: Parameters<typeof askColleague>[1]) =>
    act.run(async () => {
      if (await askColleague(person.id, how)) onClose();
    });
  const languages = languagesOf(person).map(formats().languageName).join(", ");
  return (
    <li class="block-row">
      <Avatar name={person.name} isPresent={isFree} />
      <span class="grow">
        {person.name}
        <span class="quiet block">
          {[t(WORDS[standing]), languages, ...person.skills].filter(Boolean).join(" · ")}
        </span>
      </span>
      {purpose === "conference" ? (
        <Button small look="primary" disabled={!isFree} onClick={() => ask("conference")}>
          {t("colleague.add")}
        </Button>
      ) : (
        <>
          <Button small look="primary" disabled={!isFree} onClick={() => ask("attended")}>
            {t("colleague.askFirst")}
          </Button>
          <Button small disabled={!isFree} onClick={() => ask("blind")}>
            {t("colleague.passOn")}
          </Button>
        </>
      )}
    </li>
  );
}
