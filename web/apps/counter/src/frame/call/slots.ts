import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";

/** Drawn between the call's bar and the conversation: pictures and screens. */
export const stage = signal<FunctionComponent | null>(null);
/** More controls at the end of the bar's row, before "end". */
export const tools = signal<readonly FunctionComponent[]>([]);
/** What the customer shows the others, in words, for the page while the panel is closed. */
export const showing = signal("");
