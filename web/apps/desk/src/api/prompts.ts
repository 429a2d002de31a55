import type { Prompt, PromptsView } from "@stoa/protocol";
import { http } from "../app/http.ts";

export type { Prompt, PromptsView, PromptText, PromptView } from "@stoa/protocol";

const at = (shopId: string) => `/api/desk/shops/${shopId}/prompts`;

function place(shopId: string, key: Prompt, locale: string, more = ""): string {
  const path = `${at(shopId)}/${key}${more}`;
  return locale ? `${path}?locale=${locale}` : path;
}

export const listPrompts = (shopId: string): Promise<PromptsView> => http.get(at(shopId));
export const promptUrl = (shopId: string, key: Prompt, locale: string): string =>
  place(shopId, key, locale, "/sound");
export const recordPrompt = (
  shopId: string,
  key: Prompt,
  locale: string,
  file: File,
): Promise<PromptsView> => http.putFile(place(shopId, key, locale), file);
export const dropPrompt = (shopId: string, key: Prompt, locale: string): Promise<PromptsView> =>
  http.delete(place(shopId, key, locale));
