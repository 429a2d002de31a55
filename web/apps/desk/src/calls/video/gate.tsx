import { lazily } from "../../app/lazy.tsx";
import { place } from "../speaking.ts";
import { seat } from "../store.ts";

async function load() {
  const part = await import("./main.tsx");
  await part.prepare();
  return part;
}

const pictures = lazily(async () => (await load()).Pictures);
const tools = lazily(async () => (await load()).Tools);

/** Whether this tab speaks in a call that was answered. */
function isHere(): boolean {
  const now = seat.value;
  return place.value === "here" && now?.call.state === "active" && now.leg.mode === "talk";
}

/** Pictures and screens of the call; their code comes once somebody has answered. */
export const Pictures = () => (isHere() ? <pictures.View /> : null);
export const PictureTools = () => (isHere() ? <tools.View /> : null);
