import { refusal } from "./session.ts";

/** What the server did not do, in its words. */
export function Refused() {
  if (!refusal.value) return null;
  return (
    <p class="is-bad" role="alert">
      {refusal.value}
    </p>
  );
}
