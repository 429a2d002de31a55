import { t } from "./texts.ts";

interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface ProblemLike {
  readonly title?: string;
  readonly errors?: readonly FieldError[];
}

/** The server's sentence about what went wrong, or our own where none came. */
export function sentence(problem: unknown): string {
  return (problem as ProblemLike | null)?.title || t("problem.unknown");
}

/** The server's words by field. */
export function fieldErrors(problem: unknown): Record<string, string> {
  const errors = (problem as ProblemLike | null)?.errors ?? [];
  return Object.fromEntries(errors.map(({ field, message }) => [field, message]));
}

/** Whether a text has the shape of an e-mail address; the server decides. */
export function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text);
}
