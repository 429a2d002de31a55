import { maybeText, t } from "../app/texts.ts";

/** Returns how a session ended. */
export const endReasonWords = (reason: string | null): string =>
  maybeText(`cobrowse.end.${reason}`) ?? t("cobrowse.ended");

/** Returns why the page did not do what the agent did. */
export const refusalWords = (reason: string): string =>
  maybeText(`cobrowse.refusal.${reason}`) ?? t("cobrowse.refusal.other");
