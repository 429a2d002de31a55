import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Failed } from "./failed.tsx";
import { Unreachable } from "./http.ts";

interface Lazy<Props> {
  /** The part itself; nothing until its code is here. */
  readonly View: (props: Props) => preact.VNode | null;
  /** Fetches the code ahead of its use. */
  readonly fetch: () => Promise<void>;
}

/** A part of the desk whose code is fetched when it is first needed. */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): Lazy<Props> {
  const part = signal<{ readonly Part: ComponentType<Props> } | null>(null);
  const error = signal<Error | null>(null);
  let isUnderWay = false;

  async function fetch(): Promise<void> {
    if (part.peek() || isUnderWay) return;
    isUnderWay = true;
    error.value = null;
    try {
      part.value = { Part: await load() };
    } catch (problem) {
      error.value = new Unreachable("A part of the desk did not come.", { cause: problem });
    } finally {
      isUnderWay = false;
    }
  }

  function View(props: Props) {
    useEffect(() => void fetch(), []);
    if (part.value) {
      const { Part } = part.value;
      return <Part {...props} />;
    }
    return error.value ? <Failed error={error.value} retry={fetch} small /> : null;
  }

  return { View, fetch };
}
