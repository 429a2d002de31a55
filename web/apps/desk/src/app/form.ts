import { type Signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Problem, Unreachable } from "./http.ts";
import { t } from "./texts.ts";
import { draft, whenMayLeave } from "./unsaved.ts";

export interface Form {
  readonly isBusy: Signal<boolean>;
  readonly problem: Signal<Error | null>;
  /** What is wrong with one field. */
  readonly errorOf: (field: string) => string | undefined;
  /** What is wrong with a field or with a part of it, whatever its path continues with. */
  readonly errorLike: (path: string) => string | undefined;
  /** What is wrong with the whole, where no field carries it. */
  readonly summary: () => string | null;
  /** Runs the act once at a time and keeps its failure. */
  readonly submit: (act: () => Promise<void>) => (event?: Event) => Promise<void>;
  /** Says that what stands in the form now is what is saved; `take` first puts there what the
   * server made of it, unless something was written since it was sent. */
  readonly keep: (take?: () => void) => void;
  /** Leaves the form alone, as the dialog it is in does; asks first, where something is lost. */
  readonly leave: (leave: () => void) => void;
}

/** Returns the words for a failure, as a person should read them. */
export function wordsFor(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof Unreachable) return t("problem.unreachable");
  return t("problem.unknown");
}

/** The life of one form: busy, refused by field or as a whole, done. Whoever leaves while `written`
 * differs from what it was at first, or when it was saved last, is asked first. */
export function useForm(written?: () => unknown): Form {
  const isBusy = useSignal(false);
  const problem = useSignal<Error | null>(null);
  const fields = () => (problem.value instanceof Problem ? problem.value.fields : []);
  const read = useRef(written);
  read.current = written;
  const writing = useMemo(() => draft(() => read.current?.()), []);
  useLayoutEffect(writing.begin, []);
  return {
    isBusy,
    problem,
    errorOf: (field) => fields().find((candidate) => candidate.field === field)?.message,
    errorLike: (path) =>
      fields().find(({ field }) => field === path || field.startsWith(`${path}.`))?.message,
    summary: () => (problem.value && fields().length === 0 ? wordsFor(problem.value) : null),
    submit: (act) => async (event) => {
      event?.preventDefault();
      if (isBusy.peek()) return;
      isBusy.value = true;
      problem.value = null;
      try {
        await writing.save(act);
      } catch (error) {
        problem.value = error instanceof Error ? error : new Error(String(error));
      } finally {
        isBusy.value = false;
      }
    },
    keep: writing.keep,
    leave: (leave) => whenMayLeave(leave, writing),
  };
}
