import { type Signal, signal } from "@preact/signals";
import { Button, Spinner } from "@stoa/ui";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "./texts.ts";

/** A part of the frame that is fetched when it is first needed. */
export interface Later<Part> {
  /** Null until it is here. */
  readonly part: Signal<Part | null>;
  readonly hasFailed: Signal<boolean>;
  /** The part, fetched once; after a failure the next call tries again. */
  get(): Promise<Part>;
}

export function later<Part>(fetch: () => Promise<Part>): Later<Part> {
  const part = signal<Part | null>(null);
  const hasFailed = signal(false);
  let coming: Promise<Part> | undefined;
  const get = () => {
    hasFailed.value = false;
    coming ??= fetch().then(
      (here) => {
        part.value = here;
        return here;
      },
      (problem) => {
        coming = undefined;
        hasFailed.value = true;
        throw problem;
      },
    );
    return coming;
  };
  return { part, hasFailed, get };
}

interface WithProps<Part> {
  of: Later<Part>;
  children: (part: Part) => ComponentChildren;
}

/** Draws with the part, and until it is here says that it is coming, or that it did not come. */
export function With<Part>({ of, children }: WithProps<Part>) {
  const ask = () => {
    // The sentence below is all there is to do about it.
    of.get().catch(() => undefined);
  };
  useEffect(ask, []);
  if (of.part.value) return <>{children(of.part.value)}</>;
  if (!of.hasFailed.value) {
    return (
      <div class="middle">
        <Spinner label={t("line.connecting")} />
      </div>
    );
  }
  return (
    <div class="middle" role="alert">
      <p>{t("loader.failed")}</p>
      <Button data-autofocus onClick={ask}>
        {t("frame.retry")}
      </Button>
    </div>
  );
}
