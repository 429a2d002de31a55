import { signal } from "@preact/signals";

export const lineState = signal<"idle" | "connecting" | "online" | "offline">("idle");
export interface Follower {
  onEvent?: (type: string, seq: number, data: unknown) => void;
  onSignal?: (name: string, data: unknown) => void;
  onReset?: () => Promise<number>;
}
export async function connect(): Promise<void> {
  throw new Error("no line yet");
}
export async function command<T>(_name: string, _input: object): Promise<T> {
  throw new Error("no line yet");
}
export function tellSignal(_name: string, _data: object): void {}
export function follow(_topic: string, _after: number | null, _f: Follower): () => void {
  return () => undefined;
}
export function onReconnect(_f: () => void): void {}
export function authorization(): string | null {
  return null;
}
