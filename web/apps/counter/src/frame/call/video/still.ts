import { signal } from "@preact/signals";
import { type Sight, type Source, type StillStep, takeStill } from "@stoa/rtc/peer";
import { vt } from "@stoa/rtc/video";
import { send } from "../../chat.ts";
import { authorization, command } from "../../line.ts";
import { tag } from "../../texts.ts";
import type { AttachmentView } from "../../types.ts";

/* Stills of what the customer shows. Nobody but this page takes them, and only after a yes, which
   the server keeps before the first one is taken. */

interface Asked {
  readonly from: string;
  readonly source: Source;
}

/** Somebody wants a still and waits for the customer's answer. */
export const asked = signal<Asked | null>(null);
/** One sentence that a still was kept, or was not. */
export const outcome = signal("");

const OUTCOME_MS = 6_000;
let agreedCall = "";
let outcomeTimer = 0;

function tellOutcome(text: string) {
  outcome.value = text;
  clearTimeout(outcomeTimer);
  outcomeTimer = window.setTimeout(() => {
    outcome.value = "";
  }, OUTCOME_MS);
}

async function upload(blob: Blob): Promise<AttachmentView> {
  const bearer = authorization();
  const response = await fetch("/api/attachments", {
    method: "POST",
    body: blob,
    headers: {
      "X-File-Name": encodeURIComponent(`${vt("snapshot.file")}.jpg`),
      "X-Stoa-Locale": tag.peek(),
      ...(bearer && { Authorization: bearer }),
    },
  });
  if (!response.ok) throw await response.json();
  return (await response.json()) as AttachmentView;
}

async function keep(sight: Sight, { from, source }: Asked): Promise<void> {
  const own = sight.stage.of(source);
  let step: StillStep = "failed";
  try {
    if (own) {
      send("", [await upload(await takeStill(own.stream))]);
      step = "sent";
    }
  } catch {
    // Both sides are told below; the next press tries again.
  }
  tellOutcome(step === "sent" ? vt("snapshot.sent") : vt("snapshot.failed"));
  sight.tellStill(from, step, source);
}

/** A still is wanted: taken when the customer has agreed in this call, else they are asked. */
export function stillWanted(callId: string, sight: Sight, from: string, source: Source): void {
  if (agreedCall === callId) {
    void keep(sight, { from, source });
    return;
  }
  asked.value = { from, source };
  sight.tellStill(from, "asked", source);
}

/** The customer's answer, for this call: first it is written down, then it is acted upon. */
export async function answerStill(callId: string, sight: Sight, isAgreed: boolean): Promise<void> {
  const now = asked.peek();
  asked.value = null;
  if (!now) return;
  try {
    await command("call.answer_snapshot", {
      call_id: callId,
      is_agreed: isAgreed,
      locale: tag.peek(),
    });
  } catch {
    tellOutcome(vt("snapshot.failed"));
    return sight.tellStill(now.from, "failed", now.source);
  }
  if (!isAgreed) return sight.tellStill(now.from, "refused", now.source);
  agreedCall = callId;
  await keep(sight, now);
}

/** A question about what is no longer shown is not left standing. */
export function forgetStill(): void {
  asked.value = null;
  outcome.value = "";
}
