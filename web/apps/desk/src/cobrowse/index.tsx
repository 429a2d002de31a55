import { Skeleton } from "@stoa/ui";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failed } from "../app/failed.tsx";

interface Props {
  conversationId: string;
}

type Panel = ComponentType<Props>;
let loaded: Panel | null = null;

/** The customer's page (see `customers-page.tsx`), whose code is fetched when it is first shown. */
export function CustomersPage({ conversationId }: Props) {
  const [Shown, setShown] = useState<Panel | null>(() => loaded);
  const [error, setError] = useState<Error | null>(null);
  const load = () => {
    setError(null);
    import("./customers-page.tsx").then(
      ({ default: panel }) => {
        loaded = panel;
        setShown(() => panel);
      },
      (problem: unknown) =>
        setError(problem instanceof Error ? problem : new Error(String(problem))),
    );
  };
  useEffect(() => {
    if (!loaded) load();
  }, []);
  if (error) return <Failed error={error} retry={load} small />;
  return Shown ? <Shown conversationId={conversationId} /> : <Skeleton lines={5} />;
}
