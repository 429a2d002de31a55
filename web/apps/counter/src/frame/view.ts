import { signal } from "@preact/signals";

/** What the frame shows. */
export const view = signal<"chooser" | "chat" | "leave" | "call">("chooser");
export const dialog = signal<"language" | "transcript" | "end" | "contact" | null>(null);
/** One sentence that a form was done, shown above the messages until the next step. */
export const notice = signal("");
