import { signal } from "@preact/signals";

/** The conversation whose customer's page this agent looks at. */
export const watchedConversation = signal<string | null>(null);
