import { t } from "./texts.ts";

interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface ProblemLike {
  readonly title?: string;
  readonly errors?: readonly FieldError[];
}

/* Over the line a problem comes inside a `Refusal`, over HTTP as it is. */
function inner(problem: unknown): ProblemLike | null | undefined {
  return (problem as { problem?: ProblemLike } | null)?.problem ?? (problem as ProblemLike | null);
}

/** The server's sentence about what went wrong, or our own where none came. */
export function sentence(problem: unknown): string {
  return inner(problem)?.title || t("problem.unknown");
}

/** The server's words by field. */
export function fieldErrors(problem: unknown): Record<string, string> {
  const errors = inner(problem)?.errors ?? [];
  return Object.fromEntries(errors.map(({ field, message }) => [field, message]));
}

/** Whether a text has the shape of an e-mail address; the server decides. */
export function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text);
}
